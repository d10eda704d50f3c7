"""Searching: what there is to find, when the index is made, and what a reader does with it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from d2lbook.files import write_file
from d2lbook.html.search import SearchIndex
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import DESKTOP, PHONE, Watched, serve
from tests.conftest import MakeBook
from tests.html.sites import build_site

TOUR = "chapter/tour.html"
READING = "chapter/reading.html"


def looked_for(page: Page, query: str) -> list[list[str]]:
    """Pages with what stands below each: section, frameworks, excerpt."""
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill(query)
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        re.compile("Pages found|Nothing found|No page has")
    )
    return [item.inner_text().split("\n") for item in page.locator(".search .results > li").all()]


def test_what_is_to_be_found_on_a_page(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book(
        {
            "config.ini": "[build]\ntabs = pytorch, jax\n[pdf]\nbibfile = a.bib\n",
            "a.bib": "@book{a, title={A}, author={Ani, B}, year={2001}}",
            "index.md": """
            # A <b>Title</b> of $x$
            :label:`sec_a`

            Words, $n$ and $\\frac{a}{b}$, `code < 1`, :numref:`sec_b`, :cite:`a`.

            ## Second
            :label:`sec_b`

            ```{.python .input}
            %%tab all
            #@hide_output
            both()
            ```

            ```{.python .input}
            %%tab jax
            of_jax()
            ```

            $$not = this$$

            ```{.python .input}
            %%tab pytorch
            #@hide
            hidden()
            ```

            :begin_tab:`pytorch`
            Of it alone.
            :end_tab:
            """,
        }
    )
    build_site(root, tmp_path / "site")
    text = (root / ".d2lbook" / "search" / "texts" / "index.html").read_text()
    assert text.split("\n", 1)[1] == (
        "<p>Words, n and …, code &lt; 1, Second, (Ani, 2001).</p>\n"
        '<h2 id="sec_b">Second</h2>\n'
        '<i id="@code:"></i><pre>both()</pre>\n'
        '<i id="@code:jax"></i><pre>of_jax()</pre>\n'
        '<i id="@text:pytorch"></i><p>Of it alone.</p>\n'
        "</body></html>\n"
    )


def test_the_index_is_made_when_a_text_has_changed(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path, "id")
    index.add("a/b", "<html><body><h1>Satu</h1><p>dua</p></body></html>")
    files = index.files(["a/b"])
    entry = json.loads(files["_search/pagefind-entry.json"])
    assert entry["languages"]["id"]["page_count"] == 1
    assert not [name for name in files if "ui" in name]
    made = (tmp_path / "index" / "pagefind-entry.json").stat().st_mtime_ns
    assert SearchIndex(tmp_path, "id").files(["a/b"]) == files
    assert (tmp_path / "index" / "pagefind-entry.json").stat().st_mtime_ns == made
    index.add("c", "<html><body><h1>Tiga</h1></body></html>")
    assert index.files(["a/b", "c"]) != files
    index.add("a/b", "<html><body><h1>Satu</h1><p>lain</p></body></html>")
    files = index.files(["a/b"])
    assert json.loads(files["_search/pagefind-entry.json"])["languages"]["id"]["page_count"] == 1


def test_a_damaged_index_is_made_again(tmp_path: Path) -> None:
    index = SearchIndex(tmp_path, "en")
    index.add("a", '<html lang="en"><main data-pagefind-body>apple</main></html>')
    whole = index.files(["a"])
    shutil.rmtree(tmp_path / "index" / "fragment")
    assert index.files(["a"]).keys() == whole.keys()
    next((tmp_path / "index" / "index").iterdir()).write_bytes(b"")
    assert all(index.files(["a"]).values())


def test_words_are_found_with_their_section(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    page.wait_for_load_state("networkidle")
    assert not [url for url in window.requests if "_search" in url]
    assert looked_for(page, "hippopotamus") == [
        [
            "1.2",
            "Things to Read",
            "Exercises",
            "Solution 1. A word that stands in the fold: hippopotamus.",
        ]
    ]
    expect(page.locator(".search mark")).to_have_text("hippopotamus")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    # A fold opens for what was found in it.
    expect(page.get_by_text("hippopotamus")).to_be_in_viewport()
    expect(page).to_have_url(f"{served}/{READING}#exercises")
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["hippopotamus"]


def test_what_is_found_for_another_form_of_a_word_is_marked(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    looked_for(page, "folds")
    assert page.locator(".search mark", has_text="fold").count()
    page.locator(".results > li li a").first.click()
    page.wait_for_function("CSS.highlights.get('found')?.size")
    found = page.evaluate("[...CSS.highlights.get('found')].map(String)")
    assert {word.lower() for word in found} <= {"fold", "folds", "folded"}


def test_code_of_another_framework_is_found_and_opened(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/index.html")
    found = looked_for(page, "jax.numpy")
    assert "JAX" in "\n".join(found[0])
    page.get_by_role("link", name="Code of Their Own").click()
    expect(page).to_have_url(f"{served}/{TOUR}?tab=jax#code-of-their-own")
    expect(page.get_by_text("import jax")).to_be_in_viewport()
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["jax.numpy"]


def test_results_of_one_framework_only(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    assert len(looked_for(page, "torch")) == 3
    page.get_by_role("dialog").get_by_role("radio", name="JAX").check()
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        "Nothing found for “torch”"
    )
    page.reload()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("radio", name="JAX")).to_be_checked()


def test_on_a_phone_frameworks_to_search_are_as_wide_as_their_names(
    chromium: Browser, served: str
) -> None:
    with chromium.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{served}/{TOUR}")
        page.keyboard.press("/")
        names = page.get_by_role("dialog").locator("label span")
        expect(names).to_have_text(["All", "PyTorch", "MXNet", "JAX"])
        for name in names.all():
            room = name.evaluate(
                """name => {
                    const text = new Range();
                    text.selectNodeContents(name);
                    return name.offsetWidth - text.getBoundingClientRect().width;
                }"""
            )
            assert room < 20


def test_the_dialog_with_the_keyboard(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    page.get_by_role("button", name="Search").focus()
    page.keyboard.press("Enter")
    field = page.get_by_role("searchbox", name="Words to look for")
    expect(field).to_be_focused()
    page.keyboard.type("framework/")
    expect(field).to_have_value("framework/")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Pages found: 2")
    page.wait_for_timeout(300)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".results a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    expect(page.get_by_role("button", name="Search")).to_be_focused()


def test_from_disk_titles_are_found_and_it_says_so(window: Watched, demo: Path) -> None:
    page = window.page
    page.goto((demo / TOUR).as_uri())
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("things")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Opened from disk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Things to Read")).to_be_visible()


def test_from_disk_a_link_of_the_header_is_no_title(window: Watched, demo: Path) -> None:
    page = window.page
    page.goto((demo / TOUR).as_uri())
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("source")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("Opened from disk")
    expect(page.locator(".results a")).to_have_count(0)


def test_what_is_typed_while_the_index_is_on_its_way_waits_for_it(
    window: Watched, served: str
) -> None:
    page = window.page
    late: list[Route] = []

    def hold(route: Route) -> None:
        late.append(route)

    page.route("**/pagefind.js", hold)
    page.goto(f"{served}/{TOUR}")
    with page.expect_request("**/pagefind.js"):
        page.keyboard.press("/")
    page.get_by_role("searchbox").fill("source")
    page.get_by_role("searchbox").fill("hippopotamus")
    page.wait_for_timeout(100)
    status = page.get_by_role("dialog").get_by_role("status")
    assert status.text_content() == "Searching …"
    late[0].continue_()
    expect(status).to_have_text("Pages found: 1")


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "\\", "((", "“”", "a" * 3000])
def test_odd_words_do_no_harm(window: Watched, served: str, query: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill(query)
    expect(page.get_by_role("dialog").get_by_role("status")).not_to_be_empty()
    page.goto(f"{served}/{TOUR}?find={query[:100]}")
    expect(page.get_by_role("heading", name="A Tour")).to_be_visible()


def test_words_that_are_nowhere_are_not_found(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    for word in ("xqzzy", "tzzz"):
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill(word)
        status = page.get_by_role("dialog").get_by_role("status")
        expect(status).to_have_text(f"Nothing found for “{word}”")
        page.get_by_role("dialog").get_by_role("button", name="Close").click()


def test_enter_leads_to_where_the_words_are(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    looked_for(page, "hippopotamus")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{served}/{READING}#exercises")
    expect(page.get_by_text("hippopotamus")).to_be_in_viewport()


def test_the_title_of_a_result_leads_to_its_page_with_the_words_marked(
    window: Watched, served: str
) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    looked_for(page, "hippopotamus")
    page.locator(".results > li > a").click()
    expect(page).to_have_url(f"{served}/{READING}")
    assert page.evaluate("[...CSS.highlights.get('found')].map(String)") == ["hippopotamus"]


@pytest.fixture(scope="module")
def long_book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a book with more pages of the same word than are shown at once."""
    folder = tmp_path_factory.mktemp("long")
    text = "\n\n".join(["Nothing but words that go on and on, and then some more of them."] * 60)
    names = [f"p{number:02}" for number in range(30)]
    pages = {
        "config.ini": "[build]\ntabs = pytorch, jax\n",
        "index.md": "# Book\n\n```toc\n:numbered:\n\n{}\n```\n".format("\n".join(["far", *names])),
        "far.md": f"# Far\n\n## Below Walrus Pups\n\n{text}\n\n```\n{'x = 1; ' * 40}giraffe\n```\n\n"
        f"{text}\n\n## Next\n\n$$a$$\n\nWe see $a + b$ $c + d$ then an ostrich and $e + f$ "
        f"$g + h$. {'incomprehensibilities ' * 12} okapi at last.\n\n{text}\n",
    }
    for number, name in enumerate(names):
        tab = "pytorch" if number < 20 else "jax"
        pages[f"{name}.md"] = (
            f"# Page {number}\n\nA zebra stands here.\n\n```{{.python .input}}\n%%tab {tab}\n1\n```\n"
        )
    many = [f"o{number:02}" for number in range(40)]
    pages |= {f"{name}.md": f"# Page {name}\n\nAn otter swims.\n" for name in many}
    for name, content in pages.items():
        write_file(folder / "book" / name, content)
    build_site(folder / "book", folder / "site")
    with serve(folder / "site") as address:
        yield address


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_what_was_found_is_on_the_screen_when_all_is_loaded(
    chromium: Browser, long_book: str, viewport: dict[str, int]
) -> None:
    with chromium.new_context(viewport=viewport) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{long_book}/index.html")
        looked_for(page, "giraffe")
        page.locator(".results ol a").click()
        page.wait_for_url("**/far.html#*")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)
        top = page.evaluate("[...CSS.highlights.get('found')][0].getBoundingClientRect().top")
        assert 80 < top < viewport["height"] - 40
        # The beginning of the line stays in view.
        assert page.locator("pre").evaluate("box => box.scrollLeft") == 0


CHINESE = {
    "config.ini": "[project]\nlang = zh\n",
    "index.md": "# 深度学习 in PyTorch\n\n图表，以及卷积神经网络用于图像识别。\n\n## 像图\n\n`循环` 图 1。\n",
}


def test_each_character_of_chinese_and_japanese_is_a_word(
    make_book: MakeBook, tmp_path: Path
) -> None:
    root = make_book(CHINESE)
    build_site(root, tmp_path / "site")
    text = (root / ".d2lbook/search/texts/index.html").read_text(encoding="utf-8")
    assert "<h1>深 度 学 习 in PyTorch</h1>" in text
    assert "<p>图 表， 以 及 卷 积 神 经 网 络 用 于 图 像 识 别。</p>" in text
    assert ">循 环 图 1。</p>" in text


def test_words_of_chinese_are_found_within_sentences(
    window: Watched, make_book: MakeBook, tmp_path: Path
) -> None:
    build_site(make_book(CHINESE), tmp_path / "site")
    page = window.page

    def found(query: str) -> list[str]:
        page.get_by_role("searchbox").fill(query)
        expect(page.locator(".search .found")).to_have_text(re.compile("找到 |没有找到"))
        page.wait_for_function(
            "query => document.querySelector('.search .found').textContent.includes(query)"
            " || [...document.querySelectorAll('.search mark')].some((mark) => mark.textContent === query)",
            arg=query,
        )
        return page.locator(".search .excerpt").all_inner_texts()

    with serve(tmp_path / "site") as address:
        page.goto(f"{address}/index.html")
        page.keyboard.press("/")
        assert found("图像") == ["深度学习 in PyTorch. 图表，以及卷积神经网络用于图像识别。"]
        assert found("像图") == ["循环图 1。"]
        assert found("网图") == []
        assert found("学习") == ["深度学习 in PyTorch. 图表，以及卷积神经网络用于图像识别。"]
        assert page.locator(".search .results a").first.inner_text() == "深度学习 in PyTorch"


def test_it_is_said_that_only_words_like_it_are_there(window: Watched, served: str) -> None:
    page = window.page
    page.goto(f"{served}/{TOUR}")
    status = page.locator(".search .found")
    for query, text in (
        ("hippopotamuses", "No page has “hippopotamuses”. Pages with similar words: 1"),
        ("hippopotamus", "Pages found: 1"),
        ("Hippopot", "Pages found: 1"),
        ('"hippopotamus"', "Pages found: 1"),
    ):
        looked_for(page, query)
        expect(status).to_have_text(text)
        page.get_by_role("dialog").get_by_role("button", name="Close").click()


def test_few_pages_are_fetched_to_say_so(window: Watched, long_book: str) -> None:
    page = window.page
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{long_book}/index.html")
    status = page.get_by_role("dialog").get_by_role("status")
    looked_for(page, "otters")
    expect(status).to_have_text("Pages found: 40")
    assert sum("/fragment/" in address for address in fetched) == 12
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    looked_for(page, "zebras")
    expect(status).to_have_text("No page has “zebras”. Pages with similar words: 30")


def test_the_number_of_pages_is_of_all_and_more_are_shown_on_request(
    window: Watched, long_book: str
) -> None:
    page = window.page
    page.goto(f"{long_book}/index.html")
    looked_for(page, "zebra")
    dialog = page.get_by_role("dialog")
    status, titles = dialog.get_by_role("status"), page.locator(".results > li > a")
    expect(status).to_have_text("Pages found: 30")
    expect(titles).to_have_count(12)
    more = dialog.get_by_role("button", name="Show more pages")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("searchbox")).to_be_focused()
    for _ in range(25):
        page.keyboard.press("ArrowDown")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(titles).to_have_count(24)
    expect(titles.nth(12)).to_be_focused()
    more.click()
    expect(titles).to_have_count(30)
    assert len({title.inner_text() for title in titles.all()}) == 30
    expect(more).to_have_count(0)
    expect(status).to_have_text("Pages found: 30")
    dialog.get_by_role("radio", name="PyTorch").check()
    expect(status).to_have_text("Pages found: 20")
    expect(titles).to_have_count(12)


@pytest.mark.parametrize(
    ("lost", "query", "told"),
    [
        ("pagefind.js", "page 2", "Pages found: 11"),
        ("fragment/*", "zebra", "Nothing found for “zebra”"),
    ],
    ids=["no index", "an index that breaks off"],
)
def test_without_a_whole_index_titles_are_found_and_it_says_so(
    chromium: Browser, long_book: str, lost: str, query: str, told: str
) -> None:
    with chromium.new_context(viewport=DESKTOP) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.route(f"**/{lost}", lambda route: route.abort())
        page.goto(f"{long_book}/index.html")
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill(query)
        expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
            f"{told} · The index for searching could not be loaded: only titles are searched."
        )


def test_from_disk_it_is_said_that_nothing_was_found(window: Watched, demo: Path) -> None:
    page = window.page
    page.goto((demo / TOUR).as_uri())
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("walrus")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text(
        "Nothing found for “walrus” · Opened from disk"
    )


def test_what_an_excerpt_begins_with(chromium: Browser, long_book: str) -> None:
    with chromium.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{long_book}/index.html")
        excerpt = page.locator(".excerpt")
        # Of a heading the text below it, not above it.
        looked_for(page, "walrus")
        expect(page.locator(".results strong mark")).to_have_text("Walrus")
        expect(excerpt).to_have_text(re.compile("^Nothing but words"))
        # Two formulas that follow one another are one gap.
        looked_for(page, "ostrich")
        expect(excerpt).to_have_text(re.compile("^We see … then an ostrich and …"))
        assert "… …" not in (excerpt.text_content() or "")
        # Long words before it do not push it out of sight.
        looked_for(page, "okapi")
        expect(excerpt.locator("mark")).to_have_text("okapi")
        mark, box = excerpt.locator("mark").bounding_box(), excerpt.bounding_box()
        assert mark
        assert box
        assert mark["y"] + mark["height"] <= box["y"] + box["height"]
