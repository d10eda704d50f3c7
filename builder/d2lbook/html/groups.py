"""Puts side by side what tabs show in each other's place.

    parts of a document ──► runs: prose and code that all tabs share,
                            groups of what only some of them show,
                            folds and boxes

Consecutive blocks that differ between tabs make one group, with one bar of tabs.
Within it nothing is repeated: a block that three tabs share is there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from d2lbook.document.model import Block, Code, Framed, Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Consecutive blocks of a document that are shown together."""

    blocks: tuple[Block, ...]
    tabs: tuple[str, ...] = ()
    """The tabs that show any of it, in the book's order; empty where all show all."""


def runs(parts: Iterable[Part], tabs: Sequence[str]) -> Iterator[Run | Framed]:
    """These parts of a document that has these tabs, in order."""
    for kind, found in groupby(parts, lambda part: _kind(part, tabs)):
        blocks: list[Block] = []
        for part in found:
            if isinstance(part, Framed):
                yield part
            else:
                blocks.append(part)
        if blocks:
            yield Run(
                blocks=tuple(blocks), tabs=_union(blocks, tabs) if kind == "differing" else ()
            )


def _kind(part: Part, tabs: Sequence[str]) -> str:
    if isinstance(part, Framed):
        return "framed"
    return "differing" if _differs(part, tabs) else "shared"


def _differs(block: Block, tabs: Sequence[str]) -> bool:
    """Whether tabs see different things here; never on a page that has one tab only."""
    if len(tabs) < 2:
        return False
    if isinstance(block, Code) and not block.has_same_outputs:
        return True
    return block.tabs != tuple(tabs)


def _union(blocks: Sequence[Block], tabs: Sequence[str]) -> tuple[str, ...]:
    return tuple(tab for tab in tabs if any(tab in block.tabs for block in blocks))
