"""EPUBs in a browser, on the screen of a phone and on a wide one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.conftest import MakeBook
from tests.epub.test_epub import build_epub, page

__all__ = ["chromium"]

TEXT = r"""# T

$$\begin{aligned} h &= 1 \\ o + o + o &= 2 \end{aligned}$$
:eqlabel:`eq_aligned`

$$y = a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 + a_{10}$$
:eqlabel:`eq_long`

Text $N = 785 \cdot 256 + 257 \cdot 256 + 257 \cdot 10 + 257 \cdot 10 = 269.322$ and
$\frac{a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s}{2}$ and
`tensorflow.config.experimental.set_memory_growth(device, True)`.

|  | A | B | C | D |
|---|---|---|---|---|
| `one.two_three(a)` | `register_buffer` | `trainable=False` | `one.two.three` | `get_constant` |
"""

_SIZES = """() => {
    const box = found => {
        const { left, right, top, bottom } = found.getBoundingClientRect();
        return { left, right, top, bottom };
    };
    const each = selector => [...document.querySelectorAll(selector)].map(box);
    return {
        width: document.documentElement.scrollWidth,
        numbers: each(".equation .number"),
        formulas: each(".equation .wide"),
        cells: each(".equation mtd:first-child mstyle"),
        others: each(".equation mtd:last-child mstyle"),
        table: document.querySelector(".table").scrollWidth,
        room: document.querySelector(".table").clientWidth,
        lines: [...document.querySelectorAll("p > math")].map(found => box(found).top),
    };
}"""


def measured(root: Path, browser: Browser, width: int) -> dict[str, Any]:
    """Where things of the page are on a screen of so many pixels."""
    epub, problems = build_epub(root)
    assert problems == []
    epub.extractall(root / "out")
    shown = browser.new_page(viewport={"width": width, "height": 800})
    shown.goto((root / "out" / "EPUB" / "chapter-index.xhtml").as_uri())
    found: dict[str, Any] = shown.evaluate(_SIZES)
    shown.close()
    return found


@pytest.mark.parametrize("width", [360, 1000])
def test_nothing_is_cut_off_or_stands_on_another_thing(
    make_book: MakeBook, chromium: Browser, width: int
) -> None:
    found = measured(make_book(page(TEXT)), chromium, width)
    assert found["width"] == width
    assert found["table"] <= found["room"]
    for number, formula in zip(found["numbers"], found["formulas"], strict=True):
        is_below = number["top"] >= formula["bottom"] - 8
        assert is_below or number["left"] >= formula["right"]
        assert number["right"] <= width
        assert formula["left"] >= 0
    beside = found["numbers"][0]["top"] < found["formulas"][0]["bottom"] - 8
    assert beside  # where there is room for both
    assert len(set(found["lines"])) == (1 if width > 360 else 2)


def test_columns_of_equations_are_aligned(make_book: MakeBook, chromium: Browser) -> None:
    found = measured(make_book(page(TEXT)), chromium, 1000)
    assert len({round(cell["right"]) for cell in found["cells"]}) == 1
    assert len({round(cell["left"]) for cell in found["others"]}) == 1
    assert found["others"][0]["left"] - found["cells"][0]["right"] < 2


def test_the_rest_of_a_long_line_hangs_below_its_indentation(
    make_book: MakeBook, chromium: Browser, tmp_path: Path
) -> None:
    code = "def f():\n    return " + " + ".join(["some_name"] * 9)
    epub, _ = build_epub(make_book(page(f"# T\n\n```python\n{code}\n```\n")))
    epub.extractall(tmp_path)
    shown = chromium.new_page(viewport={"width": 360, "height": 800})
    shown.goto((tmp_path / "EPUB" / "chapter-index.xhtml").as_uri())
    rows = shown.locator("pre code").evaluate(
        """code => {
            const range = document.createRange();
            range.selectNodeContents(code.lastElementChild);
            const rows = Map.groupBy(range.getClientRects(), (row) => Math.round(row.top));
            const edge = code.getBoundingClientRect().left;
            return [...rows.values()].map((row) => Math.min(...row.map((box) => box.left)) - edge);
        }"""
    )
    shown.close()
    assert rows[0] == 0
    assert len({round(left) for left in rows[1:]}) == 1
    assert rows[1] > 30
