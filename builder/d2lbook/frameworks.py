"""The frameworks that books are written for: their tabs, names and packages."""

from __future__ import annotations

from collections.abc import Mapping

FRAMEWORKS: Mapping[str, str] = {
    "jax": "JAX",
    "mindspore": "MindSpore",
    "mxnet": "MXNet",
    "paddle": "PaddlePaddle",
    "pytorch": "PyTorch",
    "tensorflow": "TensorFlow",
}
"""How they write their own names, by tab. A tab of these that a book doesn't list is no slip,
but not in this edition."""

PACKAGES = (
    "torch",
    "tensorflow",
    "jax",
    "flax",
    "mxnet",
    "mindspore",
    "paddlepaddle",
    "paddlepaddle-gpu",
)
"""Packages whose versions readers want to know, as the index spells them."""


def display_name(tab: str) -> str:
    """The name of a tab as readers know it; a tab nobody knows keeps the book's name."""
    return FRAMEWORKS.get(tab, tab)
