"""Numbers of sections, figures, tables and equations, as d2lbook gave them.

A page has its number from the tree of the book's contents: (3, 1). Its headings
go on from there: 3.1.1. Figures, tables and equations are counted per section,
that is per page: figure 3.1.2, equation (3.1.5). Pages without a number share
one count: figure 7. The headings of a page that has others below it get no
numbers, which belong to those pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from d2lbook.book import Book
from d2lbook.document.model import Document, Kind, Ordinal

DEPTH = 2
"""How much of a page's number goes into the numbers of its figures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNumbers:
    """Turns the ordinals of one page into numbers of the book."""

    number: tuple[int, ...] = ()
    has_children: bool = False
    offsets: Mapping[Kind, int] = field(default_factory=dict)
    """How many there were on earlier pages that share the count."""

    def of(self, kind: Kind, ordinal: Ordinal) -> tuple[int, ...]:
        """The number of the thing of this kind with this ordinal; () where it has none.

        The heading with the ordinal () is the page's title.
        """
        if kind != "section":
            offset = self.offsets.get(kind, 0)
            return (*self.number[:DEPTH], offset + ordinal[0]) if ordinal else ()
        if not ordinal:
            return self.number
        return () if self.has_children or not self.number else (*self.number, *ordinal)


def number_pages(book: Book, documents: Mapping[str, Document]) -> dict[str, PageNumbers]:
    """The numbers of all pages, by name; ``documents`` are those of the book's pages, by name."""
    nodes = {node.page.name: node for node in book.tree.walk()}
    totals: dict[tuple[tuple[int, ...], Kind], int] = {}
    numbers: dict[str, PageNumbers] = {}
    for name in book.pages:
        node = nodes.get(name)
        number = node.number if node else ()
        counts = documents[name].counts
        keys = {kind: (number[:DEPTH], kind) for kind in counts}
        numbers[name] = PageNumbers(
            number=number,
            has_children=bool(node and node.children),
            offsets={kind: totals.get(key, 0) for kind, key in keys.items()},
        )
        for kind, key in keys.items():
            totals[key] = totals.get(key, 0) + counts[kind]
    return numbers
