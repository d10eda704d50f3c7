"""Two tab blocks of one group that differ in numbers and addresses only: copied, not renamed.

:begin_tab:`pytorch`
[Discussions](https://discuss.d2l.ai/t/77)
:end_tab:

:begin_tab:`pytorch`
[Discussions](https://discuss.d2l.ai/t/78)
:end_tab:
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from d2lbook.book import Cell
from d2lbook.check.groups import tab_groups
from d2lbook.document.model import Block, Document
from d2lbook.errors import Problem

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
