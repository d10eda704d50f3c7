"""The data model: what a book is once it has been read.

Every other module of the tool takes these values in or gives them out; this
one imports nothing of ours. All of them are immutable. Text in, data out:

    Book ── pages ──► Page ── cells ──► Cell
                        └─ select(tab) ──► Notebook ── execute ──► Outputs

Each cell keeps, for every line of its source, the line of the Markdown file
it came from, through every later removal of marks or branches, so that an
error in a cell can name the line its author has to change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Output: TypeAlias = dict[str, Any]
"""One output of a code cell, as in the notebook format 4 (``output_type`` …)."""

Outputs: TypeAlias = Mapping[int, tuple[Output, ...]]
"""The outputs of one executed notebook: by ``Cell.position``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of a file of the book."""

    path: str
    """The file, relative to the book's folder, with forward slashes."""
    line: int
    """The line, counted from 1; 0 when the whole file is meant."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A run of prose or one piece of code, in one tab, several, or all."""

    kind: Literal["prose", "code"]
    source: str
    """The text, without its fence and without tab marks; no final newline for code."""
    lines: tuple[int, ...]
    """For each line of ``source`` its line in the page's file, counted from 1."""
    position: int
    """Index of the cell in its page, the ``origin_pos`` of d2lbook."""
    tabs: tuple[str, ...] | None = None
    """The tabs it belongs to; None: common to all."""
    language: str = "python"
    identifier: str = ""
    """``id`` of the fence (``{.python .input #softmax-3}``)."""
    attributes: tuple[tuple[str, str], ...] = ()
    """Other attributes of the fence, as written: ``(("n", "5"),)``."""
    outputs: tuple[Output, ...] = ()
    """Outputs kept in the source file (``{.json .output}`` blocks)."""

    def line_of(self, index: int) -> int:
        """Line in the page's file of the source line with this index (from 0)."""
        if not self.lines:
            return 0
        return self.lines[min(max(index, 0), len(self.lines) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """One table of contents of a page: a ``toc`` block."""

    entries: tuple[tuple[str, Place], ...]
    """Names of the pages it lists (see ``Page.name``), and where each stands."""
    numbered: bool = False
    max_depth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A part of a page under a title: folded until it is wanted, or in a box."""

    kind: Literal["fold", "box"]
    first: int
    """Position of the prose cell with its title, in bold."""
    end: int
    """Position after that of its last cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One Markdown file of the book."""

    name: str
    """Path without extension, relative to the source folder: ``chapter_x/index``."""
    path: str
    """The file, relative to the book's folder, for messages."""
    cells: tuple[Cell, ...]
    contents: tuple[Contents, ...] = ()
    frames: tuple[Frame, ...] = ()
    """Folds and boxes, in order of where they begin; one may lie inside another."""

    def place(self, line: int) -> Place:
        return Place(path=self.path, line=line)

    def code_cells(self) -> Iterator[Cell]:
        return (cell for cell in self.cells if cell.kind == "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A page as one tab sees it: its cells, with ``tab.selected`` reduced."""

    page: Page
    tab: str
    cells: tuple[Cell, ...]
    required_libraries: tuple[str, ...] = ()

    def code_cells(self) -> Iterator[Cell]:
        return (cell for cell in self.cells if cell.kind == "code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A page's place in the book: the node of the tree the tables of contents make."""

    page: Page
    number: tuple[int, ...] = ()
    """``(3, 1)`` for section 3.1; empty for a page without a number."""
    children: tuple[Chapter, ...] = ()

    def walk(self) -> Iterator[Chapter]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, kw_only=True)
class Book:
    """All pages of a book, in reading order, and the tree of its contents."""

    tree: Chapter
    """The index page; its children are what its tables of contents list."""
    loose: tuple[Page, ...] = ()
    """Pages which no table of contents reaches, in order of their names."""
    pages: Mapping[str, Page] = field(init=False)
    """Every page by name: first those of the tree in reading order, then the loose ones."""

    def __post_init__(self) -> None:
        pages = {node.page.name: node.page for node in self.tree.walk()}
        pages.update((page.name, page) for page in self.loose)
        object.__setattr__(self, "pages", pages)
