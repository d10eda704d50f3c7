"""The folder of the site: what is in it, and what happens to it when built again."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from d2lbook.document import katex
from d2lbook.document.katex import Form, Formula, Rendered
from d2lbook.errors import OutputError
from d2lbook.html.folder import MANIFEST, SiteFolder

from tests.conftest import MakeBook
from tests.html.sites import DEMO, DEMO_OUTPUTS, build_site

BOOK = {
    "config.ini": "[build]\ntabs = a, b\n",
    "index.md": "# Book\n\n```toc\none\ntwo/page\n```\n",
    "one.md": "# One\n\n![A](img/a.svg)\n",
    "two/page.md": "# Two\n\n![A](../img/a.svg)\n",
    "img/a.svg": "<svg/>",
}


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        book = shutil.copytree(DEMO, tmp_path / name / "book")
        build_site(book, tmp_path / name / "site", DEMO_OUTPUTS)
    assert content_of(tmp_path / "first") == content_of(tmp_path / "second")


def test_formulas_of_titles_wait_until_the_others_are_rendered(
    make_book: MakeBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """V8 is closed after them: whoever asks it meanwhile waits for ever."""
    root = make_book(BOOK | {"one.md": "# One $x^{2}_{title}$\n\n![A](img/a.svg)\n"})
    render = katex.render
    running: list[int] = []
    most: list[int] = []

    def slowly(formulas: Iterable[Formula], form: Form) -> dict[Formula, Rendered]:
        running.append(threading.get_ident())
        most.append(len(running))
        time.sleep(0.2)
        try:
            return render(formulas, form)
        finally:
            running.pop()

    monkeypatch.setattr(katex, "render", slowly)
    assert build_site(root, tmp_path / "site") == []
    assert max(most) == 1
    assert "katex" in (tmp_path / "site/index.html").read_text()


def test_what_has_not_changed_is_not_written(make_book: MakeBook, tmp_path: Path) -> None:
    root, site = make_book(BOOK), tmp_path / "site"
    build_site(root, site)
    for path in site.rglob("*"):
        os.utime(path, (1, 1))
    (root / "one.md").write_text("# One\n\nNew text.\n\n![A](img/a.svg)\n")
    build_site(root, site)
    written = {path for path in site.rglob("*") if path.is_file() and path.stat().st_mtime > 1}
    # The page, and what is made of all pages' texts.
    beside = {path for path in written if "_search" in path.parts}
    assert {path.name for path in written - beside} == {"one.html", ".d2lbook-files.json"}
    assert "pagefind.js" not in {path.name for path in beside}


def test_pages_that_are_gone_are_removed_and_nothing_else(
    make_book: MakeBook, tmp_path: Path
) -> None:
    root, site = make_book(BOOK), tmp_path / "site"
    build_site(root, site)
    (site / "two" / "own.txt").write_text("not of the build")
    (site / "CNAME").write_text("example.org")
    (root / "two" / "page.md").unlink()
    (root / "index.md").write_text("# Book\n\n```toc\none\n```\n")
    build_site(root, site)
    names = content_of(site).keys()
    assert "two/page.html" not in names
    assert {"two/own.txt", "CNAME", "one.html", "img/a.svg"} <= names


def test_a_damaged_manifest_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("x")
    for damaged in ('["keep.txt", 3, ', "null", "3"):
        (tmp_path / MANIFEST).write_text(damaged)
        SiteFolder(tmp_path).finish()
    assert (tmp_path / "keep.txt").exists()


def test_a_manifest_reaches_nothing_outside(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "outside.txt").write_text("x")
    (site / MANIFEST).write_text(json.dumps(["../outside.txt", "/etc/hostname", 3]))
    SiteFolder(site).finish()
    assert (tmp_path / "outside.txt").exists()


def test_nothing_is_written_outside(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not a name below"):
        SiteFolder(tmp_path / "site").write("../x", "text")
    assert not (tmp_path / "x").exists()


def test_only_files_of_the_book_get_into_the_site(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book(
        {
            **BOOK,
            "one.md": "# One\n\n![A](../secret.png)\n\n![B](img/link.svg)\n\n[c](/etc/hostname)\n",
        }
    )
    (tmp_path / "secret.png").write_text("secret")
    (root / "img" / "link.svg").symlink_to(tmp_path / "secret.png")
    problems = build_site(root, tmp_path / "site")
    assert [problem.line("warning") for problem in problems] == [
        "one.md:3: warning: the image '../secret.png' lies outside the book; "
        "keep a copy in the book's folder",
        "one.md:5: warning: the image 'img/link.svg' lies outside the book; "
        "keep a copy in the book's folder",
        "one.md:7: warning: a link leads to '/etc/hostname', which is not in the book",
    ]
    assert b"secret" not in b"".join(
        content
        for name, content in content_of(tmp_path / "site").items()
        if not name.endswith(".html")
    )


def test_files_beside_the_pages_folder_have_a_place(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book(
        {
            "config.ini": "[build]\nsource_dir = text\n",
            "text/index.md": "# Book\n\n![A](../img/a.svg)\n",
            "img/a.svg": "<svg/>",
        }
    )
    assert build_site(root, tmp_path / "site") == []
    assert (tmp_path / "site" / "_files" / "img" / "a.svg").read_text() == "<svg/>"
    assert 'src="_files/img/a.svg"' in (tmp_path / "site" / "index.html").read_text()


def test_what_the_configuration_names_is_in_the_site(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book(
        {
            **BOOK,
            "config.ini": """
            [html]
            html_logo = static/logo.svg
            favicon = static/icon.png
            include_css = static/*.css
            include_js = static/own.js
            header_links = Code, https://example.org/?a&b, icon
            """,
            "static/logo.svg": "<svg/>",
            "static/a.css": "a {}",
            "static/b.css": "b {}",
        }
    )
    problems = build_site(root, tmp_path / "site")
    assert [problem.line("warning") for problem in problems] == [
        "config.ini:6: warning: [html] include_js names 'static/own.js', which can't be read;"
        " add it, or mend the name",
        "config.ini:4: warning: [html] favicon names 'static/icon.png', which can't be read;"
        " add it, or mend the name",
    ]
    page = (tmp_path / "site" / "two" / "page.html").read_text()
    assert '<img src="../_static/own/static/logo.svg" alt="">' in page
    assert '<a href="https://example.org/?a&amp;b">Code</a>' in page
    assert (tmp_path / "site" / "_static" / "custom.css").read_text() == "a {}\nb {}"
    assert 'href="../_static/custom.css?v=' in page


def test_links_from_the_root_of_the_book(make_book: MakeBook, tmp_path: Path) -> None:
    text = "# Two\n\n![A](/img/a.svg)\n\n[f](/b.csv) [p](/one.md#übung) <a href='/one.md'>p</a>\n"
    root = make_book({**BOOK, "two/page.md": text, "b.csv": "1"})
    assert build_site(root, tmp_path / "site") == []
    page = (tmp_path / "site" / "two" / "page.html").read_text()
    assert '<img src="../img/a.svg"' in page
    assert '<a href="../b.csv">f</a> <a href="../one.html#%C3%BCbung">p</a>' in page
    assert '<a href="../one.html">p</a>' in page
    assert (tmp_path / "site" / "b.csv").read_text() == "1"


def test_links_in_the_header_are_relative_to_each_page(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book(
        {
            **BOOK,
            "config.ini": """
            [html]
            header_links = One, one.md
                JAX, /one.html?tab=jax#x
                Data, data/a b.csv
                Made, book.zip
                Gone, gone.html
                CI, ###_LINK_###
            """,
            "data/a b.csv": "1",
        }
    )
    problems = build_site(root, tmp_path / "site")
    assert [problem.line("warning") for problem in problems] == [
        "config.ini:3: warning: [html] header_links names 'gone.html', which is not there; "
        "add it, or mend the name"
    ]
    page = (tmp_path / "site" / "two" / "page.html").read_text()
    links = page.split('<ul class="links">')[1].split("</ul>")[0].split("\n")[1:-1]
    assert links == [
        '<li><a href="../one.html">One</a></li>',
        '<li><a href="../one.html?tab=jax#x">JAX</a></li>',
        '<li><a href="../data/a%20b.csv">Data</a></li>',
        '<li><a href="../book.zip">Made</a></li>',
        '<li><a href="../gone.html">Gone</a></li>',
        '<li><a href="###_LINK_###">CI</a></li>',
    ]
    assert (tmp_path / "site" / "data" / "a b.csv").read_text() == "1"
    assert '<a href="one.html">One</a>' in (tmp_path / "site" / "404.html").read_text()


def test_a_book_without_a_bibliography_page_lists_works_on_each_page(
    make_book: MakeBook, tmp_path: Path
) -> None:
    root = make_book(
        {
            "config.ini": "[pdf]\nbibfile = book.bib\n",
            "index.md": "# Book\n\n:citet:`Doe.2020`\n",
            "book.bib": (DEMO / "book.bib").read_text(),
        }
    )
    build_site(root, tmp_path / "site")
    page = (tmp_path / "site" / "index.html").read_text()
    assert '<li id="ref-Doe.2020">' in page
    assert 'href="#ref-Doe.2020"' in page


def test_a_site_that_cannot_be_written_is_one_clear_error(
    make_book: MakeBook, tmp_path: Path
) -> None:
    (tmp_path / "site").write_text("a file")
    with pytest.raises(OutputError, match="can't write"):
        build_site(make_book(BOOK), tmp_path / "site")


def test_the_interface_speaks_the_books_language(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book({**BOOK, "config.ini": "[project]\nlang = id\n[build]\ntabs = a, b\n"})
    build_site(root, tmp_path / "site")
    page = (tmp_path / "site" / "one.html").read_text()
    assert '<html lang="id" dir="ltr"' in page
    assert "Daftar isi" in page
    assert "Berikutnya" in page


def test_the_folder_of_a_site_leads_to_its_first_page(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book({"config.ini": "[build]\nindex = start & go\n", "start & go.md": "# A & B\n"})
    assert build_site(root, tmp_path / "site") == []
    page = (tmp_path / "site" / "index.html").read_text()
    assert '<meta http-equiv="refresh" content="0; url=start%20%26%20go.html">' in page
    assert '<a href="start%20%26%20go.html">A &amp; B</a>' in page
