"""Documents of tiny books, from the texts of their pages."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from d2lbook.book import Book, Notebook, Outputs
from d2lbook.document.language import load_language
from d2lbook.document.whole import Documents, build_documents
from d2lbook.errors import Problem
from d2lbook.notebooks.select import select
from d2lbook.source.contents import arrange
from d2lbook.source.page import TabRules, read_page

TABS = ("pytorch", "mxnet", "jax")


def read_pages(texts: Mapping[str, str], tabs: tuple[str, ...] = TABS) -> Book:
    """The book of these pages, by name; ``index`` is its root."""
    pages = {
        name: read_page(textwrap.dedent(text), name, f"{name}.md", TabRules(tabs=tabs))[0]
        for name, text in texts.items()
    }
    return arrange(pages, "index")[0]


def select_all(book: Book, tabs: tuple[str, ...] = TABS) -> Mapping[str, Mapping[str, Notebook]]:
    """The notebooks of all tabs, by tab and page."""
    return {
        tab: {
            name: notebook
            for name, page in book.pages.items()
            if (notebook := select(page, tab, tabs[0]))
        }
        for tab in tabs
    }


def documents_of(
    texts: Mapping[str, str],
    outputs: Mapping[str, Mapping[str, Outputs]] | None = None,
    language: str = "en",
) -> tuple[Documents, list[Problem]]:
    """The documents of the book of these pages."""
    book = read_pages(texts)
    return build_documents(book, select_all(book), outputs or {}, load_language(language))
