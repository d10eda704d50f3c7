"""Which files the works of a book come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.book import Place
from d2lbook.config import read_config
from d2lbook.document.bibliography import BibFile, NamedFile, read_bibliography
from d2lbook.errors import Problem, RenderError

from tests.conftest import MakeBook
from tests.document.pages import documents_of

CONFIG = "[build]\nsource_dir = text\n[pdf]\nbibfile = book.bib\n"


def read(root: Path, *paths: str) -> tuple[list[BibFile], list[Problem]]:
    """The files of the book in this folder, of which the page ``part/a`` names these."""
    place = Place(path="text/part/a.md", line=7)
    named = [NamedFile(page="part/a", path=path, place=place) for path in paths]
    return read_bibliography(read_config(root)[0], named)


def test_it_is_all_that_is_named_each_file_once(make_book: MakeBook) -> None:
    root = make_book(
        {
            "config.ini": CONFIG,
            "book.bib": "@book",
            "text/part/beside.bib": "@beside",
            "text/above.bib": "@above",
        }
    )
    paths = ("../../book.bib", "beside.bib", "above.bib", "/above.bib", "../above.bib")
    files, problems = read(root, *paths)
    assert not problems
    assert [(file.path, file.text) for file in files] == [
        ("book.bib", "@book"),
        ("text/part/beside.bib", "@beside"),
        ("text/above.bib", "@above"),
    ]


def test_what_is_not_there_is_told_where_it_is_named(make_book: MakeBook) -> None:
    root = make_book({"config.ini": CONFIG})
    files, problems = read(root, "no.bib", "../../../elsewhere.bib")
    assert files == []
    assert [problem.line("warning") for problem in problems] == [
        "config.ini:4: warning: the bibliography 'book.bib' does not exist; "
        "mend the path, or add the file",
        "text/part/a.md:7: warning: the bibliography 'no.bib' does not exist; "
        "mend the path, or add the file",
        "text/part/a.md:7: warning: the bibliography '../../../elsewhere.bib' does not exist; "
        "mend the path, or add the file",
    ]


def test_another_encoding_is_an_error_with_its_line(make_book: MakeBook) -> None:
    root = make_book({"config.ini": CONFIG})
    (root / "book.bib").write_bytes(b"@book{a,\n title = {\xe9}}")
    with pytest.raises(RenderError, match=r"^book\.bib:2: error: the file is not UTF-8"):
        read(root)


def test_a_page_has_the_list_once_whatever_it_names() -> None:
    text = "# T\n\n:bibliography:`a.bib`\n:bibliography:`b.bib`\n\n---\n\n:bibliography:`c.bib`\n"
    page = documents_of({"index": text})[0].pages["index"]
    assert [named.path for named in page.bibliographies] == ["a.bib", "b.bib", "c.bib"]
    tokens = [token for block in page.blocks for token in getattr(block, "tokens", ())]
    assert [token.type for token in tokens].count("bibliography") == 1
