"""What is wrong in the prose of one cell, before it has a place in a file."""

from __future__ import annotations

from dataclasses import dataclass

from d2lbook.book import Cell, Page
from d2lbook.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing that is wrong, at a line of the cell (from 0)."""

    line: int
    what: str
    remedy: str = ""

    def problem(self, page: Page, cell: Cell) -> Problem:
        """The same at its line of the page's file."""
        place = page.place(cell.line_of(self.line))
        return Problem(what=self.what, place=place, remedy=self.remedy)
