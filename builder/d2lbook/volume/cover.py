"""What a book is called, and what else stands before its first page."""

from __future__ import annotations

from dataclasses import dataclass

from d2lbook.book import Book
from d2lbook.config import Config
from d2lbook.document.frameworks import display_name
from d2lbook.document.language import Language, load_language
from d2lbook.document.text import plain_text
from d2lbook.document.whole import Documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What a title page says; what the book doesn't say is empty."""

    title: str
    author: str
    edition: str
    """The framework, as readers know it; a book without tabs has none."""
    release: str
    copyright: str
    language: Language


def cover_of(book: Book, documents: Documents, tab: str, config: Config) -> Cover:
    """The cover of one tab's book."""
    project = config.project
    title = documents.pages[book.tree.page.name].title
    return Cover(
        title=project.title or (plain_text(title) if title else project.name),
        author=project.author,
        edition=display_name(tab) if config.has_tabs else "",
        release=project.release,
        copyright=project.copyright,
        language=load_language(project.language),
    )
