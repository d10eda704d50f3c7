"""What a site has beside its pages: the page for what is not there, a sitemap, social cards.

All of it follows from the ``Site`` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from d2lbook.html.addresses import page_file
from d2lbook.html.cards import Card, draw_cards
from d2lbook.html.context import Site
from d2lbook.html.page import MISSING, PageMaker

SITEMAP = "sitemap.xml"
AS_IT_IS = ".nojekyll"
"""Where it is there, GitHub leaves out nothing that begins with ``_``."""


def files_beside(site: Site, cards: Path) -> Mapping[str, str | bytes]:
    """These files by name; ``cards`` is the folder that keeps cards from build to build.

    Without the site's address there are neither a sitemap nor cards, which need it.
    Raises OutputError where cards can't be kept.
    """
    files: dict[str, str | bytes] = {AS_IT_IS: b""}
    if MISSING not in site.entries:  # else the book has its own
        files[page_file(MISSING)] = PageMaker(site).missing()
    if site.address:
        files[SITEMAP] = _sitemap(site)
        files |= _cards(site, cards)
    return files


def _sitemap(site: Site) -> str:
    """https://www.sitemaps.org/protocol.html"""
    pages = "".join(f"<url><loc>{escape(site.url(name))}</loc></url>\n" for name in site.order)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{pages}</urlset>\n'
    )


def _cards(site: Site, folder: Path) -> Iterator[tuple[str, bytes]]:
    if site.social_image:
        return
    cards = [
        Card(
            book=site.title,
            author=site.author,
            number=site.entries[name].number,
            title=site.entries[name].text,
            direction=site.language.direction,
        )
        for name in site.order
    ]
    for name, picture in zip(site.order, draw_cards(cards, folder), strict=True):
        yield site.card(name), picture
