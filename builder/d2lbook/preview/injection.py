"""Puts the preview's script into pages on their way to the browser; the files stay as they are."""

from __future__ import annotations

from d2lbook.preview.board import News

SCRIPT = "/_preview/preview.js"


def inject(page: bytes, news: News) -> bytes:
    """The page with the script at its end, where it sees the page as it was sent.

    A script without ``defer`` runs before those that have it, so before the page's own.
    """
    marks = " ".join(f'data-{key}="{news[key]}"' for key in ("server", "site", "pictures"))
    script = f'<script src="{SCRIPT}" {marks}></script>\n'.encode()
    end = page.rfind(b"</body>")
    return page[:end] + script + page[end:] if end >= 0 else page + script
