"""What all pages of a volume share, and what is made of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import unquote

from d2lbook.book import Place
from d2lbook.document.addresses import file_at, local_link, page_at, parts_of
from d2lbook.document.citations import References
from d2lbook.document.katex import Formula
from d2lbook.document.labels import Target
from d2lbook.document.language import Language
from d2lbook.document.numbering import PageNumbers
from d2lbook.document.outputs import Limits
from d2lbook.document.pandoc import Node
from d2lbook.errors import Problem

Medium: TypeAlias = Literal["html", "latex"]
"""Which parts of a page a volume has that are not for all outputs: those for screens or paper."""

_WEB = {"http", "https", "mailto"}


@dataclass(slots=True, kw_only=True)
class PageTree:
    """What is made of one page."""

    name: str
    """The identifier of the page as a whole."""
    source: str
    """The file of the book that it is made from."""
    blocks: list[Node] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    """Pictures that code made, by the path that their Image names."""
    picture_places: dict[str, Place] = field(default_factory=dict)
    """Where each picture, of the book or made by code, is shown first, by that path."""
    formulas: list[tuple[Formula, Place]] = field(default_factory=list)
    """All formulas, and where they stand."""
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A book as one tab has it: what the writing of a page needs to know of the rest."""

    tab: str
    medium: Medium
    language: Language
    pages: frozenset[str]
    """Names of the pages that are in it."""
    numbers: Mapping[str, PageNumbers]
    targets: Mapping[str, Target]
    references: References
    root: Path
    """The book's folder, links resolved."""
    source: Path
    """The folder of its pages, links resolved."""
    limits: Limits = field(default_factory=Limits)
    """How much of an output is shown."""

    def find_file(self, page: str, link: str) -> str:
        """The path, from the book's folder, of a file that a page names.

        Empty where there is none in the book; nothing from elsewhere is ever found.
        """
        local = local_link(page, link)
        file = file_at(local.path, source=self.source, root=self.root) if local else None
        return file.relative_to(self.root).as_posix() if file else ""

    def address(self, page: str, link: str) -> str:
        """Where a link of a page leads: to an identifier, ``#page#anchor``, or into the web.

        Empty where it leads to what paper doesn't have.
        """
        parts = parts_of(link)
        if not parts or parts.scheme or parts.netloc:
            return link if parts and parts.scheme in _WEB else ""
        local = local_link(page, link)
        name = page_at(local.path, self.pages) if local else page
        if not name:
            return ""
        return f"#{name}#{unquote(parts.fragment)}" if parts.fragment else f"#{name}"
