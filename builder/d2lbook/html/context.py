"""What the making of a page needs to know of its book."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from d2lbook.document.citations import References
from d2lbook.document.labels import Target
from d2lbook.document.language import Language
from d2lbook.document.made_with import MadeWith
from d2lbook.document.numbering import PageNumbers
from d2lbook.document.outputs import Limits
from d2lbook.html.addresses import page_file
from d2lbook.html.locally import Package
from d2lbook.html.pictures import BookFile, BookFiles

CARDS = "_cards"
"""Folder of the site for social cards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page in a table of contents."""

    page: str
    number: str
    """``3.1``; empty where the page has none."""
    title: str
    """As HTML."""
    text: str
    """As plain text."""
    children: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of the site that every page needs."""

    file: str
    version: str
    """Changes with the content, so that no browser keeps an old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link in the header, from ``[html] header_links``."""

    text: str
    address: str
    """Where it leads; with a file, what stands behind that: ``?query#fragment``."""
    file: str = ""
    """The file of the site that it leads to; empty where it leads elsewhere."""
    copied: BookFile | None = None
    """The file of the book that this is a copy of, if it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The book, as far as every page shows of it. Immutable, so pages can be made in any order."""

    title: str
    author: str
    release: str
    copyright: str
    language: Language
    tabs: tuple[str, ...]
    """All tabs of the book, the default one first; empty in a book without tabs."""
    contents: Entry
    """The index page; below it the pages of its tables of contents."""
    order: tuple[str, ...]
    """Names of all pages in reading order."""
    entries: Mapping[str, Entry]
    """Every page by name."""
    numbers: Mapping[str, PageNumbers]
    targets: Mapping[str, Target]
    references: References
    bibliography: str
    """Name of the page with the list of references; empty where there is none."""
    files: BookFiles
    limits: Limits = field(default_factory=Limits)
    """How much of an output is shown."""
    trusts_outputs: bool = False
    """Whether HTML that code has put out is shown as it is, scripts and all."""
    links: tuple[Link, ...] = ()
    notebooks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Files of the site with the notebooks of a page (by name), by tab."""
    colab: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Where Colab opens the notebooks of a page (by name), by tab."""
    pdfs: Mapping[str, str] = field(default_factory=dict)
    """Where the PDFs are, by tab, relative to the site's folder."""
    epubs: Mapping[str, str] = field(default_factory=dict)
    """Where the EPUBs are, likewise."""
    packages: Mapping[str, Package] = field(default_factory=dict)
    """The zips with all notebooks, by tab."""
    made_with: Mapping[str, MadeWith] = field(default_factory=dict)
    """What the outputs were made with, by tab, as far as it is known."""
    style_sheets: tuple[Asset, ...] = ()
    scripts: tuple[Asset, ...] = ()
    """What every page loads."""
    logo: str = ""
    """File of the site; empty where the book has none."""
    favicon: str = ""
    discussions: str = ""
    """What the addresses of discussions begin with; empty: none are known as such."""
    embed_discussions: bool = False
    """Whether they can be shown on the page."""
    address: str = ""
    """Where the site will be, with a slash at its end; empty where nobody has said."""
    social_image: str = ""
    """File of the site with the picture for all social cards; empty: each page has its own."""
    search: str = ""
    """Folder of the site with the index for searching; empty where there is none."""

    def url(self, page: str) -> str:
        """The canonical address of a page."""
        return self.address + quote(re.sub(r"(^|/)index\.html$", r"\1", page_file(page)))

    def card(self, page: str) -> str:
        """File of the site with the picture of a page's social card."""
        return self.social_image or f"{CARDS}/{page}.png"
