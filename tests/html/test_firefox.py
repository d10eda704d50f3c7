"""The same site in Firefox: what readers do most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.firefox import ENTER, Firefox, running_firefox

TOUR = "chapter/tour.html"
READING = "chapter/reading.html"
SHOWN = """[...document.querySelectorAll(".source pre")]
    .filter(code => code.checkVisibility()).map(code => code.innerText.trim().split("\\n")[0])"""
"""First lines of the code that is to be seen."""

PAPER = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with running_firefox(tmp_path_factory.mktemp("firefox")) as firefox:
        yield firefox


@pytest.fixture
def window(firefox: Firefox, served: str) -> Firefox:
    """A window of desktop size that remembers no choice."""
    firefox.resize(1440, 900)
    firefox.goto(f"{served}/index.html")
    firefox.evaluate("localStorage.clear()")
    return firefox


def test_one_choice_for_the_whole_site(window: Firefox, served: str) -> None:
    window.goto(f"{served}/{TOUR}")
    assert window.evaluate(SHOWN)[-1] == "import torch"
    window.click("[role=tab]", "JAX")
    assert window.evaluate(SHOWN)[-1] == "import jax"
    pressed = '[...document.querySelectorAll("header [aria-pressed=true]")].map(it => it.innerText)'
    assert window.evaluate(pressed) == ["JAX"]
    window.goto(f"{served}/index.html")
    window.goto(f"{served}/{TOUR}")
    assert window.evaluate(SHOWN)[-1] == "import jax"
    window.goto(f"{served}/{TOUR}?tab=mxnet")
    assert window.evaluate(SHOWN)[-1] == "from mxnet import np"


def test_from_disk_links_take_the_choice_along(window: Firefox, demo: Path) -> None:
    window.goto((demo / TOUR).as_uri())
    window.click("[role=tab]", "JAX")
    window.click("nav a", "Things to Read")
    window.expect("location.href.endsWith('reading.html?tab=jax')", True)
    pressed = '[...document.querySelectorAll("header [aria-pressed=true]")].map(it => it.innerText)'
    window.expect(pressed, ["JAX"])


def test_what_is_hidden_can_be_found(window: Firefox, served: str) -> None:
    window.goto(f"{served}/{TOUR}")
    # Firefox's own search of the page; it asks the page to show what it has found.
    assert window.evaluate('find("import jax", false, false, true)')
    window.expect(f"{SHOWN}.at(-1)", "import jax")


def test_words_are_found_and_marked(window: Firefox, served: str) -> None:
    window.goto(f"{served}/{TOUR}")
    window.type("body", "/")
    window.type("input[type=search]", "hippopotamus")
    window.expect('document.querySelectorAll(".search .results mark").length > 0', True)
    window.type("input[type=search]", ENTER)
    window.expect("location.href", f"{served}/{READING}#exercises")
    window.expect('[...(CSS.highlights.get("found") ?? [])].map(String)', ["hippopotamus"])


def test_dark_and_side_by_side(window: Firefox, served: str) -> None:
    window.goto(f"{served}/{TOUR}")
    assert window.evaluate(PAPER) == "rgb(255, 255, 255)"
    count = len(window.evaluate(SHOWN))
    window.click("header .view-button")
    window.click("label", "Dark")
    assert window.evaluate(PAPER) == "rgb(16, 20, 26)"
    window.click("header .view-button")
    window.click(".split")
    assert len(window.evaluate(SHOWN)) == count + 1
    window.goto(f"{served}/{READING}")
    assert window.evaluate(PAPER) == "rgb(16, 20, 26)"


@pytest.mark.parametrize("name", ["index.html", TOUR, READING])
def test_nothing_is_wider_than_a_narrow_window(window: Firefox, served: str, name: str) -> None:
    window.resize(450, 800)
    window.goto(f"{served}/{name}")
    root = "document.documentElement"
    assert window.evaluate(f"{root}.scrollWidth") == window.evaluate(f"{root}.clientWidth")
