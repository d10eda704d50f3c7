"""PDFs of tiny books, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from d2lbook.document.citations import References
from d2lbook.document.language import load_language
from d2lbook.errors import Problem
from d2lbook.output import pdf_file
from d2lbook.pdf.math import to_typst
from d2lbook.pdf.typst import write_pdf
from d2lbook.pdf.writer import Writer
from d2lbook.volume.model import Volume
from d2lbook.volume.page import page_tree
from d2lbook.volume.trees import formulas, identifiers
from pypdf import PdfReader

from tests.document.pages import documents_of
from tests.volume.books import build_volume

CONFIG = "[project]\nname = tiny\ntitle = Tiny Book\nauthor = Ani Ibu\nlang = en\n"


def build_pdf(root: Path, tab: str = "python") -> tuple[PdfReader, list[Problem]]:
    """The PDF of one tab of the book in this folder, and what is wrong in it."""
    file, problems = build_volume(root, tab, write_pdf, pdf_file)
    return PdfReader(file), problems


def text_of(pdf: PdfReader) -> str:
    """All text, its lines and words apart by one space each."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def bookmarks(pdf: PdfReader) -> list[str]:
    """The titles of the bookmarks, indented by their level."""

    def titles(found: list[Any], depth: int) -> Iterator[str]:
        for each in found:
            if isinstance(each, list):
                yield from titles(each, depth + 1)
            else:
                yield "  " * depth + str(each.title)

    return list(titles(pdf.outline, 0))


def linked_pages(pdf: PdfReader) -> list[tuple[int, int]]:
    """For each link within the PDF the page it stands on and the one it leads to, from 1."""
    numbers = {page.indirect_reference.idnum: number for number, page in enumerate(pdf.pages, 1)}
    found: list[tuple[int, int]] = []
    for number, page in enumerate(pdf.pages, 1):
        for note in page.get("/Annots", ()):
            action = note.get_object().get("/A", {})
            destination = note.get_object().get("/Dest") or action.get("/D")
            if isinstance(destination, str):
                target = pdf.named_destinations[destination].page
                found.append((number, numbers[target.idnum]))
            elif destination is not None:
                found.append((number, numbers[destination[0].idnum]))
    return found


def markup_of(text: str, pages: Mapping[str, str] | None = None) -> str:
    """The Typst code of one page of a book that has further ones."""
    others = pages or {}
    toc = "\n".join(["page", *others])
    index = f"# Index\n\n```toc\n:numbered:\n\n{toc}\n```\n"
    documents, _ = documents_of({"index": index, "page": text, **others})
    root = Path(__file__).parent / "book"
    volume = Volume(
        tab="pytorch",
        medium="latex",
        language=load_language("en"),
        pages=frozenset(documents.pages),
        numbers=documents.numbers,
        targets=documents.targets,
        references=References(citations={}, entries={}),
        root=root,
        source=root,
    )
    tree = page_tree(documents.pages["page"], volume, 1)
    mathml, _ = formulas([tree])
    markup = {each: to_typst(found, display=each.display) for each, found in mathml.items()}
    pictures = {path: f"/{path}" for path in ["img/tree.svg", *tree.pictures]}
    writer = Writer(identifiers([tree]), markup, pictures, "“”‘’")
    return writer.page(tree.blocks)


def structure(pdf: PdfReader) -> Iterator[Any]:
    """All elements of the PDF's structure, parents first."""

    def walk(node: Any) -> Iterator[Any]:
        node = node.get_object()
        if isinstance(node, dict):
            yield node
            node = node.get("/K", ())
        if isinstance(node, list):
            for child in node:
                yield from walk(child)

    return walk(pdf.root_object["/StructTreeRoot"])
