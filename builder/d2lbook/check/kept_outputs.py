"""Outputs belong into what is built, not into the pages."""

from __future__ import annotations

from collections.abc import Iterator

from d2lbook.book import Page
from d2lbook.errors import Problem


def kept_outputs(page: Page) -> Iterator[Problem]:
    """A problem for each cell whose outputs stand in the page's file."""
    for cell in page.code_cells():
        if cell.outputs:
            yield Problem(
                what="this cell has its outputs in the page",
                place=page.place(cell.line_of(0)),
                remedy="delete the {.json .output} block below it",
            )
