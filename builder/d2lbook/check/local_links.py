"""Links within the book: the page, the file and the anchor have to be there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from d2lbook.check.links import Link, anchors_of
from d2lbook.document.addresses import file_at, is_on_disk, local_link, page_at
from d2lbook.document.model import Document
from d2lbook.errors import Problem


def broken_local_links(
    links: Iterable[Link], documents: Mapping[str, Document], *, source: Path, root: Path
) -> Iterator[Problem]:
    """A problem for each of these links that leads to nothing in the book.

    ``documents`` are the book's by page name; ``source`` is the folder of its
    pages and ``root`` its own, both absolute. Links into the web are passed over.
    """
    anchors: dict[str, frozenset[str]] = {}
    for link in links:
        if not link.address:
            what, remedy = "a link or an image has no address", "write where it leads"
            yield Problem(what=what, place=link.place, remedy=remedy)
        elif is_on_disk(link.address):
            what = f"a link leads to '{link.address}', which only your machine has"
            yield Problem(what=what, place=link.place, remedy="put the file into the book")
        elif found := _path(link):
            path, fragment = found
            page = page_at(path, documents)
            if not page and not file_at(path, source=source, root=root):
                what = f"a link leads to '{link.address}', which is not in the book"
                yield Problem(what=what, place=link.place, remedy="mend the path, or add the file")
            elif page and fragment:
                if page not in anchors:
                    anchors[page] = anchors_of(documents[page])
                if fragment not in anchors[page]:
                    yield _no_anchor(link, fragment, documents[page], anchors[page])


def _path(link: Link) -> tuple[str, str] | None:
    """The path that a link means, from the folder of the pages, and the anchor."""
    if link.address.startswith("#"):
        return link.page, unquote(link.address[1:])
    found = local_link(link.page, link.address)
    return (found.path, found.fragment) if found else None


def _no_anchor(link: Link, fragment: str, target: Document, anchors: Iterable[str]) -> Problem:
    near = difflib.get_close_matches(fragment, sorted(anchors), n=1)
    return Problem(
        what=f"a link leads to '#{fragment}', which {target.page.path} doesn't have",
        place=link.place,
        remedy=f"did you mean '#{near[0]}'?" if near else "",
    )
