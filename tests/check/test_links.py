"""``d2lbook build linkcheck`` on tiny books; the web is a server on the loopback address.

Addresses of the web lead there by way of ``HTTP_PROXY``, so that they can have
names of their own.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.__main__ import main

from tests.check.server import Server
from tests.conftest import MakeBook

CONFIG = "[build]\ntabs = mxnet, jax\n"
INDEX = "# Book\n\n```toc\npart/page\n```\n"


class LinkCheck:
    """Runs ``d2lbook build linkcheck`` and gives its exit code and what it says."""

    def __init__(self, make_book: MakeBook, capfd: pytest.CaptureFixture[str]) -> None:
        self.make_book = make_book
        self.capfd = capfd
        self.folder = Path()

    def __call__(self, page: str, config: str = CONFIG, **files: str) -> tuple[int, list[str]]:
        texts = {"config.ini": config, "index.md": INDEX, "part/page.md": page}
        texts |= {name.replace("__", "."): content for name, content in files.items()}
        self.folder = self.make_book(texts)
        return self.again()

    def again(self) -> tuple[int, list[str]]:
        code = main(["-C", str(self.folder), "build", "linkcheck"])
        printed = self.capfd.readouterr()
        assert not printed.out
        return code, [line for line in printed.err.splitlines() if "lead out of" not in line]


@pytest.fixture
def check(
    make_book: MakeBook, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> LinkCheck:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # nobody is there
    return LinkCheck(make_book, capfd)


@pytest.fixture
def web(server: Server, check: LinkCheck, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setenv("HTTP_PROXY", server.address)
    return server


def test_links_within_the_book(check: LinkCheck) -> None:
    page = """\
    # Page
    :label:`sec_page`

    ## A heading

    [index](../index.md) [self](page.html#sec_page) [here](#a-heading)
    [file](../data/x%20y.csv) ![picture](../img/a.svg)
    [mail](mailto:a@b.c) <span id="own"></span> [own](#own)
    """
    files = {"data/x y__csv": "1", "img/a__svg": "<svg/>"}
    assert check(page, **files) == (
        0,
        ["note: none of 7 links is broken; 0 addresses were asked for now"],
    )


def test_broken_links_within_the_book(check: LinkCheck) -> None:
    page = """\
    # Page
    :label:`sec_page`

    [a](../none.md),
    **[b](../index.md#bok)**, [c](#sec_pag)

    ![d](../img/none.svg)

    <div>
    <img src="none.png"></div>

    A note.[^1] [e](/none.html) [f](../../config.ini)

    [^1]: See [g](gone.md).
    """
    code, lines = check(page)
    assert code == 8
    assert lines == [
        "part/page.md:4: error: a link leads to '../none.md', which is not in the book; mend the path, or add the file",
        "part/page.md:5: error: a link leads to '#bok', which index.md doesn't have; did you mean '#book'?",
        "part/page.md:5: error: a link leads to '#sec_pag', which part/page.md doesn't have; did you mean '#sec_page'?",
        "part/page.md:7: error: a link leads to '../img/none.svg', which is not in the book; mend the path, or add the file",
        "part/page.md:10: error: a link leads to 'none.png', which is not in the book; mend the path, or add the file",
        "part/page.md:12: error: a link leads to '/none.html', which is not in the book; mend the path, or add the file",
        "part/page.md:12: error: a link leads to '../../config.ini', which is not in the book; mend the path, or add the file",
        "part/page.md:14: error: a link leads to 'gone.md', which is not in the book; mend the path, or add the file",
    ]


def test_links_from_the_root_and_to_headings_in_other_alphabets(check: LinkCheck) -> None:
    page = """\
    # Page

    ## Übungen

    [a](#übungen) [b](page.md#%C3%BCbungen) [c](/part/page.html#übungen) [d](/index.md)
    ![e](/img/größe.svg) [f](/img/gr%C3%B6%C3%9Fe.svg)
    """
    code, lines = check(page, **{"img/größe__svg": "<svg/>"})
    assert (code, lines) == (
        0,
        ["note: none of 6 links is broken; 0 addresses were asked for now"],
    )


def test_broken_links_are_named_as_they_were_written(check: LinkCheck) -> None:
    page = """\
    # Page

    [a](#größe) [b](größe.md) ![c](a%20b.png) [](file:///höst/x)
    <a href="file:///x">d</a> ![e]()
    """
    code, lines = check(page)
    assert code == 8
    assert lines == [
        "part/page.md:3: error: a link leads to '#größe', which part/page.md doesn't have",
        "part/page.md:3: error: a link leads to 'größe.md', which is not in the book; mend the path, or add the file",
        "part/page.md:3: error: a link leads to 'a%20b.png', which is not in the book; mend the path, or add the file",
        "part/page.md:3: error: a link leads to 'file:///höst/x', which only your machine has; put the file into the book",
        "part/page.md:4: error: a link leads to 'file:///x', which only your machine has; put the file into the book",
        "part/page.md:4: error: a link or an image has no address; write where it leads",
    ]


def test_links_out_of_the_book(check: LinkCheck, web: Server) -> None:
    page = """\
    # Page

    [a](http://one.test/good#part), <http://one.test/missing>

    :begin_tab:`jax`
    [b](http://two.test/moved) [c](http://two.test/forbidden)
    :end_tab:

    [missing again](http://one.test/missing)

    ```
    [not a link](http://one.test/gone)
    ```
    <!-- [nor this](http://one.test/gone) -->
    """
    code, lines = check(page)
    assert code == 8
    assert lines == [
        "part/page.md:6: note: http://two.test/moved has moved for good; write http://two.test/good",
        "part/page.md:6: warning: http://two.test/forbidden: 403 Forbidden",
        "part/page.md:3: error: http://one.test/missing: 404 Not Found",
        "part/page.md:9: error: http://one.test/missing: 404 Not Found",
    ]
    assert ("GET", "/gone") not in web.requests


def test_good_links_are_not_asked_for_again(check: LinkCheck, web: Server) -> None:
    page = "[a](http://one.test/good) [b](http://one.test/moved)"
    moved = (
        "part/page.md:1: note: http://one.test/moved has moved for good; write http://one.test/good"
    )
    good = "note: none of 2 links is broken; {} addresses were asked for now"
    assert check(page) == (0, [moved, good.format(2)])
    asked = web.requests.total()
    assert check.again() == (0, [moved, good.format(0)])
    assert web.requests.total() == asked


def test_what_is_not_asked_for(check: LinkCheck) -> None:
    page = """\
    [a](http://localhost:8888/tree) [b](http://127.0.0.1/) [c](http://[::1]:80/) [d](http://0.0.0.0/)
    [e](http://one.test/a?b) [f](http://two.test/x) [g](ftp://x.test/) [h](data:,x)
    """
    config = CONFIG + "[linkcheck]\nignore = http://one.test/* *two.test*\n"
    assert check(page, config)[0] == 0


def test_no_network(check: LinkCheck) -> None:
    code, lines = check("[a](http://one.test/) [b](http://two.test/) [c](none.md)")
    assert code == 8
    assert len(lines) == 2
    assert lines[0].startswith("part/page.md:1: error: a link leads to 'none.md'")
    assert lines[1].startswith("error: none of 2 web servers could be reached (no connection: ")


def test_a_server_that_is_not_there(check: LinkCheck) -> None:
    code, lines = check("[a](http://one.test/)")
    assert code == 8
    assert lines[0].startswith("part/page.md:1: error: http://one.test/: no connection: ")
