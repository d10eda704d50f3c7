"""The fonts of a PDF: which there are, and which characters none of them has.

The tool brings its own, in ``vendor/print-fonts/`` and inside Typst; they have the scripts of
Europe and the signs of maths. Those of the system are looked at only where a book asks for one
of them, or has characters that ours lack, so that all other books look the same everywhere.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import typst

from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.pdf.markup import literal
from d2lbook.vendored import PRINT_FONTS

FONTS = {
    "serif": ("Libertinus Serif",),
    "sans": ("Source Sans 3", "Libertinus Serif"),
    "mono": ("Source Code Pro", "DejaVu Sans Mono"),
}
"""The fonts of the template, by its names of them; all come with the tool."""

STANDARD: Final = "ua-1"
"""PDF/UA-1, ISO 14289-1: PDFs that can be read aloud. Every character has to have a glyph."""

_COMMON = re.compile(r"[\x00-\u024f–—‘’“”•…]*")


@cache
def installed() -> frozenset[str]:
    """The families, in small letters, that books can ask for on this machine."""
    return frozenset(family.casefold() for family in typst.Fonts().families())


def chosen(config: Config) -> tuple[dict[str, str], list[Problem]]:
    """The fonts that a book asks for, by the template's names; a problem for each not there."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    asked = {"serif": "main_font", "sans": "sans_font", "mono": "mono_font"}
    for name, key in asked.items():
        font = getattr(config.pdf, key)
        if font and font.casefold() in installed():
            found[name] = font
        elif font:
            what = f"[pdf] {key} names '{font}', which is not installed"
            place = config.place("pdf", key)
            problems.append(Problem(what=what, place=place, remedy="install it, or leave it out"))
    return found, problems


def suffice(text: str) -> bool:
    """Whether the tool's own fonts have all characters of a text: it is set, to see."""
    if _COMMON.fullmatch(text):
        return True
    lines = ['#set document(title: "Characters")']
    lines += [f"#{literal(character)}\n" for character in sorted(set(text))]
    compiler = typst.Compiler(font_paths=[PRINT_FONTS], ignore_system_fonts=True)
    try:
        compiler.compile("\n".join(lines).encode(), format="pdf", pdf_standards=[STANDARD])
    except typst.TypstError:
        return False
    return True
