"""Puts side by side what tabs show in each other's place.

    blocks of a document ──► runs: prose and code that all tabs share,
                             and groups of what only some of them show

Consecutive blocks that differ between tabs make one group, with one bar of tabs.
Within it nothing is repeated: a block that three tabs share is there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from d2lbook.document.model import Block, Code, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Consecutive blocks of a document that are shown together."""

    blocks: tuple[Block, ...]
    tabs: tuple[str, ...] = ()
    """The tabs that show any of it, in the book's order; empty where all show all."""


def runs(document: Document) -> Iterator[Run]:
    """The blocks of the document, in order."""
    for differs, blocks in groupby(document.blocks, lambda block: _differs(block, document)):
        found = tuple(blocks)
        tabs = _union(found, document.tabs) if differs else ()
        yield Run(blocks=found, tabs=tabs)


def _differs(block: Block, document: Document) -> bool:
    """Whether tabs see different things here; never on a page that has one tab only."""
    if len(document.tabs) < 2:
        return False
    if isinstance(block, Code) and not block.has_same_outputs:
        return True
    return block.tabs != document.tabs


def _union(blocks: Sequence[Block], tabs: Sequence[str]) -> tuple[str, ...]:
    return tuple(tab for tab in tabs if any(tab in block.tabs for block in blocks))
