"""``d2lbook activate``: which files, what it refuses, and that it writes all or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook

CELL = "```{.python .input}\n%%tab mxnet\n1\n```\n"


@pytest.fixture
def book(make_book: MakeBook) -> Path:
    return make_book(
        {
            "config.ini": "[build]\ntabs = mxnet, jax\n",
            "index.md": CELL,
            "chapter/a.md": CELL,
            "chapter/b.md": "no cells\n",
        }
    )


def run(book: Path, *words: str) -> int:
    return main(["-C", str(book), "activate", *words])


def test_files_and_patterns(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(book, "JAX", "index.md", "**/*.md") == 0
    assert capsys.readouterr().out == "2 of 3 pages changed\n"
    assert (book / "index.md").read_text() == CELL.replace("input", "inactive")
    assert run(book, "default", str(book / "chapter" / "a.md")) == 0
    assert (book / "chapter" / "a.md").read_text() == CELL
    assert run(book, "all", "index.md") == 0
    assert (book / "index.md").read_text() == CELL


def test_line_ends_and_links_stay(book: Path) -> None:
    page = book / "index.md"
    content = b"\xef\xbb\xbf" + CELL.replace("\n", "\r\n").encode()[:-2]
    page.write_bytes(content)
    (book / "link.md").symlink_to("index.md")
    assert run(book, "jax", "link.md") == 0
    assert page.read_bytes() == content.replace(b".input", b".inactive")
    assert (book / "link.md").is_symlink()
    assert run(book, "all", "index.md") == 0
    assert page.read_bytes() == content


def test_nothing_is_written_where_one_page_cannot_be_read(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (book / "chapter" / "a.md").write_text("text\n~~~\n")
    (book / "chapter" / "b.md").write_bytes("\nschön".encode("latin-1"))
    assert run(book, "jax", "index.md", "chapter/*.md") == 4
    assert capsys.readouterr().err.splitlines() == [
        "chapter/a.md:2: error: this code fence is never closed; close it with ~~~",
        "chapter/b.md:2: error: this page is not UTF-8; save it as UTF-8",
    ]
    assert (book / "index.md").read_text() == CELL


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["torch", "index.md"], "error: unknown tab 'torch'; known are: mxnet, jax, all, default"),
        (["jax", "none*.md"], "error: there is no file none*.md; name pages of the book"),
        (["jax", "chapter"], "error: there is no file chapter; name pages of the book"),
    ],
)
def test_what_is_not_there(
    book: Path, capsys: pytest.CaptureFixture[str], words: list[str], line: str
) -> None:
    assert run(book, *words) == 2
    assert capsys.readouterr().err == line + "\n"


def test_a_book_without_tabs(make_book: MakeBook, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(make_book({"config.ini": "", "index.md": CELL}), "all", "index.md") == 2
    assert "this book has no tabs" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../outside.md", "chapter/../../outside.md"])
def test_what_lies_outside_the_book_is_left_alone(
    book: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = book.parent / "outside.md"
    outside.write_text(CELL)
    assert run(book, "jax", name) == 2
    assert capsys.readouterr().err == f"error: {name} is not in the book; name pages of the book\n"
    assert run(book, "jax", str(outside)) == 2
    assert outside.read_text() == CELL
