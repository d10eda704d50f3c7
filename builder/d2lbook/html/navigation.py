"""The ways through the book that every page shows: contents, breadcrumbs, neighbours."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from html import escape

from d2lbook.html.addresses import address, page_file
from d2lbook.html.context import Entry, Site


class Navigation:
    """Contents of the book, written once for each folder of pages and marked for each page."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._trails = {
            trail[-1].page: tuple(trail) for trail in _trails(site.contents, [site.contents])
        }
        self._written: dict[str, str] = {}

    def trail(self, page: str) -> tuple[Entry, ...]:
        """The entries from the index page to this page; only itself where no table lists it.

        Empty for what is no page of the book.
        """
        if page in self._trails:
            return self._trails[page]
        return (self.site.entries[page],) if page in self.site.entries else ()

    def contents(self, page: str) -> str:
        """The book's contents as a list, this page marked and what lies above it opened."""
        folder = posixpath.dirname(page)
        if folder not in self._written:
            self._written[folder] = self._list(self.site.contents.children, page)
        html = self._written[folder]
        for entry in self.trail(page):
            html = html.replace(f'<details id="{_identifier(entry)}">', _open(entry), 1)
        link = f'href="{escape(address(page, page_file(page)))}"'
        return html.replace(link, f'{link} aria-current="page"', 1)

    def neighbours(self, page: str) -> tuple[Entry | None, Entry | None]:
        """The pages before and after this one in reading order."""
        order = self.site.order
        index = order.index(page)
        before = self.site.entries[order[index - 1]] if index else None
        after = self.site.entries[order[index + 1]] if index + 1 < len(order) else None
        return before, after

    def _list(self, entries: tuple[Entry, ...], here: str) -> str:
        if not entries:
            return ""
        return f"<ul>\n{''.join(self._item(entry, here) for entry in entries)}</ul>\n"

    def _item(self, entry: Entry, here: str) -> str:
        link = escape(address(here, page_file(entry.page)))
        below = ""
        if entry.children:
            label = escape(self.site.language.text("show_parts", title=entry.text))
            below = (
                f'<details id="{_identifier(entry)}"><summary aria-label="{label}"></summary>\n'
                f"{self._list(entry.children, here)}</details>"
            )
        return (
            f'<li><a href="{link}"><span class="number">{entry.number}</span>'
            f"<span>{entry.title}</span></a>{below}</li>\n"
        )


def _identifier(entry: Entry) -> str:
    return escape(f"contents-{entry.page}")


def _open(entry: Entry) -> str:
    return f'<details id="{_identifier(entry)}" open>'


def _trails(entry: Entry, trail: list[Entry]) -> Iterator[list[Entry]]:
    yield trail
    for child in entry.children:
        yield from _trails(child, [*trail, child])
