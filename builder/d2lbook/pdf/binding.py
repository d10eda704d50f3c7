"""The parts of a book, each a PDF of its own → one PDF, as if it had been set at once.

Pages and bookmarks are put one after the other, and so is the structure by which a PDF
is read aloud (ISO 32000-1, 14.7); links of one part lead into the others. What the book
is called, and whether it meets a standard, is said by the first part.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import accumulate, chain
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from pikepdf import (
    Array,
    Dictionary,
    Name,
    NameTree,
    NumberTree,
    ObjectStreamMode,
    Pdf,
    String,
)

_MARGIN = 10
"""Points above an anchor that are shown with it, as Typst has it."""

SCHEME = "d2lbook:"
"""With this begins the address of a link within the book; the name of an anchor follows, quoted."""


def address_of(name: str) -> str:
    """The address of an anchor, for links that stand anywhere in the book."""
    return SCHEME + quote(name)


class Anchor(NamedTuple):
    """A place that links lead to."""

    page: int
    """Of the part, from 0."""
    left: float
    """Points from the left edge of the page."""
    top: float
    """Points from its upper edge."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some pages of the book."""

    content: bytes
    """A PDF, as Typst writes it."""
    pages: int
    anchors: Mapping[str, Anchor]


def bind(parts: Sequence[Part], page_name: str) -> bytes:
    """One PDF of all parts. ``page_name`` is what a page is called, with ``{number}`` in it."""
    book, *others = [Pdf.open(BytesIO(part.content)) for part in parts]
    for number, other in enumerate(others, 1):
        _append(book, other, f"{number}.")
    numbers = numbers_of(parts)
    _name_places(book, parts, numbers)
    _resolve_links(book, numbers, page_name)
    _count_pages(book)
    written = BytesIO()
    book.save(
        written,
        object_stream_mode=ObjectStreamMode.generate,
        deterministic_id=True,
        fix_metadata_version=False,  # it would write them anew
    )
    return written.getvalue()


def numbers_of(parts: Sequence[Part]) -> dict[str, int]:
    """For each anchor the number of its page, from 1."""
    first = accumulate((part.pages for part in parts), initial=1)
    return {
        name: start + anchor.page
        for start, part in zip(first, parts, strict=False)
        for name, anchor in part.anchors.items()
    }


def _append(book: Pdf, other: Pdf, prefix: str) -> None:
    """Put the pages of another PDF behind those of the book; ``prefix`` keeps its names apart."""
    structure = book.Root.StructTreeRoot
    first_key = int(structure.ParentTreeNextKey)
    _shift_keys(other, first_key)
    if Name.IDTree in other.Root.StructTreeRoot:
        _rename_elements(other, prefix)
    book.add_pages_from(other)
    # What is copied after the pages refers to their copies.
    _append_structure(book, structure, book.copy_foreign(other.Root.StructTreeRoot), first_key)


def _shift_keys(other: Pdf, first_key: int) -> None:
    """Let pages and their links have the keys of the structure from this one on."""
    for page in other.pages:
        for each in (page.obj, *page.obj.get(Name.Annots, ())):
            for key in (Name.StructParent, Name.StructParents):
                if key in each:
                    each[key] = int(each[key]) + first_key


def _rename_elements(other: Pdf, prefix: str) -> None:
    """Give elements other names, and so wherever they are named: cells name their heads."""
    for each in other.objects:
        if isinstance(each, Dictionary) and each.get(Name.Type) == Name.StructElem:
            if Name.ID in each:
                each.ID = String(f"{prefix}{each.ID}")
            for attributes in each.get(Name.A, ()):
                if Name.Headers in attributes:
                    attributes.Headers = Array(String(f"{prefix}{i}") for i in attributes.Headers)


def _append_structure(book: Pdf, structure: Any, other: Any, first_key: int) -> None:
    """Add the elements of one tree of structure to those of another."""
    (document,), (added,) = structure.K, other.K
    for element in added.K:
        element.P = document
    document.K.extend(added.K)
    owners = NumberTree(structure.ParentTree)
    for key, owner in NumberTree(other.ParentTree).items():
        owners[key + first_key] = owner
    structure.ParentTreeNextKey = first_key + int(other.ParentTreeNextKey)
    roles = (each.get(Name.RoleMap, Dictionary()) for each in (structure, other))
    structure.RoleMap = Dictionary(dict(chain.from_iterable(each.items() for each in roles)))
    if Name.IDTree in other:
        if Name.IDTree not in structure:
            structure.IDTree = NameTree.new(book).obj
        identified = NameTree(structure.IDTree)
        for element in NameTree(other.IDTree).values():
            identified[str(element.ID)] = element


def _name_places(book: Pdf, parts: Sequence[Part], numbers: Mapping[str, int]) -> None:
    """Have the book name its anchors, for the links of others too."""
    names = NameTree.new(book)
    pages = [(page.obj, float(page.mediabox[3])) for page in book.pages]
    for part in parts:
        for name, anchor in part.anchors.items():
            page, height = pages[numbers[name] - 1]
            top = height - max(0, anchor.top - _MARGIN)
            names[name] = Array([page, Name.XYZ, round(anchor.left, 2), round(top, 2), 0])
    book.Root.Names = Dictionary(Dests=names.obj)


def _resolve_links(book: Pdf, numbers: Mapping[str, int], page_name: str) -> None:
    """Let links within the book lead to its anchors."""
    for page in book.pages:
        for link in page.obj.get(Name.Annots, ()):
            address = str(link.A.get(Name.URI, "")) if Name.A in link else ""
            name = unquote(address.removeprefix(SCHEME))
            if address.startswith(SCHEME) and name in numbers:
                del link.A
                link.Dest = String(name)
                link.Contents = String(page_name.replace("{number}", str(numbers[name])))


def _count_pages(book: Pdf) -> None:
    """Let the metadata, which are those of the first part, have the number of all pages."""
    metadata = book.Root.Metadata
    number = str(len(book.pages)).encode()
    metadata.write(re.sub(rb"(?<=<xmpTPg:NPages>)\d+", number, metadata.read_bytes()))
