"""Tabs that don't have a page although code of it is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from d2lbook.book import Page
from d2lbook.errors import Problem
from d2lbook.notebooks.select import belongs, has_notebook


def lacking_tabs(page: Page, tabs: Iterable[str], default: str) -> Iterator[Problem]:
    """A problem for each tab that lacks the page because of code without a mark.

    A cell without a mark is the default tab's, and makes the page one for that tab alone
    where no other is named (see ``select``). An author who thinks of ``all`` hardly knows.
    """
    code = list(page.code_cells())
    if {tab for cell in code for tab in cell.tabs or ()} != {default}:
        return
    first = next(cell for cell in code if cell.tabs)
    for tab in tabs:
        if not has_notebook(page, tab, default) and any(belongs(cell, tab) for cell in code):
            yield Problem(
                what=f"{tab} doesn't have this page, as this cell is only for {default}",
                place=page.place(first.line_of(0)),
                remedy="mark it with %%tab all, or name the tabs",
            )
