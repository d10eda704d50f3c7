"""Packages d2l, the library of the book's notebooks, for readers: ``pip install .[jax]``.

Without an extra it brings no framework along, for those who have theirs already.
"""

import re
from pathlib import Path

from setuptools import setup

ROOT = Path(__file__).parent
VERSION = re.search(r'^__version__ = "(.+)"$', (ROOT / "d2l/__init__.py").read_text("utf-8"), re.M)

COMMON = ["matplotlib>=3.5", "safetensors>=0.4"]

setup(
    name="d2l-panduan-pembangun",
    version=VERSION[1],
    description="Pustaka notebook buku Panduan Pembangun",
    license="Apache-2.0",
    packages=["d2l"],
    python_requires=">=3.9",
    extras_require={
        "pytorch": ["torch>=2.1,<3", "numpy>=1.23", *COMMON],
        # 1.9.1 is the last stable release. It allows later NumPy, but fails to import with
        # 1.24, where np.bool is gone. It needs Python 3.11 or older (distutils).
        "mxnet": ["mxnet>=1.9.1,<2", "numpy<1.24", *COMMON],
        "jax": ["jax>=0.4.30,<1", "flax>=0.8.5,<1", *COMMON],
        # From 2.16 on its Keras is Keras 3, which the book describes.
        "tensorflow": ["tensorflow>=2.16,<3", *COMMON],
    },
)
