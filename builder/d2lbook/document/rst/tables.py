"""Tables of docutils → tables as Markdown has them: a line of text in each cell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from docutils import nodes
from markdown_it.token import Token

from d2lbook.document.rst.making import TokenMaker

_Cell: TypeAlias = list[Token]


def table_tokens(node: nodes.Element, make: TokenMaker) -> list[Token]:
    """The tokens of a table, with its caption; nothing for one without cells."""
    rows = [
        [_cell(entry, make) for entry in row.findall(nodes.entry)]
        for row in node.findall(nodes.row)
    ]
    width = max(map(len, rows), default=0)
    if not width:
        return []
    # Every table of Markdown has a line of head, if an empty one.
    empty: list[_Cell] = [[] for _ in range(width)]
    head, below = (rows[0], rows[1:]) if node.next_node(nodes.thead) else (empty, rows)
    inner = [
        *make.around("thead", "thead", _rows([head], "th", width, make)),
        *make.around("tbody", "tbody", _rows(below, "td", width, make)),
    ]
    table = make.around("table", "table", inner, label=None)
    title = node.next_node(nodes.title)
    if not title:
        return table
    return [*make.around("table_caption", "caption", [make.line(make.inlines(title))]), *table]


def _rows(rows: Iterable[list[_Cell]], tag: str, width: int, make: TokenMaker) -> list[Token]:
    found: list[Token] = []
    for row in rows:
        cells: list[_Cell] = [*row, *([] for _ in range(width - len(row)))]
        written = (make.around(tag, tag, [make.line(cell)]) for cell in cells)
        found += make.around("tr", "tr", [token for cell in written for token in cell])
    return found


def _cell(entry: nodes.Element, make: TokenMaker) -> _Cell:
    """What is in a cell, as one line of text."""
    found: _Cell = []
    for node in entry.findall(nodes.TextElement):
        if not isinstance(node.parent, nodes.TextElement):
            found += [*([Token("hardbreak", "br", 0)] if found else []), *make.inlines(node)]
    return found
