"""Nobody is shut out: axe on each kind of page, in light and dark, and in all that opens on them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import DESKTOP, PHONE

READING = "chapter/reading.html"
TOUR = "chapter/tour.html"
PAGES = ("index.html", "chapter/index.html", TOUR, READING, "references.html", "404.html")

PRESSED = {
    "how it is shown": "document.querySelector('.view-button').click()",
    "high contrast": "document.querySelector('[name=contrast]').click()",
    "columns": "document.querySelector('[name=columns]').click()",
    "a large picture": "document.querySelector('.enlarge').click()",
    "a fold": "document.querySelector('.fold').open = true",
    "a preview": "document.querySelector('a.reference').focus({ focusVisible: true })",
    "how to run it": "document.querySelector('[popovertarget=run]').click()",
}


@pytest.fixture(params=["light", "dark"])
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    with chromium.new_context(
        viewport=DESKTOP,  # type: ignore[arg-type]
        color_scheme=request.param,
        reduced_motion="reduce",
    ) as context:
        yield context


def violations(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


def test_axe_finds_nothing_on_any_kind_of_page(context: BrowserContext, served: str) -> None:
    page = context.new_page()
    for name in PAGES:
        page.goto(f"{served}/{name}?tab=jax")
        assert violations(page) == [], name


def test_lists_of_pages_are_landmarks(context: BrowserContext, served: str) -> None:
    page = context.new_page()
    page.goto(f"{served}/index.html")
    lists = page.locator("article ul.contents:not(ul.contents ul)")
    assert lists.count() == 2
    for number, name in enumerate(("Contents", "Contents 2")):
        landmark = page.get_by_role("navigation", name=name, exact=True)
        expect(landmark.locator("> ul.contents")).to_have_text(
            lists.nth(number).inner_text(), use_inner_text=True
        )


def test_axe_finds_nothing_on_a_phone(context: BrowserContext, served: str) -> None:
    page = context.new_page()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for name in (TOUR, READING):
        page.goto(f"{served}/{name}?tab=jax")
        assert violations(page) == [], name
    page.get_by_role("button", name="Contents").click()
    expect(page.get_by_role("navigation", name="Contents of the book")).to_be_visible()
    assert violations(page) == []


def test_axe_finds_nothing_in_what_opens(context: BrowserContext, served: str) -> None:
    for name, press in PRESSED.items():
        page = context.new_page()
        page.goto(f"{served}/{READING}?tab=jax")
        page.evaluate(press)
        page.wait_for_timeout(300)
        assert violations(page) == [], name
        page.evaluate("localStorage.clear()")
        page.close()


def test_axe_finds_nothing_among_results(context: BrowserContext, served: str) -> None:
    page = context.new_page()
    page.goto(f"{served}/{READING}")
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("torch")
    expect(page.locator(".search .results a").first).to_be_visible()
    assert violations(page) == []
