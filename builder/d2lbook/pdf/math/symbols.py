"""Characters, words and spaces of formulas in Typst's markup.

Characters are written as themselves, ASCII signs and brackets with a backslash
before them, so nothing in a formula can be taken for markup, and no name of a symbol that
Typst may rename is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category, normalize

OPENING = frozenset("([{⟨⌊⌈")
CLOSING = frozenset(")]}⟩⌋⌉")
BARS = {"∣": "\\|", "|": "\\|", "∥": "‖", "‖": "‖"}
"""Bars that stand for brackets, and what Typst can stretch as one."""
LARGE = frozenset("∑∏∐⋃⋂⨄⨆⋁⋀⨁⨂⨀")
"""Operators whose limits stand above and below in a formula of its own."""

_VARIANTS = {
    "normal": "upright({})",
    "italic": "italic({})",
    "bold": "upright(bold({}))",
    "bold-italic": "bold({})",
    "double-struck": "bb({})",
    "script": "cal({})",
    "bold-script": "bold(cal({}))",
    "fraktur": "frak({})",
    "bold-fraktur": "bold(frak({}))",
    "sans-serif": "upright(std.math.sans({}))",
    "bold-sans-serif": "upright(bold(std.math.sans({})))",
    "sans-serif-italic": "italic(std.math.sans({}))",
    "sans-serif-bold-italic": "bold(std.math.sans({}))",
    "monospace": "std.math.mono({})",
}
_CLASSES = {"⊥": 'class("relation", ⊥)'}
"""Signs between which and their neighbours Typst leaves another space than TeX does."""
_MARKUP = frozenset("⌜⌝⌞⌟⎰⎱√∛∜")
"""Brackets that Unicode doesn't count as such, and roots: they do something in Typst."""
_PRIMES = {2: "″", 3: "‴", 4: "⁗"}
_SPACES = {
    "\u200a": 1 / 18,
    "\u2009": 3 / 18,
    "\u2005": 4 / 18,
    "\u205f": 4 / 18,
    "\u2005\u200a": 5 / 18,
    "\u00a0": 1 / 4,
}
"""How KaTeX writes its spaces, in em; followed by U+2063 they are negative."""
_COLORS = {
    **dict.fromkeys(("cyan", "aqua"), "aqua"),
    **dict.fromkeys(("magenta", "fuchsia"), "fuchsia"),
    **{name: name for name in ("blue", "gray", "green", "lime", "maroon", "navy", "olive")},
    **{name: name for name in ("orange", "purple", "red", "silver", "teal", "white", "yellow")},
}


def joined(parts: Iterable[str]) -> str:
    """Parts of a row, with a space where two would become one name or number.

    Elsewhere a space would be one of the text, if it stands beside words.
    """
    row = ""
    for part in filter(None, parts):
        melts = row and f"a{row[-1]}{part[0]}".isidentifier()
        row += f" {part}" if melts or part[0] == "." else part
    return re.sub("′{2,4}", lambda primes: _PRIMES[len(primes[0])], row)


def string(text: str) -> str:
    """A string of Typst's."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def characters(text: str) -> str:
    """Each character of a sign as itself."""
    composed = normalize("NFC", text)
    return joined(_character(character) for character in composed if not character.isspace())


def _character(text: str) -> str:
    is_markup = text.isascii() and not text.isalnum()
    if is_markup or text in _MARKUP or category(text) in {"Ps", "Pe"}:
        return f"\\{text}"
    return _CLASSES.get(text, text)


def bracket(text: str) -> str:
    """A bracket or a bar that stands for one."""
    return BARS.get(text) or characters(text)


def sized_bracket(text: str, size: str) -> str:
    r"""A bracket of a size of its own: ``\Big[``."""
    kind = "opening" if text in OPENING else "closing" if text in CLOSING else "normal"
    return f'class("{kind}", lr(size: #{size}, {bracket(text)}))'


def letter(text: str, variant: str = "") -> str:
    """One letter in a variant of the alphabet, by default the italics of TeX."""
    # Capital Greek is what Typst sets upright where MathML has italics.
    default = "italic" if "Α" <= text <= "Ω" else ""
    return _VARIANTS.get(variant or default, "{}").format(text)


def number(text: str, variant: str = "") -> str:
    """A number; with thousands marked it is kept together as a word."""
    plain = text if re.fullmatch(r"[0-9]*\.?[0-9]+", text) else string(text)
    return _VARIANTS.get(variant, "{}").format(plain)


def word(text: str, variant: str = "") -> str:
    """Text in a formula; upright needs no saying."""
    plain = string(text.replace("\u00a0", " "))
    return plain if variant == "normal" else _VARIANTS.get(variant, "{}").format(plain)


def space(width: str) -> str:
    """A space of this width: ``0.2em``."""
    return "" if width in {"0em", "0px", "0pt"} else f"#h({width.replace('px', 'pt')});"


def space_of(text: str) -> str:
    """The space that this text of KaTeX's stands for; empty when it is none."""
    sign = -1 if text.endswith("\u2063") else 1
    width = sign * _SPACES.get(text.rstrip("\u2063"), 0)
    return f"#h({width:.4g}em);" if width else ""


def color(name: str) -> str:
    """A colour of CSS; one that Typst doesn't know by name is black."""
    return f"rgb({string(name)})" if name.startswith("#") else _COLORS.get(name, "black")
