"""How frameworks write their own names."""

from __future__ import annotations

_NAMES = {
    "jax": "JAX",
    "mxnet": "MXNet",
    "paddle": "PaddlePaddle",
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
}


def display_name(tab: str) -> str:
    """The name of a tab as readers know it; a tab nobody knows keeps the book's name."""
    return _NAMES.get(tab, tab)
