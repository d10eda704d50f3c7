"""Prose cells → the Markdown of a notebook, which knows nothing of the dialect.

Only the marks of a cell are replaced (see ``document/marks.py``): roles become
text and links, labels and sizes go, equations and figures get their numbers.
All other characters stay as they were written. One rule for each type of token.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from d2lbook.document.addresses import beside, local_link, page_at, relative_address
from d2lbook.document.build import citation_of
from d2lbook.document.comments import COMMENT
from d2lbook.document.labels import Target, number_text, reference_text
from d2lbook.document.language import Language
from d2lbook.document.marks import Mark
from d2lbook.document.math import DISPLAY
from d2lbook.document.model import Document, Kind, Prose
from d2lbook.document.rst.only import shown_in
from d2lbook.document.spans import walk_inlines
from d2lbook.document.text import plain_text
from d2lbook.document.whole import Documents
from d2lbook.publish.inlines import MarkdownReferences, escape
from d2lbook.publish.rst import rst_markdown

_DISPLAY = re.compile(DISPLAY)
_DESTINATION = re.compile(r"\s*(?:<[^<>\n]*>|\S+)")
_NOT_IN_LINKS = {"reference", "citation", "footnote_ref", "link_open", "image"}


@dataclass(frozen=True, kw_only=True)
class BookOfNotebooks:
    """What the notebooks of one tab need to know of their book."""

    documents: Documents
    """All pages; outlines will do."""
    references: MarkdownReferences
    language: Language
    tab: str
    names: Collection[str]
    """The pages that this tab has a notebook of."""
    picture: Callable[[str, str], str] = lambda _page, source: source
    """How a picture is named, given the page and the name it has there."""


class MarkdownWriter:
    """Writes the prose of one page's notebook, with links to others or without."""

    def __init__(self, book: BookOfNotebooks, document: Document, *, links: bool = True) -> None:
        self.book = book
        self.document = document
        self._text = ""
        self._marks: Sequence[Mark] = ()
        self._links = links
        self._notes: dict[str, int] = {
            mark.token.meta["label"]: mark.token.meta["number"]
            for block in document.blocks
            if isinstance(block, Prose)
            for mark in block.marks
            if mark.token.type == "footnote_ref" and "number" in mark.token.meta
        }

    def write(self, text: str, marks: Sequence[Mark]) -> str:
        """The text with all its marks replaced; empty where nothing is left."""
        self._text, self._marks = text, marks
        return self._rewrite(0, len(text)).strip("\n")

    def _rewrite(self, start: int, end: int) -> str:
        """The characters from ``start`` to ``end``, their marks replaced."""
        parts: list[str] = []
        done = start
        for mark in self._marks:
            if done <= mark.start and mark.end <= end and (rule := _RULES.get(mark.token.type)):
                new = rule(self, mark)
                first, last = (mark.start, mark.end) if new else self._without_line(mark)
                parts += [self._text[done : max(first, done)], new]
                done = last
        return "".join([*parts, self._text[done:end]])

    def _without_line(self, mark: Mark) -> tuple[int, int]:
        """What goes with a mark that goes: its whole lines, and blank ones after blank ones."""
        text = self._text
        start = text.rfind("\n", 0, mark.start) + 1
        end = text.find("\n", mark.end) + 1 or len(text)
        if text[start : mark.start].strip() or text[mark.end : end].strip():
            return mark.start, mark.end
        if not start or text.endswith("\n\n", 0, start):
            blank = re.compile(r"(?:[ \t]*\n)*").match(text, end)
            end = blank.end() if blank else end
        return start, end

    def _unlinked(self, start: int, end: int) -> str:
        """The same as ``_rewrite``, where no link can stand."""
        before, self._links = self._links, False
        try:
            return self._rewrite(start, end)
        finally:
            self._links = before

    def _link(self, text: str, page: str) -> str:
        """The text as a link to another notebook, where there is one."""
        if not self._links or page == self.document.page.name or page not in self.book.names:
            return text
        return f"[{text}]({self._address(page)})"

    def _address(self, page: str) -> str:
        return relative_address(posixpath.dirname(self.document.page.name), f"{page}.ipynb")

    def name(self, kind: Kind, token: Token) -> str:
        """ "Figure 3.1.2", or nothing."""
        number = self.number(kind, token)
        return self.book.language.text(f"{kind}_number", number=number) if number else ""

    def number(self, kind: Kind, token: Token) -> str:
        if "ordinal" not in token.meta:
            return ""
        numbers = self.book.documents.numbers[self.document.page.name]
        return number_text(numbers.of(kind, token.meta["ordinal"]))

    # Roles.

    def reference(self, mark: Mark) -> str:
        role, label = mark.token.meta["role"], mark.token.meta["label"]
        target = self.book.documents.targets.get(label)
        if not target:
            return f"`{label}`"
        return self._link(self._reference_text(role, target), target.page)

    def _reference_text(self, role: str, target: Target) -> str:
        text = reference_text(role, target, self.book.language)
        is_title = target.caption and text == target.title
        return title_markdown(target.caption) if is_title and target.caption else text

    def citation(self, mark: Mark) -> str:
        citation = citation_of(mark.token)
        found = self.book.references.citations.get(citation)
        return found if found else escape(f"[{', '.join(citation.keys)}]")

    def code(self, mark: Mark) -> str:
        return f"`{mark.token.content}`"

    # Links and figures.

    def link(self, mark: Mark) -> str:
        middle = self._text.rfind("](", mark.start, mark.end)
        link = str(mark.token.attrs.get("href", ""))
        address = self.address(link)
        if middle < 0 or address == link:
            return "[" + self._unlinked(mark.start + 1, mark.end)
        text = self._unlinked(mark.start + 1, middle)
        return f"[{text}{self._destination(middle, mark.end, address)}" if address else text

    def address(self, link: str) -> str:
        """Where a link of the page leads from its notebook; empty where that has no such page."""
        local = local_link(self.document.page.name, link)
        page = page_at(local.path, self.book.documents.pages) if local else None
        if not page:
            return beside(self.document.page.name, link)
        return self._address(page) if page in self.book.names else ""

    def picture(self, source: str) -> str:
        """How a picture of the page is named in its notebook."""
        here = self.document.page.name
        return self.book.picture(here, beside(here, source))

    def _destination(self, middle: int, end: int, address: str) -> str:
        """The end of a link or image, from `](` on, with another address."""
        title = _DESTINATION.sub("", self._text[middle + 2 : end], count=1) or ")"
        return f"]({address}{title}"

    def image(self, mark: Mark) -> str:
        """An image; a figure's caption follows, because a notebook doesn't show descriptions."""
        middle = self._text.rfind("](", mark.start, mark.end)
        end = middle if middle > 0 else mark.end - 1
        source = str(mark.token.attrs.get("src", ""))
        named = self.picture(source)
        tail = self._text[end : mark.end]
        if middle > 0 and named != source:
            tail = self._destination(middle, mark.end, named)
        image = f"![{self._unlinked(mark.start + 2, end)}{tail}"
        figure = mark.token.meta.get("figure")
        name = self.name("figure", figure) if figure else ""
        if not name:
            return image
        line = self._text.rfind("\n", 0, mark.start) + 1
        before = self._text[line : mark.start]
        indentation = "" if before.strip() else before
        caption = self._rewrite(mark.start + 2, end).strip()
        return f"{image}\n\n{indentation}{_joined(name, caption)}"

    def table(self, mark: Mark) -> str:
        """What a caption begins with, or the beginning of a table without one."""
        name = self.name("table", mark.token)
        if mark.start < mark.end:
            # Right below the table a notebook would take it for a row.
            line = self._text.rfind("\n", 0, mark.start) + 1
            is_below = line and not self._text.endswith("\n\n", 0, line)
            return f"\n{self._text[line : mark.start]}{name}: " if is_below else f"{name}: "
        return f"{name}\n\n" if name else ""

    # Equations.

    def equation(self, mark: Mark) -> str:
        source = self._text[mark.start : mark.end]
        match = _DISPLAY.match(source)
        equation = match[0] if match else source
        number = self.number("equation", mark.token)
        if not number:
            return equation
        formula = equation.removesuffix("$$")
        end = len(formula.rstrip())
        return f"{formula[:end]} \\tag{{{number}}}{formula[end:]}$$"

    # Footnotes.

    def footnote_reference(self, mark: Mark) -> str:
        number = mark.token.meta.get("number")
        return f"<sup>{number}</sup>" if number else self._text[mark.start : mark.end]

    def footnote(self, mark: Mark) -> str:
        """What begins a footnote, or the indentation of one of its later lines."""
        if self._text[mark.start] != "[":
            return ""
        label = mark.token.meta["label"]
        is_first = self._text.endswith("\n\n", 0, mark.start) or not mark.start
        return f"{'' if is_first else chr(10)}<sup>{self._notes.get(label, label)}</sup> "

    # Blocks.

    def nothing(self, _mark: Mark) -> str:
        return ""

    def comment(self, mark: Mark) -> str:
        return COMMENT.sub("", self._text[mark.start : mark.end]).strip()

    def contents(self, mark: Mark) -> str:
        entries = [page for page in mark.token.meta["entries"] if page in self.book.names]
        return "\n".join(f"- {self._link(self._page_title(page), page)}" for page in entries)

    def _page_title(self, page: str) -> str:
        title = self.book.documents.pages[page].title
        number = number_text(self.book.documents.numbers[page].number)
        return f"{number} {title_markdown(title) if title else escape(page)}".strip()

    def raw_rst(self, mark: Mark) -> str:
        # A notebook is looked at in a browser.
        shown = shown_in("html", mark.token.meta.get("tokens", ()), self.book.tab)
        return rst_markdown(shown, self)

    def bibliography(self, _mark: Mark) -> str:
        return self.book.references.entries


Rule = Callable[[MarkdownWriter, Mark], str]

_RULES: Mapping[str, Rule] = {
    "reference": MarkdownWriter.reference,
    "citation": MarkdownWriter.citation,
    "code_inline": MarkdownWriter.code,
    "footnote_ref": MarkdownWriter.footnote_reference,
    "footnote_reference_open": MarkdownWriter.footnote,
    "link_open": MarkdownWriter.link,
    "image": MarkdownWriter.image,
    "table_open": MarkdownWriter.table,
    "math_inline": MarkdownWriter.equation,
    "math_block": MarkdownWriter.equation,
    "html_inline": MarkdownWriter.comment,
    "html_block": MarkdownWriter.comment,
    "attributes": MarkdownWriter.nothing,
    "directive": MarkdownWriter.nothing,
    "bibliography": MarkdownWriter.bibliography,
    "contents": MarkdownWriter.contents,
    "raw_rst": MarkdownWriter.raw_rst,
}


def title_markdown(token: Token) -> str:
    """A heading or caption as Markdown that can stand in a link."""
    if any(child.type in _NOT_IN_LINKS for child in walk_inlines(token)):
        return escape(plain_text(token))
    return " ".join(token.content.split())


def _joined(name: str, caption: str) -> str:
    return f"{name}: {caption}" if caption else name
