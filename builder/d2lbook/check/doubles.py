"""What stands twice for one tab and was probably meant for two: copied, and not changed.

Two blocks of prose in a row that differ in numbers and addresses only, as two
links to discussions do:

    :begin_tab:`pytorch`
    [Discussions](https://discuss.d2l.ai/t/77)
    :end_tab:

    :begin_tab:`pytorch`
    [Discussions](https://discuss.d2l.ai/t/78)
    :end_tab:

And two code cells of one group that define the same thing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from d2lbook.book import Cell
from d2lbook.check.groups import tab_groups
from d2lbook.document.model import Block, Document
from d2lbook.errors import Problem
from d2lbook.source.magics import parse_code

_VARIABLE = re.compile(r"https?://[^\s)>]*|\d+")


def doubled_prose(document: Document) -> Iterator[Problem]:
    """A problem for each block of a tab that says the same as one of its group before it."""
    for blocks in tab_groups(document):
        seen: dict[tuple[tuple[str, ...], str], int] = {}
        for tabs, text, line in _pieces(blocks):
            first = seen.setdefault((tabs, _VARIABLE.sub("#", text)), line)
            if first != line:
                yield Problem(
                    what=f"{', '.join(tabs)} has the same text at line {first}, numbers aside",
                    place=document.page.place(line),
                    remedy="name another tab, or delete one of the two",
                )


def _pieces(blocks: tuple[Block, ...]) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Tabs, text and first line of each tab block; the reader joins those in a row."""
    for block in blocks:
        if block.cell.kind == "prose":
            for first, end in _blocks_of(block.cell):
                text = "\n".join(block.cell.source.split("\n")[first:end]).strip()
                yield block.tabs, text, block.cell.line_of(first)


def _blocks_of(cell: Cell) -> Iterator[tuple[int, int]]:
    """Where in a prose cell each of its tab blocks begins and ends.

    The reader puts a blank line between two, which gets the line before it.
    """
    first = 0
    for index in range(1, len(cell.lines)):
        if cell.lines[index] == cell.lines[index - 1]:
            yield first, index
            first = index + 1
    yield first, len(cell.lines)


def doubled_code(document: Document) -> Iterator[Problem]:
    """A problem for each code cell that defines what one of its group has defined for its tab."""
    for blocks in tab_groups(document):
        seen: dict[tuple[str, str], int] = {}
        for block in blocks:
            line = block.cell.line_of(0)
            names = _definitions(block.cell) if block.cell.kind == "code" else []
            doubled = [
                (tab, name, first)
                for tab in block.tabs
                for name in names
                if (first := seen.setdefault((tab, name), line)) != line
            ]
            for tab, name, first in doubled[:1]:
                yield Problem(
                    what=f"{tab} has '{name}' already at line {first}",
                    place=document.page.place(line),
                    remedy="name another tab, or delete one of the two",
                )


def _definitions(cell: Cell) -> list[str]:
    """The functions and classes that a cell defines at its top, with their decorators."""
    try:
        tree = parse_code(cell.source)
    except SyntaxError:
        return []
    return [
        " ".join([*(f"@{ast.unparse(each)}" for each in node.decorator_list), node.name])
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
