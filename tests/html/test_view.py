"""How pages are shown: colours, columns, contents, paper. In a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import DESKTOP, PHONE, Watched
from tests.conftest import MakeBook
from tests.html.sites import build_site

TOUR = "chapter/tour.html"
READING = "chapter/reading.html"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def open_view(page: Page) -> None:
    page.get_by_role("button", name="Display").click()


def columns(page: Page) -> list[list[str]]:
    """The first lines of the code in each group's first and second column."""
    groups = page.locator(".tabs.columns").all()
    return [
        [
            code.inner_text().split("\n")[0]
            for code in group.locator(".cell .source code").all()
            if code.is_visible()
        ]
        for group in groups
    ]


def test_colours_are_chosen_and_remembered(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    light = page.evaluate(BACKGROUND)
    open_view(page)
    colours = page.get_by_role("group", name="Colours")
    expect(colours.get_by_role("radio", name="As the system")).to_be_checked()
    colours.get_by_role("radio", name="Dark").check()
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    page.get_by_role("switch", name="High contrast").check()
    assert page.evaluate(BACKGROUND) == "rgb(0, 0, 0)"
    page.reload()
    assert page.evaluate(BACKGROUND) == "rgb(0, 0, 0)"
    open_view(page)
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    page.get_by_role("switch", name="High contrast").uncheck()
    assert page.evaluate(BACKGROUND) == dark
    page.keyboard.press("Escape")
    expect(colours).not_to_be_visible()


def test_long_lines_of_code_wrap_on_request(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    code = page.locator("pre", has_text="a_function_with_a_long_name")
    overflow = "box => box.scrollWidth - box.clientWidth"
    assert code.evaluate(overflow) > 100
    expect(code).to_have_attribute("tabindex", "0")
    open_view(page)
    page.get_by_role("switch", name="Wrap long lines").check()
    assert code.evaluate(overflow) == 0
    expect(code).not_to_have_attribute("tabindex", "0")
    page.reload()
    assert code.evaluate(overflow) == 0


def test_one_group_shows_two_frameworks_side_by_side(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    group = page.locator(".tabs", has_text="import torch")
    split = group.get_by_role("button", name="Side by side")
    expect(split).to_have_attribute("aria-pressed", "false")
    split.click()
    expect(split).to_have_attribute("aria-pressed", "true")
    assert columns(page) == [["import torch", "from mxnet import np"]]
    left, right = (group.locator(".panel").nth(number).bounding_box() for number in (0, 1))
    assert left
    assert right
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"] + 1
    second = group.get_by_role("tablist", name="Second framework")
    second.get_by_role("tab", name="JAX").click()
    assert columns(page) == [["import torch", "import jax"]]
    expect(second.get_by_role("tab", name="JAX")).to_be_focused()
    page.reload()
    assert columns(page) == [["import torch", "import jax"]]
    # Who asks for the second one first gets the two the other way round.
    group.get_by_role("tablist", name="Framework", exact=True).get_by_role(
        "tab", name="JAX"
    ).click()
    assert columns(page) == [["import jax", "import torch"]]
    split.click()
    assert columns(page) == []


def test_all_groups_of_all_pages_side_by_side(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}?tab=jax")
    open_view(page)
    page.get_by_role("switch", name="Side by side").check()
    page.get_by_role("combobox", name="Second framework").select_option("mxnet")
    assert columns(page)[1] == ["import jax", "from mxnet import np"]
    expect(page.locator(".tabs .second").first.get_by_text("<class 'int'>")).to_be_visible()
    page.goto(f"{served}/{READING}")
    # This page has no MXNet, so the other one stands beside the first.
    assert columns(page) == [["jax", "torch"], []]
    page.locator(".split").first.click()
    assert columns(page) == [[]]


def test_columns_are_stacked_on_a_phone(chromium: Browser, served: str) -> None:
    with chromium.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{served}/{TOUR}")
        group = page.locator(".tabs", has_text="import torch")
        group.get_by_role("button", name="Side by side").click()
        upper, lower = (group.locator(".panel").nth(number).bounding_box() for number in (0, 1))
        assert upper
        assert lower
        assert upper["y"] + upper["height"] < lower["y"]
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_contents_of_the_book_can_be_put_away(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    contents = page.get_by_role("navigation", name="Contents of the book")
    expect(contents).to_be_visible()
    button = page.get_by_role("button", name="Contents")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.click()
    expect(contents).not_to_be_visible()
    page.reload()
    expect(contents).not_to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(contents).to_be_visible()


def test_paper_shows_the_chosen_framework_or_all(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}?tab=mxnet")
    shown = {name: page.get_by_text(name) for name in ("import torch", "from mxnet import np")}
    page.emulate_media(media="print")
    expect(page.get_by_role("banner")).not_to_be_visible()
    expect(shown["from mxnet import np"]).to_be_visible()
    expect(shown["import torch"]).not_to_be_visible()
    page.emulate_media(media="screen")
    open_view(page)
    page.get_by_role("switch", name="Print all").check()
    expect(shown["import torch"]).not_to_be_visible()
    page.emulate_media(media="print")
    expect(shown["import torch"]).to_be_visible()
    expect(page.locator(".only", has_text="PyTorch").last).to_be_visible()


def test_paper_shows_what_is_folded(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    word = page.get_by_text("hippopotamus")
    expect(word).not_to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(word).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(word).not_to_be_visible()


def test_a_script_that_runs_from_the_right(
    chromium: Browser, make_book: MakeBook, tmp_path: Path
) -> None:
    book = {
        "config.ini": "[project]\nlang = ar\n[build]\ntabs = pytorch, jax\n",
        "index.md": "# كتاب\n\n```toc\n:numbered:\n\none\n```\n",
        "one.md": "# فصل\n\nنص $a=b$ `x = y`\n\n## قسم\n\n"
        "```{.python .input}\n%%tab pytorch\n1\n```\n\n```{.python .input}\n%%tab jax\n2\n```\n",
    }
    build_site(make_book(book), tmp_path / "site")
    with chromium.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto((tmp_path / "site" / "one.html").as_uri())
        left = {
            name: page.locator(name).first.bounding_box()["x"]  # type: ignore[index]
            for name in (".site-contents", "article", ".page-contents", ".katex .mathnormal")
        }
        assert left[".page-contents"] < left["article"] < left[".site-contents"]
        # A formula runs from the left all the same.
        first, last = (page.locator(".katex .mathnormal").nth(number) for number in (0, 1))
        assert first.bounding_box()["x"] < last.bounding_box()["x"]  # type: ignore[index]
        page.get_by_role("tab", name="PyTorch").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_role("tab", name="JAX")).to_be_focused()
