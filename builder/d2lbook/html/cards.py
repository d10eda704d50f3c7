"""Social cards: the pictures that other sites show beside a link to a page.

Typst draws all that are new in one go (``card.typ``); the others are kept from
earlier builds, each by what is on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from d2lbook.drawing import draw_png
from d2lbook.files import write_atomically

_TEMPLATE = Path(__file__).with_name("card.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is on a card."""

    book: str
    author: str
    number: str
    """Of the page; empty where it has none."""
    title: str
    direction: str


def draw_cards(cards: Sequence[Card], folder: Path) -> list[bytes]:
    """The cards as PNG files; ``folder`` keeps them from build to build.

    Raises OutputError where they can't be kept.
    """
    files = {card: folder / f"{_key(card)}.png" for card in cards}
    wanted = [card for card, file in files.items() if not file.is_file()]
    shown = {"cards": [asdict(card) for card in wanted]}
    drawn = draw_png(_TEMPLATE, shown, ppi=72) if wanted else []
    for card, picture in zip(wanted, drawn, strict=True):
        write_atomically(files[card], picture)
    for file in set(folder.glob("*.png")).difference(files.values()):
        file.unlink(missing_ok=True)
    return [files[card].read_bytes() for card in cards]


def _key(card: Card) -> str:
    text = json.dumps([_look(), asdict(card)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def _look() -> str:
    return _TEMPLATE.read_text("utf-8") + metadata.version("typst")
