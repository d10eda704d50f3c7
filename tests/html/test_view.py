"""How pages are shown: colours, columns, contents, paper. In a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
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


def test_the_panel_closes_when_the_focus_leaves_it(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    button, panel = page.get_by_role("button", name="Display"), page.locator(".view")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="As the system")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(button).to_be_focused()
    expect(panel).to_be_visible()
    for _ in range(10):
        page.keyboard.press("Tab")
    assert panel.evaluate("panel => !panel.contains(document.activeElement)")
    expect(panel).not_to_be_visible()
    expect(page.locator(":focus")).to_be_visible()
    # Labels, and what stands between them, are part of it.
    button.click()
    panel.get_by_text("High contrast").click()
    panel.get_by_role("group", name="Colours").locator("legend").click()
    page.evaluate("document.activeElement.blur()")
    expect(panel).to_be_visible()
    button.click()
    expect(panel).not_to_be_visible()


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


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_no_corner_of_a_picture_is_cut(window: Watched, served: str, theme: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
    expect(page.locator("figure img").first).to_have_css("border-radius", "0px")


@pytest.mark.parametrize(("width", "letters"), [(1440, 16), (1440, 24), (390, 24)])
def test_controls_keep_their_rows_however_large_letters_are(
    window: Watched, served: str, width: int, letters: int
) -> None:
    page = window.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{served}/{TOUR}")
    page.evaluate("size => { document.documentElement.style.fontSize = `${size}px` }", letters)
    open_view(page)
    boxes = [box.bounding_box() for box in page.locator(".choices span").all()]
    assert len({(box["y"], box["height"]) for box in boxes if box}) == 1
    for row in page.locator(".switch").all():
        ends = [each.bounding_box() for each in (row, row.get_by_role("switch"))]
        assert len({box["x"] + box["width"] for box in ends if box}) == 1


@pytest.mark.parametrize("way", ["screen", "paper"])
def test_the_rest_of_a_wrapped_line_hangs_below_its_indentation(
    window: Watched, make_book: MakeBook, tmp_path: Path, way: str
) -> None:
    code = 'def f():\n    """One,\n\n    two."""\n    return ' + " + ".join(["some_name"] * 9)
    book = {
        "config.ini": "[build]\ntabs = pytorch\n",
        "index.md": f"# Book\n\n```{{.python .input}}\n{code}\n```\n",
    }
    build_site(make_book(book), tmp_path / "site")
    page = window.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((tmp_path / "site" / "index.html").as_uri())
    if way == "paper":
        page.emulate_media(media="print")
    else:
        open_view(page)
        page.get_by_role("switch", name="Wrap long lines").check()
        page.keyboard.press("Escape")
    shown = page.locator(".source code")
    # The first row is that of "return", whose word begins after its indentation.
    rows = shown.evaluate(
        """code => {
            const edge = code.getBoundingClientRect().left;
            const long = code.lastElementChild, range = document.createRange();
            range.selectNodeContents(long);
            const rows = Map.groupBy(range.getClientRects(), (row) => Math.round(row.top / 9));
            const word = long.querySelector(".k").getBoundingClientRect();
            const starts = [...rows.values()].map((row) => Math.min(...row.map((box) => box.left)));
            starts[0] = word.left;
            return starts.map((x) => Math.round((x - edge) / (word.width / "return".length)));
        }"""
    )
    assert rows[0] == 4
    assert set(rows[1:]) == {6}
    # It is the same code to those who copy it.
    assert shown.inner_text() == shown.text_content() == code
    shown.evaluate("code => getSelection().selectAllChildren(code)")
    assert page.evaluate("getSelection().toString()") == code


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


@pytest.mark.parametrize("width", [1050, 1440])
def test_contents_that_share_a_column_keep_to_it(
    window: Watched, make_book: MakeBook, tmp_path: Path, width: int
) -> None:
    cell = "```{{.python .input}}\n%%tab {}\n1\n```\n\n".format
    heading = "A heading of " + "long" * 20
    book = {
        "config.ini": "[build]\ntabs = pytorch, jax\n",
        "index.md": "# Book\n\n```toc\none\n```\n",
        "one.md": f"# One\n\n## {heading}\n\n{cell('pytorch')}{cell('jax')}",
    }
    build_site(make_book(book), tmp_path / "site")
    page = window.page
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((tmp_path / "site" / "one.html").as_uri())
    open_view(page)
    page.get_by_role("switch", name="Side by side").check()
    right = "box => box.getBoundingClientRect().right"
    for contents in ("On this page", "Contents of the book"):
        box = page.get_by_role("navigation", name=contents)
        assert box.evaluate(right) <= page.locator("#drawer").evaluate(right)
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")


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


def test_paper_has_no_button_of_the_title_page(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/index.html")
    start = page.get_by_role("link", name="Start reading")
    expect(start).to_be_visible()
    page.emulate_media(media="print")
    expect(start).not_to_be_visible()


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
        "index.md": "# كتاب\n\n```toc\n:numbered:\n\none\npart\n```\n",
        "part.md": "# باب\n\n```toc\ntwo\n```\n",
        "two.md": "# آخر\n",
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
        arrow = "it => getComputedStyle(it, '::before').rotate"
        contents = page.locator(".site-contents details").first
        contents.evaluate("it => { it.open = false }")
        assert contents.locator("summary").evaluate(arrow) == "135deg"
        contents.evaluate("it => { it.open = true }")
        assert contents.locator("summary").evaluate(arrow) == "45deg"
        # A formula runs from the left all the same.
        first, last = (page.locator(".katex .mathnormal").nth(number) for number in (0, 1))
        assert first.bounding_box()["x"] < last.bounding_box()["x"]  # type: ignore[index]
        page.get_by_role("tab", name="PyTorch").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_role("tab", name="JAX")).to_be_focused()


def test_the_place_is_kept_when_all_groups_become_columns(
    window: Watched, make_book: MakeBook, tmp_path: Path
) -> None:
    cell = "```{{.python .input}}\n%%tab {}\n{}```".format
    code = cell("pytorch", "short\n") + "\n\n" + cell("jax", "long\n" * 9)
    text = "Nothing but words that go on and on. " * 9
    book = {
        "config.ini": "[build]\ntabs = pytorch, jax\n",
        "index.md": "# Book\n\n```toc\none\n```\n",
        "one.md": "# One\n\n" + f"{text}\n\n{code}\n\n" * 20 + "Here.\n" + f"\n{text}\n" * 30,
    }
    build_site(make_book(book), tmp_path / "site")
    page = window.page
    page.goto((tmp_path / "site" / "one.html").as_uri())
    open_view(page)
    paragraph = page.get_by_text("Here.")
    top = "box => Math.round(box.getBoundingClientRect().top)"
    paragraph.evaluate(
        "box => scrollBy({ top: box.getBoundingClientRect().top - 90, behavior: 'instant' })"
    )
    before, scrolled = paragraph.evaluate(top), page.evaluate("scrollY")
    page.get_by_role("switch", name="Side by side").check()
    # What stands above it is higher now, and yet it is where it was.
    assert page.evaluate("scrollY") > scrolled + 900
    assert abs(paragraph.evaluate(top) - before) <= 1
    page.get_by_role("switch", name="Side by side").uncheck()
    assert abs(paragraph.evaluate(top) - before) <= 1


@pytest.mark.parametrize(
    "storage",
    [
        "Storage.prototype.setItem = () => { throw new Error('full'); }",
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('none'); } })",
    ],
    ids=["full", "none"],
)
def test_choices_hold_on_the_page_where_nothing_can_be_kept(
    window: Watched, served: str, storage: str
) -> None:
    page = window.page
    page.add_init_script(storage)
    page.goto(f"{served}/{TOUR}")
    page.locator(".tabs", has_text="import torch").get_by_role("button", name="Side").click()
    assert columns(page) == [["import torch", "from mxnet import np"]]
    open_view(page)
    page.get_by_role("switch", name="Side by side").check()
    page.get_by_role("combobox", name="Second framework").select_option("jax")
    assert columns(page)[1] == ["import torch", "import jax"]
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("torch")
    page.get_by_role("dialog").get_by_role("radio", name="JAX").check()
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        "Nothing found for “torch”"
    )


def test_the_drawer_shows_where_the_reader_is(
    chromium: Browser, make_book: MakeBook, tmp_path: Path
) -> None:
    names = [f"p{number}" for number in range(60)]
    book = {
        "config.ini": "[build]\ntabs = pytorch\n",
        "index.md": "# Book\n\n```toc\n:numbered:\n\n{}\n```\n".format("\n".join(names)),
        **{f"{name}.md": f"# Page {name}\n\nText.\n" for name in names},
    }
    build_site(make_book(book), tmp_path / "site")
    with chromium.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        here = page.locator(".site-contents [aria-current=page]")
        scrolled = "document.getElementById('drawer').scrollTop"
        page.goto((tmp_path / "site" / "p55.html").as_uri())
        page.get_by_role("button", name="Contents").click()
        expect(here).to_be_in_viewport(ratio=1)
        assert page.evaluate(scrolled) > 0
        # What is in view anyway, low as it may be, is no reason to scroll.
        page.goto((tmp_path / "site" / "p20.html").as_uri())
        page.get_by_role("button", name="Contents").click()
        expect(here).to_be_in_viewport(ratio=1)
        page.wait_for_timeout(200)
        place = here.bounding_box()
        assert place
        assert place["y"] > 0.7 * PHONE["height"]
        assert page.evaluate(scrolled) == 0
