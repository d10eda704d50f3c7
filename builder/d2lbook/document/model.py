"""A page as its readers get it: prose as tokens, code with the outputs of every tab.

    Page + notebooks + outputs ──► Document ──► HTML, PDF, EPUB

A document knows its page only. What depends on the rest of the book — numbers,
where references lead — is in ``numbering.py`` and ``labels.py``; so one page can
be read again, in another process too, without the others.

Every figure, table, equation and heading carries in its token's ``meta``:

    anchor    identifier on the page; empty for what has no number and no label
    ordinal   its place among its kind on the page: (2,) for the second figure,
              (2, 1) for the first part of the second; () has no number
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from markdown_it.token import Token

from d2lbook.book import Cell, Frame, Output, Page, Place
from d2lbook.document.bibliography import NamedFile
from d2lbook.document.citations import Citation
from d2lbook.document.marks import Mark

Kind: TypeAlias = Literal["section", "figure", "table", "equation"]
"""What has a number."""

Ordinal: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """One prose cell."""

    cell: Cell
    tabs: tuple[str, ...]
    """The document's tabs that show it."""
    tokens: tuple[Token, ...]
    """Tokens of markdown-it-py and of our plugins (see ``prose.py``)."""
    text: str
    """The cell's source, slide marks resolved."""
    marks: tuple[Mark, ...]
    """Where in ``text`` the dialect's own constructs stand (see ``marks.py``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code cell as some tabs have it; tabs whose text differs get another."""

    cell: Cell
    """The cell with the text that these tabs see."""
    tabs: tuple[str, ...]
    outputs: Mapping[str, tuple[Output, ...]]
    """By tab; every one of ``tabs`` is there."""
    shows_source: bool = True

    @property
    def has_same_outputs(self) -> bool:
        """Whether all tabs got the same outputs."""
        return all(outputs == self.outputs[self.tabs[0]] for outputs in self.outputs.values())


Block: TypeAlias = Prose | Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """A fold or a box with what is in it."""

    kind: Literal["fold", "box"]
    title: Prose
    """One paragraph, in bold."""
    parts: tuple[Part, ...]


Part: TypeAlias = Block | Framed


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """A footnote of the page, where it is referred to."""

    number: int
    cell: Cell
    """The prose cell that defines it."""
    references: int
    """How often the page refers to it."""
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name that can be referred to, as its own page knows it."""

    name: str
    kind: Kind
    anchor: str
    ordinal: Ordinal
    caption: Token | None
    """The inline token of the heading or caption; equations have none."""
    own_number: str
    """What an equation itself says is its number: "(7)"; empty where the book numbers it."""
    tabs: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A use of ``:numref:``, ``:ref:`` or ``:eqref:``."""

    role: str
    label: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page of the book, with all its tabs."""

    page: Page
    tabs: tuple[str, ...]
    """The tabs that have this page, in the book's order."""
    title: Token | None
    """The inline token of the first heading."""
    blocks: tuple[Block, ...]
    footnotes: tuple[Footnote, ...] = ()
    labels: tuple[Label, ...] = ()
    references: tuple[Reference, ...] = ()
    citations: tuple[tuple[Citation, Place], ...] = ()
    counts: Mapping[Kind, int]
    """How many figures, tables and equations have a number here."""
    bibliographies: tuple[NamedFile, ...] = ()
    """What the lists of references on this page name."""

    def select(self, tab: str) -> tuple[Part, ...]:
        """What this tab shows, in order."""
        return self._framed(block for block in self.blocks if tab in block.tabs)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The blocks, in order, those that stand in a fold or a box within it."""
        return self._framed(self.blocks)

    def _framed(self, blocks: Iterable[Block]) -> tuple[Part, ...]:
        frames = {frame.first: frame for frame in self.page.frames}
        return tuple(_framed(deque(blocks), frames, sys.maxsize))

    @property
    def has_bibliography(self) -> bool:
        """Whether the list of references stands on this page."""
        return bool(self.bibliographies)

    def outline(self) -> Document:
        """What the rest of the book needs to know of the page: all but its text."""
        return replace(self, page=replace(self.page, cells=()), blocks=(), footnotes=())


def _framed(blocks: deque[Block], frames: Mapping[int, Frame], end: int) -> Iterator[Part]:
    """Takes the blocks before this position off the queue, and puts them into their frames."""
    while blocks and blocks[0].cell.position < end:
        block = blocks.popleft()
        frame = frames.get(block.cell.position)
        if frame and isinstance(block, Prose):
            parts = tuple(_framed(blocks, frames, frame.end))
            # All that was in it may be hidden.
            if parts:
                yield Framed(kind=frame.kind, title=block, parts=parts)
        else:
            yield block
