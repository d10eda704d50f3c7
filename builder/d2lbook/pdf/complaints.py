"""What keeps a PDF from meeting the standard for PDFs that can be read aloud, as problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from d2lbook.book import Place
from d2lbook.config import Config
from d2lbook.errors import Problem

_FEW = 8
"""So many characters are named in a message."""

_UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")


def problems_of(
    complaints: Iterable[tuple[str, str]], pages: Sequence[tuple[str, str]], config: Config
) -> list[Problem]:
    """What kept a PDF from meeting its standard, as problems: all missing characters are one.

    ``complaints`` are Typst's, with the file of the book where that is known; ``pages``
    are all pages, the file and what Typst was given.
    """
    characters: dict[str, None] = {}
    others: list[Problem] = []
    for source, complaint in complaints:
        if character := _unshown(complaint):
            characters[character] = None
        else:
            place = Place(path=source, line=0) if source else None
            others.append(Problem(what=f"the PDF can't be read aloud: {complaint}", place=place))
    if not characters:
        return others
    names = ", ".join(f"'{each}'" for each in list(characters)[:_FEW])
    more = f" and {len(characters) - _FEW} more characters" if len(characters) > _FEW else ""
    what = f"no font has {names}{more}, so the PDF shows boxes"
    remedy = "install a font that does (such as Noto Sans CJK, Noto Emoji), or leave them out"
    place = _find(next(iter(characters)), pages, config)
    return [*others, Problem(what=what, place=place, remedy=remedy)]


def _find(text: str, pages: Sequence[tuple[str, str]], config: Config) -> Place | None:
    """Where a text stands first; line 0 where it is not the file but an output that has it."""
    for source, code in pages:
        if text in code:
            lines = (config.root / source).read_text("utf-8", "replace").split("\n")
            found = (number for number, line in enumerate(lines, 1) if text in line)
            return Place(path=source, line=next(found, 0))
    return None


def _unshown(complaint: str) -> str:
    """What a complaint of Typst's says that no font has; empty where it is about others."""
    found = _UNSHOWN.search(complaint)
    return _ESCAPE.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""
