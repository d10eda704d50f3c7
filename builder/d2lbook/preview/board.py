"""What all browsers are to know: the state of the site, and what is wrong with the book."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from d2lbook.html.folder import MANIFEST
from d2lbook.preview.outcome import Complaint


class News(TypedDict):
    """What every browser is told when it changes."""

    server: str
    """Another one for every server, so that a browser notices when it speaks to a new one."""
    site: int
    """Counts how often pages of the site were written."""
    pictures: int
    """Counts how often files other than pages may have been."""
    busy: str
    """What is being done; empty while nothing is."""
    errors: list[Complaint]
    """Why the site is not built; empty where it is."""
    failures: list[Complaint]
    """Why notebooks are shown without outputs."""
    warnings: list[Complaint]
    unexecuted: dict[str, list[str]]
    """Tabs by page."""
    note: str
    """What is to be said of them all."""


class Board:
    """The news, and who wants to hear them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """The site."""
        self.is_whole = (folder / MANIFEST).is_file()
        """Whether there is one, of a build that has ended."""
        self.listeners: set[Callable[[News], None]] = set()
        self.news: News = {
            "server": secrets.token_hex(8),
            "site": 0,
            "pictures": 0,
            "busy": "",
            "errors": [],
            "failures": [],
            "warnings": [],
            "unexecuted": {},
            "note": "",
        }

    def tell(self) -> None:
        """Tell everybody the news as they are now."""
        for listener in tuple(self.listeners):
            listener(self.news)
