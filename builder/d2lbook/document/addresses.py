"""Where the links of a page lead: to another page, to a file of the book, or elsewhere.

A link is as the author wrote it. One that begins with ``/`` begins at the folder of
the pages, any other at that of its page.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlsplit


def parts_of(link: str) -> SplitResult | None:
    """The parts of a link; None where it is no address at all."""
    try:
        return urlsplit(link)
    except ValueError:
        return None


def is_local(link: str) -> bool:
    """Whether a link names neither a scheme nor a host."""
    parts = parts_of(link)
    return parts is not None and not (parts.scheme or parts.netloc)


def is_on_disk(link: str) -> bool:
    """Whether a link leads to a file of the author's machine, ``file:///…``."""
    return link.lower().startswith("file:")


class LocalLink(NamedTuple):
    """What a link to a page or file of the book means."""

    path: str
    """From the folder of the pages. It may begin with ``..``: whether there is such a file, and
    in the book, is for others to say."""
    query: str
    """As it was written."""
    fragment: str


def local_link(here: str, link: str) -> LocalLink | None:
    """What a link of this page means; None where it leads out of the book, or names no path."""
    parts = parts_of(link)
    if not parts or parts.scheme or parts.netloc or not parts.path:
        return None
    path = unquote(parts.path)
    folder = "" if path.startswith("/") else posixpath.dirname(here)
    return LocalLink(
        path=posixpath.normpath(posixpath.join(folder, path.lstrip("/"))),
        query=parts.query,
        fragment=unquote(parts.fragment),
    )


@cache
def relative_address(folder: str, path: str) -> str:
    """How a page in this folder links to a path from the pages' folder."""
    return quote(posixpath.relpath(path, folder or "."))


def beside(here: str, link: str) -> str:
    """A link that begins with ``/`` as one from the page's own folder; others as they are."""
    local = local_link(here, link) if link.startswith("/") else None
    if not local:
        return link
    rest = urlsplit(link)._replace(path="").geturl()
    return relative_address(posixpath.dirname(here), local.path) + rest


def page_at(path: str, pages: Container[str]) -> str | None:
    """The name of the page that a path means, with ``.md``, ``.html`` or neither; or None."""
    name = path.removesuffix(".md").removesuffix(".html")
    return name if name in pages else None


def file_at(path: str, *, source: Path, root: Path) -> Path | None:
    """The file at a path from the pages' folder; None where there is none in the book's folder.

    Links are resolved, so nothing from outside the book is ever found.
    """
    try:
        file = (source / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):  # such a name can't be, or links go in a circle
        return None


def missing_image(here: str, link: str, *, source: Path, root: Path) -> tuple[str, str]:
    """What is wrong with a link of a page to an image that isn't found, and the remedy."""
    if not link:
        return "an image has no address", "name its file, as in ![caption](img/name.png)"
    local = local_link(here, link)
    if is_on_disk(link) or (local and _is_outside(local.path, source=source, root=root)):
        return f"the image '{link}' lies outside the book", "keep a copy in the book's folder"
    return f"the image '{link}' is not there", "mend the path, or add it"


def _is_outside(path: str, *, source: Path, root: Path) -> bool:
    """Whether a path from the pages' folder leads out of the book's, links resolved."""
    try:
        return not (source / path).resolve().is_relative_to(root)
    except (OSError, ValueError, RuntimeError):
        return False
