"""What one tab sees of a page.

A tab has no notebook for a page when none of the page's code is the tab's, or
when the page was written for other tabs only: it has code of the default tab or
of others, and never names this one.
"""

from __future__ import annotations

import re

from d2lbook.book import Cell, Notebook, Page
from d2lbook.source.raises import find_expectation
from d2lbook.source.selected import reduce_cell

EXTENSION = "%load_ext d2lbook.tab"
"""The line of the cell that offers the choice of a tab to an author in Jupyter."""

OFFER = re.compile(r"tab\.interact_select\(([^)]*)\)")
QUOTED = re.compile(r"""["'](\w+)["']""")
REQUIRED = re.compile(r"""#\s*required_libs\((.*)\)""")


def select(page: Page, tab: str, default: str) -> Notebook | None:
    """The notebook of this tab (``default``: the book's default tab); None where it has none.

    Raises SourceError where ``tab.selected`` can't be decided or ``#@raises`` names no error.
    """
    if not has_notebook(page, tab, default):
        return None
    cells: list[Cell] = []
    required: tuple[str, ...] = ()
    for cell in page.cells:
        if cell.kind == "code" and EXTENSION in cell.source:
            required += required_libraries(cell)
        elif belongs(cell, tab):
            reduced = reduce_cell(cell, tab, page.path) if cell.kind == "code" else cell
            find_expectation(reduced, page.path)
            if reduced.source.strip():
                cells.append(reduced)
    return Notebook(page=page, tab=tab, cells=tuple(cells), required_libraries=required)


def has_notebook(page: Page, tab: str, default: str) -> bool:
    """Whether this tab has a notebook of the page."""
    code = [cell for cell in page.code_cells() if EXTENSION not in cell.source]
    if not code:
        return True
    if not any(belongs(cell, tab) for cell in code):
        return False
    is_named = any(cell.tabs and tab in cell.tabs for cell in page.cells)
    is_for_all = all(cell.tabs is None for cell in code) and offers(page, tab)
    return tab == default or is_named or is_for_all


def offers(page: Page, tab: str) -> bool:
    """Whether the choice of tabs that the page offers to its author has this one."""
    offered = [
        name.lower()
        for cell in page.code_cells()
        for match in OFFER.finditer(cell.source)
        for name in QUOTED.findall(match[1])
    ]
    return not offered or tab in offered


def belongs(cell: Cell, tab: str) -> bool:
    return cell.tabs is None or tab in cell.tabs


def required_libraries(cell: Cell) -> tuple[str, ...]:
    """Packages named by ``#required_libs("a==1", "b")`` in the cell."""
    return tuple(
        name.strip().strip("\"'")
        for match in REQUIRED.finditer(cell.source)
        for name in match[1].split(",")
        if name.strip()
    )
