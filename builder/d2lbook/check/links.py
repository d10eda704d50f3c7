"""The links of a page, its pictures among them, and the anchors that links can lead to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from markdown_it.token import Token

from d2lbook.book import Cell, Place
from d2lbook.document.model import Document, Prose
from d2lbook.document.spans import walk_inlines

_LINKING = {"href", "src"}
_NAMING = {"id", "name"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a page links to or shows, in Markdown or in its raw HTML."""

    address: str
    page: str
    """Name of the page."""
    place: Place


def links_of(document: Document) -> Iterator[Link]:
    """All links of a page, in order, those of its footnotes at the end."""
    for cell, tokens in _parts(document):
        for token in tokens:
            for address, line in _addresses(token):
                place = document.page.place(cell.line_of(line))
                yield Link(address=address, page=document.page.name, place=place)


def anchors_of(document: Document) -> frozenset[str]:
    """What a link to this page can name behind its ``#``."""
    named = {label.anchor for label in document.labels} | {label.name for label in document.labels}
    for _, tokens in _parts(document):
        for token in tokens:
            named.update(_anchors(token))
    return frozenset(named)


def _parts(document: Document) -> Iterator[tuple[Cell, Sequence[Token]]]:
    for block in document.blocks:
        if isinstance(block, Prose):
            yield block.cell, block.tokens
    for note in document.footnotes:
        yield note.cell, note.tokens


def _addresses(token: Token) -> Iterator[tuple[str, int]]:
    """The addresses in a block token, and the line of the cell where each stands."""
    for each in (token, *walk_inlines(token)):
        line = (each.map or token.map or [0])[0]
        if each.type == "link_open":
            yield str(each.attrs["href"]), line
        elif each.type == "image":
            yield str(each.attrs["src"]), line
        elif each.type == "figure_open":
            yield each.meta["src"], line
        elif each.type in {"html_block", "html_inline"}:
            for name, value, offset in _html_attributes(each.content):
                if name in _LINKING:
                    yield value, line + offset


def _anchors(token: Token) -> Iterator[str]:
    if anchor := token.meta.get("anchor"):
        yield anchor
    for each in (token, *walk_inlines(token)):
        if each.type in {"html_block", "html_inline"}:
            for name, value, _ in _html_attributes(each.content):
                if name in _NAMING:
                    yield value


def _html_attributes(html: str) -> list[tuple[str, str, int]]:
    """Name, value and line (from 0) of every attribute in this HTML."""
    parser = _AttributeParser()
    parser.feed(html)
    return parser.found


class _AttributeParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        line = self.getpos()[0] - 1
        self.found += [(name, value, line) for name, value in attrs if value]
