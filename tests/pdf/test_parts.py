"""A book that is set in parts and bound: nobody can tell, neither readers nor their programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from d2lbook.pdf import parts
from d2lbook.pdf.parts import runs
from d2lbook.pdf.workspace import Page
from pypdf import PdfReader

from tests.conftest import MakeBook
from tests.pdf.books import CONFIG, bookmarks, build_pdf, linked_pages, structure, text_of

TABLE = ":Kinds\n\n| Kind | Size |\n|:-----|-----:|\n| tree | 3 |\n:label:`tab_{name}`\n"
CHAPTER = f"""\
# {{name}}
:label:`chap_{{name}}`

See :numref:`chap_{{other}}`, :numref:`tab_{{other}}`, :eqref:`eq_{{other}}` and :cite:`a`.[^n]

[^n]: Noted in {{name}}.

{TABLE}

## Part of {{name}}

$$x = 1$$
:eqlabel:`eq_{{name}}`

![Picture of {{name}}](../p.svg)

```toc

inner
```
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="8" height="8"/></svg>'


@pytest.fixture
def root(make_book: MakeBook) -> Path:
    """A book of three chapters that refer to each other."""
    names = ("one", "two", "three")
    toc = "\n".join(f"{name}/index" for name in names)
    files = {
        "config.ini": CONFIG.replace("lang = en", "lang = id") + "[pdf]\nbibfile = a.bib\n",
        "index.md": f"# Index\n\n```toc\n:numbered:\n\n{toc}\n```\n",
        "a.bib": "@book{a, author = {Sari, Dewi}, title = {Nets}, year = {2018}}\n",
        "p.svg": SVG,
    }
    for name, other in zip(names, (*names[1:], names[0]), strict=True):
        files[f"{name}/index.md"] = CHAPTER.format(name=name, other=other)
        files[f"{name}/inner.md"] = f"# Within {name}\n\n[Back](index.md)\n"
    return make_book(files)


@pytest.fixture
def in_parts(root: Path, monkeypatch: pytest.MonkeyPatch) -> PdfReader:
    monkeypatch.setattr(parts, "MOST_CODE", 1)
    pdf, problems = build_pdf(root)
    assert problems == []
    return pdf


@pytest.fixture
def at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> PdfReader:
    monkeypatch.setattr(parts, "MOST_CODE", 10**9)
    pdf, problems = build_pdf(root)
    assert problems == []
    return pdf


def told(pdf: PdfReader) -> list[tuple[Any, ...]]:
    """What is read aloud: kinds of elements, descriptions, and numbers of pieces of pages."""
    return [
        (node.get("/S"), node.get("/Alt"), [each for each in kids if isinstance(each, int)])
        for node in structure(pdf)
        for kids in [node.get("/K", [])]
        if isinstance(kids, list)
    ]


def test_it_is_the_same_as_at_once(at_once: PdfReader, in_parts: PdfReader) -> None:
    assert text_of(in_parts) == text_of(at_once)
    assert bookmarks(in_parts) == bookmarks(at_once)
    assert linked_pages(in_parts) == linked_pages(at_once)
    assert in_parts.named_destinations.keys() == at_once.named_destinations.keys()
    assert told(in_parts) == told(at_once)
    count = f"<xmpTPg:NPages>{len(at_once.pages)}</xmpTPg:NPages>".encode()
    for pdf in (at_once, in_parts):
        metadata = pdf.root_object["/Metadata"].get_object().get_data()
        assert count in metadata
        assert b"pdfuaid" in metadata


def test_links_lead_into_other_parts(in_parts: PdfReader) -> None:
    """The chapters are on pages 4, 5 and 6, the references on 7."""
    linked = linked_pages(in_parts)
    for page, other in ((4, 5), (5, 6), (6, 4)):
        # To the note and back, and from the inner page.
        expected = sorted([other, other, other, 7, page, page, page])
        assert sorted(target for source, target in linked if source == page) == expected
    contents = {note.get_object()["/Contents"] for note in in_parts.pages[5]["/Annots"]}
    assert {"Halaman 4", "Halaman 7", "Halaman 6"} <= contents


def test_each_piece_of_a_page_belongs_to_one_element(in_parts: PdfReader) -> None:
    """ISO 32000-1, 14.7.4.4: what stands on a page leads back to the structure."""
    numbers = in_parts.root_object["/StructTreeRoot"]["/ParentTree"]
    leaves = [kid.get_object() for kid in numbers.get("/Kids", [numbers])]
    pairs = [each for leaf in leaves for each in leaf["/Nums"]]
    owners = dict(zip(pairs[::2], pairs[1::2], strict=True))
    assert len(owners) == len(pairs) / 2
    assert list(owners) == sorted(owners)
    for page in in_parts.pages:
        for number, owner in enumerate(owners[page["/StructParents"]].get_object()):
            element = owner.get_object()
            assert number in element["/K"]
            assert element["/Pg"].get_object() == page
        for note in page.get("/Annots", ()):
            link = owners[note.get_object()["/StructParent"]].get_object()
            assert link["/S"] == "/Link"


def test_cells_name_the_heads_of_their_own_table(in_parts: PdfReader) -> None:
    nodes = [node for node in structure(in_parts) if node.get("/S") in {"/TH", "/TD"}]
    heads = [str(node["/ID"]) for node in nodes if node["/S"] == "/TH"]
    assert len(heads) == len(set(heads)) == 6
    named = [
        str(name)
        for node in nodes
        if node["/S"] == "/TD"
        for attributes in node["/A"]
        for name in attributes.get_object().get("/Headers", ())
    ]
    assert named == heads


def test_footnotes_begin_anew_in_each_chapter(in_parts: PdfReader) -> None:
    for number, name in ((3, "one"), (4, "two"), (5, "three")):
        assert f"1Noted in {name}." in in_parts.pages[number].extract_text().replace("\n", "")


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ("", []),
        ("A a a B b", ["AaaBb"]),
        ("Aaaa Bbbb Cccc", ["AaaaBbbb", "Cccc"]),
        ("Aaaaaaaaaaaa B", ["Aaaaaaaaaaaa", "B"]),
        ("A bbbbbbbbbbbb c D", ["Abbbbbbbbbbbbc", "D"]),
        ("a b C", ["abC"]),
    ],
)
def test_a_part_is_whole_chapters(
    pages: str, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chapters begin with a capital; a part has ten letters, or a chapter that has more."""
    monkeypatch.setattr(parts, "MOST_CODE", 10)
    made = [
        Page(
            name="",
            source="",
            code=code,
            anchors=(),
            begins_chapter=code[0].isupper(),
            pictures={},
        )
        for code in pages.split()
    ]
    assert ["".join(page.code for page in run) for run in runs(made)] == expected
