"""The cover of an EPUB: a picture, since that is what e-readers show on their shelves."""

from __future__ import annotations

from pathlib import Path

from d2lbook.drawing import draw_png
from d2lbook.volume.cover import Cover

_TEMPLATE = Path(__file__).with_name("cover.typ")


def draw_cover(cover: Cover) -> bytes:
    """The cover as a PNG of 1200 by 1800 pixels."""
    shown = {
        "title": cover.title,
        "author": cover.author,
        "edition": cover.edition,
        "direction": cover.language.direction,
    }
    (drawn,) = draw_png(_TEMPLATE, {"cover": shown}, ppi=144)
    return drawn
