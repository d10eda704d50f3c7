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
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from d2lbook.files import write_atomically
from d2lbook.parallel import in_a_copy


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
    drawn = in_a_copy(lambda: _draw(wanted)) if wanted else []
    for card, picture in zip(wanted, drawn, strict=True):
        write_atomically(files[card], picture)
    for file in set(folder.glob("*.png")).difference(files.values()):
        file.unlink(missing_ok=True)
    return [files[card].read_bytes() for card in cards]


def _draw(cards: Sequence[Card]) -> list[bytes]:
    # Only books with an address need it, and it takes a while to import.
    import typst

    values = json.dumps([asdict(card) for card in cards])
    inputs = {"cards": values}
    with (
        resources.as_file(_template()) as template,
        resources.as_file(resources.files("d2lbook.pdf") / "fonts") as fonts,
    ):
        compiler = typst.Compiler(str(template), font_paths=[str(fonts)], sys_inputs=inputs)
        # One page comes as bytes, several as a list of them.
        found: Any = compiler.compile(format="png", ppi=72)
    return [found] if isinstance(found, bytes) else list(found)


def _key(card: Card) -> str:
    text = json.dumps([_look(), asdict(card)])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@cache
def _look() -> str:
    return _template().read_text("utf-8") + metadata.version("typst")


def _template() -> resources.abc.Traversable:
    return resources.files(__package__).joinpath("card.typ")
