"""Books of one tab, without executing anything: outputs are those that the pages keep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from d2lbook.book import Book, Notebook
from d2lbook.config import Config, read_config
from d2lbook.document.bibliography import read_bibliography
from d2lbook.document.citations import References, format_citations
from d2lbook.document.language import load_language
from d2lbook.document.whole import Documents, build_documents
from d2lbook.errors import Problem
from d2lbook.notebooks.select import select
from d2lbook.source.files import read_book

SPECIMEN = Path(__file__).parent / "book"
"""A book, in Indonesian, that has everything once."""

Write = Callable[[Book, Documents, References, str, Config, Path], list[Problem]]


def build_volume(
    root: Path, tab: str, write: Write, file: Callable[[Config, str], Path]
) -> tuple[Path, list[Problem]]:
    """Have one tab of the book in this folder written; the file, and what is wrong in it."""
    config, _ = read_config(root)
    book, _ = read_book(config)
    notebooks: dict[str, dict[str, Notebook]] = {each: {} for each in config.tabs}
    for name, page in book.pages.items():
        for each in config.tabs:
            if notebook := select(page, each, config.default_tab):
                notebooks[each][name] = notebook
    language = load_language(config.project.language)
    documents, _ = build_documents(book, notebooks, {}, language)
    references, _ = format_citations(
        documents.citations(),
        bibliography=read_bibliography(config, documents.bibliographies())[0],
        language=config.project.language,
        cache=root / "cache",
    )
    path = file(config, tab)
    return path, write(book, documents, references, tab, config, path)
