"""Decks in a browser: what is too high for a slide."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.document.language import load_language
from d2lbook.files import write_file
from d2lbook.publish.decks import deck_html, shared_files

from tests.browser import Watched, chromium, window
from tests.publish.test_slides import slides_of

__all__ = ["chromium", "window"]

_SIZES = """() => {
    const slide = Reveal.getCurrentSlide();
    const text = slide.querySelector("p, h1").getBoundingClientRect();
    return {
        size: Number(getComputedStyle(slide).zoom),
        hidden: slide.scrollHeight - slide.clientHeight - slide.scrollTop,
        tells: slide.classList.contains("has-more"),
        left: text.left,
        top: text.top,
        bottom: slide.getBoundingClientRect().bottom,
    };
}"""


def deck(folder: Path, *lines: int) -> str:
    """The address of a deck that has a slide with so many lines of code for each of these."""
    cells = (
        "[**Slide**]\n\n```{.python .input}\n%%tab all\n" + "print(1)\n" * count + "```\n"
        for count in lines
    )
    page = "# Page\n\n" + "\n".join(cells)
    html = deck_html(slides_of(page, folder), static="_static", language=load_language("en"))
    for name, content in shared_files().items():
        write_file(folder / "_static" / name, content)
    write_file(folder / "deck.html", html)
    return (folder / "deck.html").as_uri()


@pytest.mark.parametrize(
    ("lines", "is_smaller", "is_scrolled"),
    [(5, False, False), (28, True, False), (80, True, True)],
)
def test_a_slide_shows_all_or_tells_that_there_is_more(
    tmp_path: Path, window: Watched, lines: int, is_smaller: bool, is_scrolled: bool
) -> None:
    page = window.page
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(deck(tmp_path, 1, lines))
    page.wait_for_function("Reveal.isReady()")
    page.keyboard.press("Space")
    found = page.evaluate(_SIZES)
    assert (found["size"] < 1) == is_smaller
    assert found["size"] >= 0.6
    assert found["tells"] == is_scrolled
    assert (found["hidden"] > 2) == is_scrolled
    assert found["bottom"] <= 720
    assert found["left"] >= 60
    assert found["top"] >= 40
    page.evaluate("Reveal.getCurrentSlide().scrollTo(0, 1e6)")
    page.wait_for_function("!Reveal.getCurrentSlide().classList.contains('has-more')")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(_SIZES)["size"] == 1
