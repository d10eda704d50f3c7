"""All documents of a book, with the numbers and labels that tie them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from d2lbook.book import Book, Notebook, Outputs, Place
from d2lbook.document.bibliography import NamedFile
from d2lbook.document.build import build_document
from d2lbook.document.citations import Citation
from d2lbook.document.labels import Target, collect_labels, unresolved
from d2lbook.document.language import Language
from d2lbook.document.model import Document
from d2lbook.document.numbering import PageNumbers, number_pages
from d2lbook.document.rst.sources import BookSources
from d2lbook.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What every output of a book is made from."""

    pages: Mapping[str, Document]
    """By page name, in reading order."""
    numbers: Mapping[str, PageNumbers]
    targets: Mapping[str, Target]
    """By label."""

    def citations(self) -> list[tuple[Citation, Place]]:
        """All citations of the book and where they stand (see ``format_citations``)."""
        return [found for document in self.pages.values() for found in document.citations]

    def bibliographies(self) -> list[NamedFile]:
        """The bibliographies that its pages name (see ``read_bibliography``)."""
        return [found for document in self.pages.values() for found in document.bibliographies]


def build_documents(
    book: Book,
    notebooks: Mapping[str, Mapping[str, Notebook]],
    outputs: Mapping[str, Mapping[str, Outputs]],
    language: Language,
    sources: BookSources | None = None,
) -> tuple[Documents, list[Problem]]:
    """The documents of all pages, and what is odd in them.

    ``notebooks`` and ``outputs`` are by tab, in the book's order, then by page
    name; a tab has not every page, and not every notebook was executed. ``sources``
    finds files that pages take in. Raises SourceError where a label is used twice.
    """
    pages: dict[str, Document] = {}
    problems: list[Problem] = []
    for name, page in book.pages.items():
        pages[name], found = build_document(
            page,
            {tab: notebooks[tab][name] for tab in notebooks if name in notebooks[tab]},
            {tab: outputs[tab][name] for tab in outputs if name in outputs[tab]},
            quotes=language.quotes,
            sources=sources,
        )
        problems += found
    documents, unknown = connect_documents(book, pages)
    return documents, [*problems, *unknown]


def connect_documents(book: Book, pages: Mapping[str, Document]) -> tuple[Documents, list[Problem]]:
    """The documents of all pages (by name; outlines will do) and what refers to nothing.

    Raises SourceError where a label is used twice.
    """
    numbers = number_pages(book, pages)
    targets = collect_labels(pages, numbers)
    documents = Documents(pages=pages, numbers=numbers, targets=targets)
    return documents, unresolved(pages.values(), targets)
