"""Addresses within the site: every link is relative, so the site works from any folder."""

from __future__ import annotations

import posixpath
from functools import cache
from html import escape
from urllib.parse import quote

SUFFIX = ".html"


def page_file(name: str) -> str:
    """The file of a page, relative to the site: ``chapter_x/index.html``."""
    return name + SUFFIX


def address(here: str, file: str, anchor: str = "") -> str:
    """How the page named ``here`` links to a file of the site, or to an anchor in it."""
    fragment = f"#{quote(anchor)}" if anchor else ""
    if file == page_file(here) and fragment:
        return fragment
    return _relative(posixpath.dirname(here), file) + fragment


def redirection(title: str, file: str) -> str:
    """A page of this title that leads on to a file beside it."""
    link = escape(quote(file))
    return (
        f'<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={link}">\n</head>\n'
        f'<body><a href="{link}">{escape(title)}</a></body>\n</html>\n'
    )


@cache
def _relative(folder: str, file: str) -> str:
    return quote(posixpath.relpath(file, folder or "."))
