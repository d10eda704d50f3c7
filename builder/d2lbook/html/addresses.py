"""Addresses within the site: every link is relative, so the site works from any folder."""

from __future__ import annotations

import posixpath
from urllib.parse import quote, unquote, urlsplit

SUFFIX = ".html"


def page_file(name: str) -> str:
    """The file of a page, relative to the site: ``chapter_x/index.html``."""
    return name + SUFFIX


def address(here: str, file: str, anchor: str = "") -> str:
    """How the page named ``here`` links to a file of the site, or to an anchor in it."""
    fragment = f"#{quote(anchor)}" if anchor else ""
    if file == page_file(here) and fragment:
        return fragment
    return quote(posixpath.relpath(file, posixpath.dirname(here) or ".")) + fragment


def local_path(here: str, link: str) -> tuple[str, str] | None:
    """The path, relative to the pages' folder, and the fragment that a link of a page means.

    None where the link leads out of the book, or is a mere fragment. The path
    may begin with ``..``; whether it lies in the book is for the caller to say.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(parts.path)))
    return path, parts.fragment
