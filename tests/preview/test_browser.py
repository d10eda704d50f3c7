"""The preview in a real browser: what an author sees who saves files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import DESKTOP
from tests.preview.conftest import BOOK, CODE, PATIENCE, StartPreview

SECTION = f"""
## Section {{number}}

Paragraph {{number}}. {"Words. " * 99}
"""

LONG = f"""\
# Page

First words.

:begin_fold: More
Hidden words.
:end_fold:
{"".join(SECTION.format(number=number) for number in range(9))}
{CODE}
"""


@pytest.fixture(autouse=True, scope="module")
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE * 1000)
    yield
    expect.set_options(timeout=None)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser window; the test fails if a script fails in it."""
    context = chromium.new_context(viewport=DESKTOP)
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def mark(page: Page) -> None:
    """From now on ``is_same`` says whether the page was loaded anew."""
    page.evaluate("window.isMarked = true")


def is_same(page: Page) -> bool:
    return bool(page.evaluate("window.isMarked === true"))


def top_of(part: Locator) -> float:
    """Where it is in the window."""
    box = part.bounding_box()
    assert box
    return box["y"]


def test_a_saved_change_appears_where_the_reader_is(
    start: StartPreview, book: Path, page: Page
) -> None:
    (book / "c/page.md").write_text(LONG)
    preview = start().ready()
    page.goto(f"{preview.address}c/page.html")
    mark(page)
    page.locator("main summary").click()
    page.get_by_role("group", name="Framework").get_by_role("button", name="JAX").click()
    page.get_by_text("Paragraph 5").scroll_into_view_if_needed()
    below = page.get_by_role("heading", name="Section 6")
    place = top_of(below)
    assert page.evaluate("scrollY") > 500

    preview.replace("c/page.md", "First words.", "Other words. " * 200)
    expect(page.get_by_text("Other words")).to_be_attached()
    assert abs(top_of(below) - place) < 1
    preview.replace("c/page.md", "Paragraph 5.", "Paragraph five.")
    expect(page.get_by_text("Paragraph five")).to_be_in_viewport()
    assert abs(top_of(below) - place) < 1

    assert is_same(page)
    expect(page.get_by_text("Hidden words")).to_be_visible()
    expect(page.locator("main .copy").nth(1)).to_be_visible()
    jax = page.get_by_role("tab", name="JAX")
    expect(jax).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="PyTorch").click()
    expect(jax).to_have_attribute("aria-selected", "false")


def test_titles_and_contents_follow(start: StartPreview, page: Page) -> None:
    preview = start().ready()
    page.goto(f"{preview.address}c/page.html")
    mark(page)
    preview.replace("c/page.md", "# Page", "# Leaf")
    expect(page.get_by_role("heading", name="Leaf")).to_be_visible()
    expect(page.locator(".site-contents").get_by_text("Leaf")).to_be_visible()
    expect(page).to_have_title("Leaf · Tiny")
    assert is_same(page)


def test_pages_come_and_go(start: StartPreview, book: Path, page: Page) -> None:
    preview = start().ready()
    page.goto(f"{preview.address}c/new.html")
    expect(page.get_by_text("Not here (yet)")).to_be_visible()
    preview.write("c/new.md", "# New\n\nJust written.\n")
    expect(page.get_by_text("Just written.")).to_be_visible()
    preview.replace("c/index.md", "page\n", "page\nnew\n")
    expect(page.locator(".site-contents").get_by_text("New")).to_be_visible()
    (book / "c/new.md").rename(book / "c/newer.md")
    preview.wait_for("warning: the table of contents names 'c/new', but there is no such page")
    expect(page.get_by_text("the book no longer has this page")).to_be_visible()
    preview.replace("c/index.md", "new\n", "newer\n")
    expect(page.get_by_text("Just written.")).to_be_visible()
    page.goto(f"{preview.address}c/newer.html")
    expect(page.get_by_text("Just written.")).to_be_visible()


def test_what_is_wrong_is_shown_until_it_is_mended(start: StartPreview, page: Page) -> None:
    preview = start().ready()
    page.goto(f"{preview.address}c/page.html")
    mark(page)
    alert = page.get_by_role("alert")
    preview.write("c/page.md", "# Page\n\nSecond words.\n\n```\nunclosed\n")
    expect(alert).to_contain_text("1 error; the page is as it was before")
    expect(alert).to_contain_text("c/page.md:5 this code fence is never closed close it with ```")
    preview.wait_for("c/page.md:5: error: this code fence is never closed; close it with ```")
    expect(page.get_by_text("First words.")).to_be_visible()
    preview.write("c/page.md", "# Page\n:label:`twice`\n\nThird words.\n")
    preview.write("c/index.md", BOOK["c/index.md"] + "\n# Second\n:label:`twice`\n")
    expect(alert).to_contain_text("twice")
    alert.get_by_role("button", name="Hide").click()
    expect(alert).to_be_hidden()
    preview.write("c/index.md", BOOK["c/index.md"])
    expect(page.get_by_text("Third words.")).to_be_visible()
    expect(alert).to_be_hidden()
    assert is_same(page)


def test_a_mistake_in_the_configuration(start: StartPreview, page: Page) -> None:
    preview = start().ready()
    page.goto(f"{preview.address}c/page.html")
    preview.replace("config.ini", "tabs =", "tab =")
    expect(page.get_by_role("alert")).to_contain_text("config.ini:4 unknown key 'tab' in [build]")
    preview.replace("config.ini", "tab =", "tabs =")
    expect(page.get_by_role("alert")).to_be_hidden()
    preview.replace("config.ini", "Tiny", "Small")
    expect(page.locator("header.top")).to_contain_text("Small")


def test_a_book_that_never_was_good(start: StartPreview, book: Path, page: Page) -> None:
    (book / "c/page.md").write_text("# Page\n\n```\n")
    preview = start()
    page.goto(preview.address)
    expect(page.get_by_role("alert")).to_contain_text("c/page.md:3")
    preview.write("c/page.md", BOOK["c/page.md"])
    expect(page.get_by_text("Hello.")).to_be_visible()


def test_warnings_and_what_was_not_executed(start: StartPreview, page: Page) -> None:
    preview = start().ready()
    preview.wait_for(
        "2 notebooks not executed yet: run d2lbook build eval, or serve with --execute"
    )
    page.goto(f"{preview.address}c/page.html")
    preview.replace("c/page.md", "Last words.", "See :numref:`<b>nowhere</b>`.")
    notes = page.get_by_text("2 notebooks not executed yet · 1 warning")
    notes.click()
    expect(page.get_by_text("on this page: pytorch, jax")).to_be_visible()
    expect(page.get_by_text("unknown label '<b>nowhere</b>' in :numref:")).to_be_visible()
    preview.replace("c/page.md", "See :numref:`<b>nowhere</b>`.", "Last words.")
    expect(page.get_by_text("1 warning")).to_be_hidden()


def test_what_became_stale_is_executed(start: StartPreview, page: Page) -> None:
    preview = start("--execute").ready()
    page.goto(f"{preview.address}c/page.html")
    mark(page)
    output = page.locator(".outputs").first
    expect(output).to_have_text("a torch")
    # Prose does not wait for what is executed, and what is no longer wanted is dropped.
    preview.replace(
        "c/page.md", '"torch"', '"x" if input is None else __import__("time").sleep(999)'
    )
    preview.replace("c/page.md", "First", "Second")
    expect(page.get_by_text("Second words.")).to_be_visible()
    expect(page.get_by_text("executing 1 notebook")).to_be_visible()
    preview.replace("c/page.md", '__import__("time").sleep(999)', "1 / 0")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("1 notebook failed")
    expect(alert).to_contain_text(
        "c/page.md:7 [pytorch] ZeroDivisionError".replace("[", "").replace("]", "")
    )
    preview.replace("c/page.md", "1 / 0", '"well"')
    expect(output).to_have_text("a well")
    expect(alert).to_be_hidden()
    assert is_same(page)


def test_pictures_and_styles(start: StartPreview, book: Path, page: Page) -> None:
    dot = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}"/>'
    (book / "img/dot.svg").write_text(dot.format(30))
    (book / "c/page.md").write_text("# Page\n\n![A dot](../img/dot.svg)\n")
    (book / "config.ini").write_text(BOOK["config.ini"] + "[html]\ninclude_css = own.css\n")
    (book / "own.css").write_text("main { border-top: 3px solid; }")
    preview = start().ready()
    page.goto(f"{preview.address}c/page.html")
    mark(page)
    width = "document.querySelector('main img').naturalWidth"
    page.wait_for_function(f"{width} === 30")
    preview.write("img/dot.svg", dot.format(40))
    page.wait_for_function(f"{width} === 40")
    assert is_same(page)
    preview.write("own.css", "main { border-top: 5px solid; }")
    page.wait_for_function(
        "getComputedStyle(document.querySelector('main')).borderTopWidth === '5px'"
    )


def test_another_server_at_the_same_address(start: StartPreview, book: Path, page: Page) -> None:
    first = start().ready()
    page.goto(f"{first.address}c/page.html")
    first.end()
    expect(page.get_by_text("the preview has ended")).to_be_visible()
    (book / "c/page.md").write_text("# Page\n\nWritten meanwhile.\n")
    start(port=first.address.rpartition(":")[2].rstrip("/"))
    expect(page.get_by_text("Written meanwhile.")).to_be_visible()
