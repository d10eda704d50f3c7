"""What a book is called, and what else stands before its first page."""

from __future__ import annotations

from dataclasses import dataclass

from d2lbook.book import Book
from d2lbook.config import Config
from d2lbook.document.language import Language, language_of
from d2lbook.document.made_with import MadeWith, made_with
from d2lbook.document.text import plain_text
from d2lbook.document.whole import Documents
from d2lbook.frameworks import display_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What a title page says; what the book doesn't say is empty."""

    title: str
    author: str
    edition: str
    """The framework, as readers know it; a book without tabs has none."""
    release: str
    """As readers are told it: "Version 1.2"."""
    copyright: str
    made_with: MadeWith | None
    """What the outputs were made with, where that is known."""
    language: Language

    def imprint(self) -> list[str]:
        """What stands on the back of the title page, a paragraph each, in the book's language."""
        text = self.language.text
        lines = [self.author, self.release, self.copyright]
        if made := self.made_with:
            versions = ", ".join(" ".join(each) for each in made.versions)
            locked = f" ({text('locked', date=made.locked)})" if made.locked else ""
            lines.append(f"{text('made_with', tab=self.edition)} {versions}{locked}.")
        return [line for line in lines if line]


def cover_of(book: Book, documents: Documents, tab: str, config: Config) -> Cover:
    """The cover of one tab's book."""
    project, language = config.project, language_of(config)
    title = documents.pages[book.tree.page.name].title
    return Cover(
        title=project.title or (plain_text(title) if title else project.name),
        author=project.author,
        edition=display_name(tab) if config.has_tabs else "",
        release=language.text("release", number=project.release) if project.release else "",
        copyright=project.copyright,
        made_with=made_with(config, tab) if config.has_tabs else None,
        language=language,
    )
