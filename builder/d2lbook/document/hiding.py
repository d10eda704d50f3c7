"""Marks in code that keep it, or its outputs, off the page; notebooks keep everything.

#@hide_code     # Hide code       the source
#@hide_output   # Hide outputs    the outputs
#@hide                            both
#@hide_all                        both, of this cell and all later ones of the page

As books have it, with and without an s.
"""

from __future__ import annotations

import re
from dataclasses import replace

from d2lbook.book import Cell
from d2lbook.source.code_marks import HIDE
from d2lbook.source.raises import without_expectation

_MARK = re.compile(HIDE)
_HIDES = {
    "hide_code": {"source"},
    "hide code": {"source"},
    "hide_output": {"outputs"},
    "hide output": {"outputs"},
    "hide": {"source", "outputs"},
    "hide_all": {"source", "outputs"},
}


def hidden_parts(cell: Cell) -> set[str]:
    """Which of "source" and "outputs" the cell's own marks hide."""
    return {part for name in _marks(cell) for part in _HIDES[name]}


def hides_rest(cell: Cell) -> bool:
    """Whether everything from this cell on is hidden."""
    return "hide_all" in _marks(cell)


def without_marks(cell: Cell) -> Cell:
    """The cell without the lines that are nothing but such a mark, and without ``#@raises``."""
    cell = without_expectation(cell)
    if not _marks(cell):
        return cell
    lines = cell.source.split("\n")
    kept = [index for index, line in enumerate(lines) if not _MARK.fullmatch(line.strip())]
    return replace(
        cell,
        source="\n".join(lines[index] for index in kept),
        lines=tuple(cell.line_of(index) for index in kept),
    )


def _marks(cell: Cell) -> list[str]:
    return [(match["mark"] or match["words"]).lower() for match in _MARK.finditer(cell.source)]
