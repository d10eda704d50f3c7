"""How much of the site a browser has to fetch: on a first visit, on the next page, for searching."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser import Watched, serve

FIRST = 250_000
NEXT = 60_000
"""Bytes, what text there is in gzip."""

PACKED = {".woff2", ".png", ".pagefind", ".pf_meta", ".pf_index", ".pf_fragment", ".pf_filter"}


@pytest.fixture
def site(builds: tuple[Path, Path]) -> Path:
    return builds[0] / "_build" / "html"


@pytest.fixture
def served(site: Path) -> Iterator[str]:
    with serve(site) as address:
        yield address


def weight(window: Watched, site: Path, kept: set[str]) -> int:
    """The size of all that was asked for since the last time, and that no cache has kept."""
    files = {site / unquote(urlsplit(url).path).lstrip("/") for url in {*window.requests} - kept}
    kept.update(window.requests)
    window.requests.clear()
    return sum(
        len(content if file.suffix in PACKED else gzip.compress(content))
        for file in files
        for content in [file.read_bytes()]
    )


def test_pages_are_light(window: Watched, site: Path, served: str) -> None:
    pages = sorted(site.glob("chapter_*/*.html"), key=lambda path: -path.stat().st_size)
    addresses = [f"{served}/{page.relative_to(site).as_posix()}" for page in pages]
    kept: set[str] = set()
    window.page.goto(addresses[0])
    window.page.wait_for_load_state("networkidle")
    assert weight(window, site, kept) <= FIRST
    for address in addresses[1:]:
        window.page.goto(address)
        window.page.wait_for_load_state("networkidle")
        assert weight(window, site, kept) <= NEXT, address


def test_searching_is_light(window: Watched, site: Path, served: str) -> None:
    page = window.page
    page.goto(f"{served}/index.html")
    page.wait_for_load_state("networkidle")
    window.requests.clear()
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("parameter")
    expect(page.locator(".search .results a").first).to_be_visible()
    assert weight(window, site, set()) <= 400_000
