"""Reading a page: previews, footnotes, pictures, long things, links. In a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import DESKTOP, Watched
from tests.conftest import MakeBook
from tests.html.sites import build_site

TOUR = "chapter/tour.html"
READING = "chapter/reading.html"


def test_permalinks_have_the_framework(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    switch = page.get_by_role("group", name="Framework")
    switch.get_by_role("button", name="JAX").click()
    assert page.url.endswith("?tab=jax")
    page.get_by_role("heading", name="Exercises").hover()
    page.get_by_role("link", name="Link to “Exercises”").click()
    assert page.url == f"{served}/{READING}?tab=jax#exercises"
    page.locator("figcaption").get_by_role("link", name="Figure 1.2.1").click()
    assert page.url == f"{served}/{READING}?tab=jax#fig_wide"
    assert sum(url.startswith(f"{served}/{READING}") for url in window.requests) == 1
    page.goto(f"{served}/{TOUR}?tab=jax")
    page.get_by_role("link", name="Equation (1.1.1)").click()
    assert page.url == f"{served}/{TOUR}?tab=jax#eq_sum"


def test_an_anchor_leads_into_a_fold(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}#sec_inside")
    expect(page.get_by_role("heading", name="Inside")).to_be_in_viewport()
    page.goto(f"{served}/{READING}")
    expect(page.get_by_role("heading", name="Inside")).not_to_be_visible()
    page.evaluate("location.hash = 'sec_inside'")
    expect(page.get_by_role("heading", name="Inside")).to_be_in_viewport()


def test_a_fold_opens_with_the_keyboard(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    page.locator("summary", has_text="Solution 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("hippopotamus")).to_be_visible()


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("Figure 1.2.1", "A wide picture."),
        ("Section 1.1", "JAX goes its own way."),
        ("Figure 1.1.1", "A tree with"),
        ("2020", "A theory of tabs"),
        ("Footnote 1", "The first footnote"),
    ],
)
def test_what_a_link_leads_to_is_previewed(
    window: Watched, served: str, link: str, expected: str
) -> None:
    page = window.page
    page.set_viewport_size({"width": 1440, "height": 400})
    page.goto(f"{served}/{READING}")
    reference = page.locator("article").get_by_role("link", name=link, exact=True).first
    reference.hover()
    preview = page.get_by_role("tooltip")
    expect(preview).to_contain_text(expected)
    expect(reference).to_have_attribute("aria-describedby", "preview")
    preview.hover()
    page.wait_for_timeout(400)
    expect(preview).to_be_visible()
    page.keyboard.press("Escape")
    expect(preview).not_to_be_visible()
    page.mouse.move(5, 5)
    reference.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(preview).to_contain_text(expected)
    page.keyboard.press("Escape")
    expect(preview).not_to_be_visible()


def test_what_is_on_the_screen_is_not_previewed(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    link = page.get_by_role("link", name="Figure 1.2.1", exact=True).first
    figure, preview = page.locator("#fig_wide"), page.locator(".preview")
    expect(figure).to_be_in_viewport(ratio=1)
    link.hover()
    page.wait_for_timeout(600)
    expect(preview).to_have_count(0)
    link.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    expect(preview).to_have_count(0)
    # Cut off by the end of the window, it is.
    bottom = figure.evaluate("figure => figure.getBoundingClientRect().bottom")
    page.set_viewport_size({"width": 1440, "height": int(bottom) - 20})
    page.mouse.move(5, 5)
    link.blur()
    link.hover()
    expect(preview).to_contain_text("A wide picture.")


def test_previews_from_disk(window: Watched, demo: Path) -> None:
    page = window.page
    page.goto((demo / READING).as_uri())
    for link, expected in (("2020", "A theory of tabs"), ("Section 1.1", "A Tour of")):
        page.locator("article").get_by_role("link", name=link, exact=True).hover()
        expect(page.get_by_role("tooltip")).to_contain_text(expected)


def test_footnotes_stand_beside_the_text_where_there_is_room(
    chromium: Browser, served: str
) -> None:
    with chromium.new_context(viewport={"width": 1900, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{served}/{READING}")
        note, text = page.locator(".sidenote"), page.locator("article > p").first
        expect(note).to_contain_text("The first footnote")
        beside, paragraph = note.bounding_box(), text.bounding_box()
        assert beside
        assert paragraph
        assert beside["x"] >= paragraph["x"] + paragraph["width"]
        contents = page.get_by_role("navigation", name="On this page").bounding_box()
        assert contents
        assert beside["x"] + beside["width"] <= contents["x"]
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
        expect(note).to_have_count(0)


def test_long_outputs_are_folded(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    output = page.locator(".outputs pre").first
    height = "box => box.clientHeight"
    folded = output.evaluate(height)
    more = page.get_by_role("button", name="Show all (100 lines)")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    assert output.evaluate(height) > 4 * folded
    page.get_by_role("button", name="Show less").click()
    assert output.evaluate(height) == folded


def test_pictures_open_large(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    button = page.get_by_role("button", name="Enlarge Figure 1.2.1")
    small = button.locator("img").bounding_box()
    button.click()
    dialog = page.get_by_role("dialog")
    large = dialog.locator("img").bounding_box()
    assert small
    assert large
    assert large["width"] > 2 * small["width"]
    expect(dialog).to_contain_text("Figure 1.2.1 A wide picture.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    button.click()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def test_a_button_says_what_it_enlarges(
    window: Watched, make_book: MakeBook, tmp_path: Path
) -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>'
    described = ".. figure:: a.svg\n   :alt: A tree\n\n   What grows\n"
    book = {
        "config.ini": "[build]\ntabs = pytorch\n",
        "index.md": "# Book\n\n![What grows](a.svg)\n\n"
        f"![](a.svg)\n\n```eval_rst\n{described}```\n",
        "a.svg": drawing,
    }
    build_site(make_book(book), tmp_path / "site")
    page = window.page
    page.goto((tmp_path / "site" / "index.html").as_uri())
    buttons = page.locator(".enlarge")
    names = ("Enlarge Figure 1", "Enlarge Picture", "Enlarge Figure 2")
    for number, name in enumerate(names):
        expect(buttons.nth(number)).to_have_accessible_name(name)
    expect(buttons.nth(0)).to_have_accessible_description("")
    expect(buttons.nth(2)).to_have_accessible_description("A tree")


@pytest.mark.parametrize(
    ("shown", "copied"),
    [
        ("1 + 1", "1 + 1\nfor x in ():\n    pass"),
        ("Collecting", "pip install d2l"),
        ("range(100)", "for number in range(100):\n    print(number)"),
    ],
)
def test_code_is_copied_without_prompts_and_outputs(
    window: Watched, served: str, shown: str, copied: str
) -> None:
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.page
    page.goto(f"{served}/{READING}")
    source = page.locator(".source", has_text=shown)
    source.hover()
    source.get_by_role("button", name="Copy").click()
    expect(source.get_by_role("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == copied


@pytest.mark.parametrize(
    "code", ["% preamble\n\\documentclass{book}\n\\begin{document}", "$x$ is a formula\n$y$, too"]
)
def test_code_without_prompts_is_copied_as_it_is(window: Watched, served: str, code: str) -> None:
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.page
    page.goto(f"{served}/{READING}")
    listing = page.locator(".source code", has_text="1 + 1")
    listing.evaluate("(element, code) => { element.textContent = code; }", code)
    source = page.locator(".source", has_text=code.split("\n")[0])
    source.hover()
    source.get_by_role("button", name="Copy").click()
    expect(source.get_by_role("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == code


def test_a_discussion_is_loaded_on_request_only(window: Watched, served: str) -> None:
    page = window.page

    def thread(route: Route) -> None:
        route.fulfill(body="<p>What others say.</p>", content_type="text/html")

    page.route("https://discuss.example.org/**", thread)
    page.goto(f"{served}/{READING}")
    page.wait_for_load_state("networkidle")
    assert not [url for url in window.requests if "discuss.example.org" in url]
    page.get_by_role("button", name="Show the discussion here").click()
    expect(page.frame_locator("iframe").get_by_text("What others say.")).to_be_visible()
    assert [url for url in window.requests if "discuss.example.org" in url] == [
        "https://discuss.example.org/embed/comments?topic_id=77"
    ]


def test_a_page_says_how_to_run_it(window: Watched, served: str) -> None:
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.page
    page.goto(f"{served}/{TOUR}?tab=jax")
    page.get_by_role("button", name="Run it yourself").click()
    dialog = page.get_by_role("dialog", name="Run it yourself")
    link = dialog.get_by_role("link", name="demo-jax.zip")
    assert page.request.get(page.evaluate("link => link.href", link.element_handle())).ok
    dialog.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()").split("\n") == [
        "unzip demo-jax.zip",
        "cd demo-jax",
        "python3.11 -m venv .venv",
        ".venv/bin/pip install --no-deps -r requirements.txt",
        ".venv/bin/pip install jupyterlab",
        "PYTHONPATH=\"$PWD\" .venv/bin/jupyter lab 'chapter/tour.ipynb'",
    ]
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).not_to_be_visible()


def test_a_page_says_what_its_outputs_were_made_with(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}?tab=jax")
    expect(page.locator(".made-with")).to_have_text(
        "The outputs for JAX were made with Python 3.11, jax 0.10.2, flax 0.12.8"
    )
    page.get_by_role("tab", name="MXNet").first.click()
    expect(page.locator(".made-with")).not_to_be_visible()


def test_the_contents_of_the_page_follow_the_reader(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{READING}")
    current = page.locator(".page-contents [aria-current]")
    expect(current).to_have_count(0)
    go_to(page, "#exercises")
    expect(current).to_have_text("Exercises")


def go_to(page: Page, anchor: str) -> None:
    page.evaluate("anchor => { location.hash = anchor }", anchor)
