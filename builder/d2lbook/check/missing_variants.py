"""What some tabs of a page have and another one has not."""

from __future__ import annotations

from collections.abc import Iterator

from d2lbook.check.groups import tab_groups
from d2lbook.document.model import Document
from d2lbook.errors import Problem


def missing_variants(document: Document) -> Iterator[Problem]:
    """A problem for each group in which a tab that has this page finds nothing."""
    for blocks in tab_groups(document):
        covered = {tab for block in blocks for tab in block.tabs}
        there = ", ".join(tab for tab in document.tabs if tab in covered)
        missing = ", ".join(tab for tab in document.tabs if tab not in covered)
        if missing:
            cell = blocks[0].cell
            yield Problem(
                what=f"{cell.kind} for {there}, but none for {missing}",
                place=document.page.place(cell.line_of(0)),
                remedy="write it, unless it is not needed",
            )
