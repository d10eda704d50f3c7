"""Touch screens, paper, the colours of the system: what readers hold in their hands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESKTOP, PHONE, Watched, serve
from tests.html.sites import build_site

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}"><rect width="9" height="9"/></svg>'
FORMULA = r"$\{(\textrm{heads}, \textrm{heads}), (\textrm{tails}, \textrm{tails}), \textrm{neither}, (\textrm{both})\}$"
CODE = "frameworks.of.today.are.many(keyword=True)"
LINES = "\n".join(f"line_{number} = 'of some code'" for number in range(12))


def cell(tab: str, code: str) -> str:
    return f"```{{.python .input}}\n%%tab {tab}\n{code}\n```\n\n"


SECTIONS = "".join(
    f"## Section {number}\n\n{'Words of this section. ' * 40}\n\n"
    + cell("pytorch", LINES)
    + cell("jax", f"{LINES}\n{LINES}")
    for number in range(1, 6)
)

SIGNS = "\n\n".join(
    f"{'x' * length} lorem ipsum dolor sit amet $p(x) = a + b$. More ($q$), and $r$-dimensional."
    for length in range(1, 40)
)

BOOK = {
    "config.ini": "[build]\ntabs = pytorch, jax\n",
    "index.md": "# Book\n\n```toc\n:numbered:\n\none\nsigns\ntables\npictures\n```\n",
    "signs.md": f"# Signs\n\n{SIGNS}\n",
    "pictures.md": "# Pictures\n\n![Wide](wide.svg)\n\n![Tall](tall.svg)\n",
    "wide.svg": DRAWING.format(800, 200),
    "tall.svg": DRAWING.format(200, 800),
    "tables.md": "# Tables\n\n"
    + "\n".join(
        f"|  | {'wide' * 5} | {'wide' * 5} | {'wide' * 5} |\n|---|---|---|---|\n| {head} | a | b | c |\n"
        for head in ("short", "long" * 10)
    ),
    "one.md": f"# One\n\nA formula {FORMULA} in a line.\n\n{cell('all', 'x' * 200)}"
    f"| a | b | c |\n|---|---|---|\n| `{CODE}` | `{CODE}` | `{CODE}` |\n\n{SECTIONS}",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page with much in it."""
    folder = tmp_path_factory.mktemp("devices")
    for name, text in BOOK.items():
        (folder / name).write_text(text)
    build_site(folder, folder / "site", {})
    with serve(folder / "site") as address:
        yield f"{address}/one.html"


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True) as context:  # type: ignore[arg-type]
        yield context.new_page()


def test_a_formula_that_is_wider_than_its_line_scrolls(phone: Page, site: str) -> None:
    phone.goto(site)
    expect(phone.locator(".katex.wide")).to_have_count(1)
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_sign_stays_on_the_line_of_its_formula(phone: Page, site: str) -> None:
    phone.goto(site.replace("one.html", "signs.html"))
    tops = phone.locator(".kept").evaluate_all(
        """all => all.map(kept => {
            const range = document.createRange();
            range.selectNodeContents(kept.lastChild);
            const end = [...kept.querySelectorAll(".katex-base")].pop().getBoundingClientRect();
            const sign = range.getBoundingClientRect();
            return sign.top - end.top;
        })"""
    )
    assert len(tops) == 3 * 39
    assert max(tops) < 12


@pytest.mark.parametrize("size", ["100%", "200%"])
@pytest.mark.parametrize("wrap", ["", "on"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_code_is_below_its_button(
    phone: Page, site: str, width: int, wrap: str, size: str
) -> None:
    phone.set_viewport_size({"width": width, "height": 800})
    phone.goto(site)
    phone.evaluate(
        "([size, wrap]) => { const root = document.documentElement; root.style.fontSize = size; root.dataset.wrap = wrap; }",
        [size, wrap],
    )
    found = phone.locator(".source:has(> .copy):visible").evaluate_all(
        """all => all.map(source => {
            const button = source.querySelector(".copy").getBoundingClientRect();
            const range = document.createRange();
            range.selectNodeContents(source.querySelector("code"));
            const first = range.getClientRects()[0];
            const lies = [...range.getClientRects()].some(line => (
                line.right > button.left && line.left < button.right
                && line.bottom > button.top && line.top < button.bottom
            ));
            const isWithin = button.right <= source.getBoundingClientRect().right;
            return [lies, isWithin, first.top < button.bottom];
        })"""
    )
    assert len(found) == 6
    assert not any(lies for lies, _, _ in found)
    assert all(is_within for _, is_within, _ in found)
    if width == 360 and size == "100%":
        # Only the long line leaves no room beside it.
        assert [beside for _, _, beside in found] == [False] + 5 * [True]


def test_code_in_a_table_goes_on_in_the_next_line(window: Watched, site: str) -> None:
    window.page.goto(site)
    scroll = window.page.locator(".scroll")
    assert scroll.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert window.page.locator("td code").first.inner_text() == CODE


def test_the_heads_of_rows_stay_where_there_is_room_beside_them(phone: Page, site: str) -> None:
    phone.goto(site.replace("one.html", "tables.html"))
    for number, stays in enumerate((True, False)):
        box = phone.locator(".scroll").nth(number)
        edge = "box => box.getBoundingClientRect().left"
        box.evaluate("box => { box.scrollLeft = box.scrollWidth }")
        assert box.evaluate("box => box.scrollLeft") > 50
        for part in (box.locator("th[scope=row]"), box.locator("thead td")):
            # A pixel beyond the edge, so that nothing is seen beside it.
            assert (-1 <= part.evaluate(edge) - box.evaluate(edge) <= 0) == stays


@pytest.mark.parametrize("number", [0, 1], ids=["wide", "tall"])
def test_a_large_picture_is_whole_at_first_and_a_tap_shows_more_of_it(
    phone: Page, site: str, number: int
) -> None:
    phone.goto(site.replace("one.html", "pictures.html"))
    phone.locator(".enlarge").nth(number).tap()
    image = phone.get_by_role("dialog").locator("img")
    whole = image.bounding_box()
    assert whole
    assert 0 <= whole["x"] < whole["x"] + whole["width"] <= PHONE["width"]
    assert 0 <= whole["y"] < whole["y"] + whole["height"] <= PHONE["height"]
    image.tap(position={"x": whole["width"] - 5, "y": whole["height"] - 5})
    large = image.bounding_box()
    assert large
    assert whole["width"] * 2 < large["width"] <= 2.5 * PHONE["width"]
    # What was tapped is what is seen.
    assert large["x"] + large["width"] <= PHONE["width"]
    assert large["y"] + large["height"] <= PHONE["height"]
    phone.touchscreen.tap(PHONE["width"] / 2, PHONE["height"] / 2)
    assert image.bounding_box() == whole
    phone.get_by_role("button", name="Close").tap()
    expect(image).to_have_count(0)


def test_the_choice_in_the_header_keeps_what_is_read_in_its_place(
    window: Watched, site: str
) -> None:
    page = window.page
    page.goto(site)
    heading = page.get_by_role("heading", name="Section 4")
    heading.evaluate("it => scrollTo({ top: it.offsetTop - 200, behavior: 'instant' })")
    before = heading.bounding_box()
    # As a mouse does it; the page is not to be scrolled for it.
    button = page.get_by_role("group", name="Framework").get_by_role("button", name="JAX")
    place = button.bounding_box()
    assert place
    page.mouse.click(place["x"] + 5, place["y"] + 5)
    expect(button).to_have_attribute("aria-pressed", "true")
    after = heading.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) <= 1


def test_the_section_that_one_goes_to_is_the_one_that_is_marked(window: Watched, site: str) -> None:
    page = window.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(site)
    contents = page.get_by_role("navigation", name="On this page")
    for number in (2, 4, 1):
        link = contents.get_by_role("link", name=f"Section {number}")
        link.click()
        expect(link).to_have_attribute("aria-current", "true")


def test_paper_is_white_and_has_only_the_text(window: Watched, site: str) -> None:
    page = window.page
    page.goto(site)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    dark = page.evaluate("getComputedStyle(document.body).color")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") != dark
    expect(page.locator(".skip")).not_to_be_visible()


def test_what_is_chosen_shows_in_the_colours_of_the_system(chromium: Browser, site: str) -> None:
    with chromium.new_context(viewport=DESKTOP, forced_colors="active") as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site}?tab=jax")
        outline = "it => getComputedStyle(it).outlineStyle"
        for bar in (page.locator(".frameworks"), page.locator(".bar").first):
            assert bar.get_by_text("JAX").evaluate(outline) == "solid"
            assert bar.get_by_text("PyTorch").evaluate(outline) == "none"
