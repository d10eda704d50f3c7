"""The book itself, as its readers see it."""

from __future__ import annotations

from pathlib import Path

from tests.browser import Watched, serve

FIRST_LINES = {
    "PyTorch": "from torch import nn",
    "MXNet": "from mxnet.gluon import nn",
    "JAX": "from flax import linen as nn",
    "TensorFlow": "import tensorflow as tf",
}
"""A line of code that only one framework's readers see."""


def test_in_a_browser_the_four_tabs_work(builds: tuple[Path, Path], window: Watched) -> None:
    """The window fails the test on any error of the console."""
    page = window.page
    with serve(builds[0] / "_build/html") as address:
        page.goto(f"{address}/chapter_builders-guide/parameters.html")
        for name, line in FIRST_LINES.items():
            page.get_by_role("tab", name=name).first.click()
            assert any(line in shown for shown in page.locator("pre:visible").all_inner_texts())
            for other in set(FIRST_LINES.values()) - {line}:
                texts = page.locator("pre:visible").all_inner_texts()
                assert not any(other in shown for shown in texts)
        page.wait_for_load_state("networkidle")
        assert window.requests
        assert all(url.startswith((address, "data:")) for url in window.requests)
