"""The site in a real browser: what readers can do with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESKTOP, PHONE, Watched

TOUR = "chapter/tour.html"
READING = "chapter/reading.html"
PAGES = (
    "index.html",
    "chapter/index.html",
    TOUR,
    "chapter/reading.html",
    "chapter/torch-only.html",
    "references.html",
)


def shown(page: Page) -> list[str]:
    """The first lines of all code that can be seen."""
    return [
        code.inner_text().split("\n")[0]
        for code in page.locator(".cell .source code").all()
        if code.is_visible()
    ]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_asks_for_anything_beyond_the_site(window: Watched, served: str, name: str) -> None:
    window.page.goto(f"{served}/{name}")
    window.page.wait_for_load_state("networkidle")
    assert window.requests
    assert all(url.startswith((served, "data:")) for url in window.requests)


def test_every_group_follows_the_choice(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    assert shown(page) == ["x = 1  # the same everywhere", "type(x)", "import torch"]
    page.get_by_role("tab", name="JAX").first.click()
    assert shown(page) == ["x = 1  # the same everywhere", "type(x)", "import jax"]
    for tab in page.get_by_role("tab", name="JAX").all():
        expect(tab).to_have_attribute("aria-selected", "true")
    switch = page.get_by_role("group", name="Framework")
    expect(switch.get_by_role("button", name="JAX")).to_have_attribute("aria-pressed", "true")
    switch.get_by_role("button", name="MXNet").click()
    assert shown(page)[-1] == "from mxnet import np"
    expect(page.get_by_text("Only MXNet has something")).to_be_visible()


def test_outputs_of_shared_code_follow_too(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    cell = page.locator(".cell", has_text="type(x)")
    assert cell.locator(".outputs").inner_text() == "int"
    page.get_by_role("tab", name="MXNet").first.click()
    assert cell.locator(".outputs").inner_text() == "<class 'int'>"


def test_the_choice_is_remembered_on_other_pages(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    page.get_by_role("tab", name="JAX").first.click()
    page.get_by_role("link", name="For One Framework").first.click()
    expect(page.get_by_role("heading", name="For One Framework")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.go_back()
    assert shown(page)[-1] == "import jax"
    other = window.open()
    other.goto(f"{served}/{TOUR}")
    assert shown(other)[-1] == "import jax"


def test_the_address_wins_over_memory(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    page.get_by_role("tab", name="JAX").first.click()
    page.goto(f"{served}/{TOUR}?tab=mxnet")
    assert shown(page)[-1] == "from mxnet import np"
    page.goto(f"{served}/{TOUR}?tab=nonsense")
    assert shown(page)[-1] == "from mxnet import np"


def test_two_windows_stay_in_step(window: Watched, served: str) -> None:
    window.page.goto(f"{served}/{TOUR}")
    other = window.open()
    other.goto(f"{served}/{TOUR}")
    other.get_by_role("tab", name="JAX").first.click()
    expect(window.page.get_by_text("import jax")).to_be_visible()


def test_tabs_work_with_the_keyboard(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    bar = page.get_by_role("tablist").nth(1)
    bar.get_by_role("tab", name="PyTorch").focus()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("tab", name="MXNet")).to_be_focused()
    page.keyboard.press("End")
    expect(bar.get_by_role("tab", name="JAX")).to_be_focused()
    assert shown(page)[-1] == "import jax"
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("tab", name="PyTorch")).to_be_focused()
    panel = page.locator(f"#{bar.get_by_role('tab').first.get_attribute('aria-controls')}")
    expect(panel).to_have_attribute(
        "aria-labelledby", bar.get_by_role("tab").first.get_attribute("id") or ""
    )


def test_what_was_clicked_stays_in_its_place(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    tab = page.get_by_role("tab", name="JAX").last
    tab.scroll_into_view_if_needed()
    before = tab.bounding_box()
    tab.click()
    after = tab.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) <= 1


def test_a_group_that_lacks_the_framework_says_so(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}?tab=jax")
    expect(page.get_by_text("Nothing here for JAX.")).to_be_visible()
    expect(page.get_by_text("Only MXNet has something")).not_to_be_visible()


def test_a_page_that_lacks_the_framework_says_so(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/chapter/torch-only.html?tab=jax")
    expect(page.get_by_role("status")).to_have_text(
        "This page is not written for JAX. It is shown for PyTorch."
    )
    assert shown(page) == ["import torch"]
    page.get_by_role("group", name="Framework").get_by_role("button", name="PyTorch").click()
    expect(page.get_by_role("status")).not_to_be_visible()


def test_an_anchor_in_a_hidden_tab_opens_it(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}#sec_jax")
    expect(page.get_by_role("heading", name="Pure Functions")).to_be_in_viewport()
    page.goto(f"{served}/{TOUR}?tab=mxnet")
    page.get_by_role("link", name="Section 1.1.1.1.1").click()
    expect(page.get_by_role("heading", name="Pure Functions")).to_be_in_viewport()


def test_find_in_page_reaches_hidden_tabs(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    hidden = page.locator(".variant", has_text="makes this paragraph findable").last
    expect(hidden).to_have_attribute("hidden", "until-found")
    # What the browser does when its search finds something in there.
    hidden.dispatch_event("beforematch")
    expect(page.get_by_text("makes this paragraph findable")).to_be_visible()


def test_links_lead_where_they_say(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    for link in {a.get_attribute("href") or "" for a in page.locator("main a, nav a").all()}:
        if not link.startswith(("../../pdf/", "https://")):
            assert page.request.get(page.evaluate("l => new URL(l, location).href", link)).ok, link
    page.get_by_role("link", name="2020").click()
    expect(page.locator("#ref-Doe\\.2020")).to_be_in_viewport()


def test_the_notebook_and_the_pdf_follow_the_choice(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    expect(page.get_by_role("link", name="Notebook PyTorch")).to_be_visible()
    expect(page.get_by_role("link", name="PDF")).to_have_count(0)
    page.get_by_role("tab", name="JAX").first.click()
    link = page.get_by_role("link", name="Notebook JAX")
    expect(link).to_have_attribute("href", "../notebooks/jax/chapter/tour.ipynb")
    expect(page.get_by_role("link", name="PDF JAX")).to_be_visible()
    epub = page.get_by_role("link", name="EPUB JAX")
    expect(epub).to_have_attribute("href", "../epub/demo-jax.epub")


def test_a_phone_has_the_contents_in_a_drawer(chromium: Browser, served: str) -> None:
    with chromium.new_context(viewport=PHONE, has_touch=True) as context:
        page = context.new_page()
        page.goto(f"{served}/{TOUR}")
        contents = page.get_by_role("navigation", name="Contents of the book")
        expect(contents).not_to_be_visible()
        page.get_by_role("button", name="Contents").click()
        expect(contents).to_be_visible()
        page.keyboard.press("Escape")
        expect(contents).not_to_be_visible()
        page.get_by_role("combobox", name="Framework").select_option("jax")
        expect(page.get_by_text("import jax")).to_be_visible()
        page.get_by_role("button", name="Contents").click()
        page.get_by_role("link", name="For One Framework").first.click()
        expect(page.get_by_role("heading", name="For One Framework")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_window(
    chromium: Browser, served: str, name: str, viewport: dict[str, int]
) -> None:
    with chromium.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{served}/{name}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"]


def test_everything_can_be_read_without_scripts(chromium: Browser, served: str) -> None:
    with chromium.new_context(java_script_enabled=False, viewport=DESKTOP) as context:
        page = context.new_page()
        page.goto(f"{served}/{TOUR}")
        for text in ("import torch", "from mxnet import np", "import jax", "Only MXNet has"):
            assert page.get_by_text(text).is_visible(), text
        assert page.get_by_text("PyTorch, MXNet", exact=True).is_visible()
        assert not page.get_by_role("tablist").first.is_visible()
        page.goto(f"{served}/{READING}")
        page.locator(".fold summary").click()
        assert page.get_by_text("hippopotamus").is_visible()
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        page.get_by_role("button", name="Contents").click()
        assert page.get_by_role("navigation", name="Contents of the book").is_visible()


def test_the_site_works_from_disk(window: Watched, demo: Path) -> None:
    page = window.page
    page.goto((demo / TOUR).as_uri())
    page.get_by_role("tab", name="JAX").first.click()
    page.get_by_role("link", name="For One Framework").first.click()
    expect(page.get_by_role("status")).to_be_visible()
    page.go_back()
    assert shown(page)[-1] == "import jax"
    page.evaluate("document.fonts.ready.then(() => true)")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)"
    )
    assert {"KaTeX_Main", "KaTeX_Math", "Source Code Pro"} <= set(loaded)
    assert all(url.startswith(("file:", "data:")) for url in window.requests)


def test_who_comes_back_finds_what_was_chosen_since(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    page.get_by_role("tab", name="MXNet").first.click()
    page.locator(".neighbours .next").click()
    page.wait_for_url(f"{served}/{READING}")
    page.get_by_role("group", name="Framework").get_by_role("button", name="JAX").click()
    page.go_back()
    page.wait_for_url(f"{served}/{TOUR}?tab=*")
    expect(page.get_by_text("import jax")).to_be_visible()
    expect(page).to_have_url(f"{served}/{TOUR}?tab=jax")
    page.goto(f"{served}/index.html")
    assert page.evaluate("localStorage.getItem('d2lbook.tab')") == "jax"


def test_a_page_that_the_browser_has_kept_follows_the_choice(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}?tab=mxnet")
    page.evaluate(
        """localStorage.setItem("d2lbook.tab", "jax");
        dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))"""
    )
    assert shown(page)[-1] == "import jax"
    assert page.url == f"{served}/{TOUR}?tab=jax"


def test_a_page_loaded_again_shows_what_another_window_chose(window: Watched, served: str) -> None:
    page, other = window.page, window.open()
    page.goto(f"{served}/{TOUR}")
    other.goto(f"{served}/{TOUR}")
    page.get_by_role("tab", name="JAX").first.click()
    other.get_by_role("tab", name="MXNet").first.click()
    page.get_by_role("tab", name="PyTorch").first.click()
    expect(other).to_have_url(f"{served}/{TOUR}?tab=pytorch")
    # Even where the address is still an old one.
    other.evaluate("history.replaceState(null, '', '?tab=mxnet')")
    other.reload()
    assert shown(other)[-1] == shown(page)[-1] == "import torch"
    expect(other).to_have_url(f"{served}/{TOUR}?tab=pytorch")


def test_the_framework_is_known_before_anything_is_painted(window: Watched, served: str) -> None:
    page = window.page
    page.route("**/*.js?*", lambda route: route.abort())
    tab = "[document.documentElement.dataset.tab, document.documentElement.dataset.chosen]"
    page.goto(f"{served}/{TOUR}?tab=mxnet")
    assert page.evaluate(tab) == ["mxnet", "mxnet"]
    page.evaluate("localStorage.setItem('d2lbook.tab', 'jax')")
    page.reload()
    assert page.evaluate(tab) == ["jax", "jax"]
    page.goto(f"{served}/{TOUR}?tab=nonsense")
    assert page.evaluate(tab) == ["jax", "jax"]
    page.goto(f"{served}/chapter/torch-only.html")
    assert page.evaluate(tab) == ["pytorch", "jax"]
    window.errors.clear()
