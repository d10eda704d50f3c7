"""Addresses within the site: every link is relative, so the site works from any folder."""

from __future__ import annotations

import posixpath
from html import escape
from urllib.parse import quote

from d2lbook.document.addresses import relative_address

SUFFIX = ".html"


def page_file(name: str) -> str:
    """The file of a page, relative to the site: ``chapter_x/index.html``."""
    return name + SUFFIX


def address(here: str, file: str, anchor: str = "", query: str = "") -> str:
    """How the page named ``here`` links to a file of the site, or to an anchor in it."""
    fragment = f"#{quote(anchor)}" if anchor else ""
    if file == page_file(here) and fragment and not query:
        return fragment
    asked = f"?{query}" if query else ""
    return relative_address(posixpath.dirname(here), file) + asked + fragment


def redirection(title: str, file: str) -> str:
    """A page of this title that leads on to a file beside it."""
    link = escape(quote(file))
    return (
        f'<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta http-equiv="refresh" content="0; url={link}">\n</head>\n'
        f'<body><a href="{link}">{escape(title)}</a></body>\n</html>\n'
    )
