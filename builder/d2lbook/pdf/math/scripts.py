"""Sub- and superscripts, and what stands below and above: limits, accents, braces."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from d2lbook.pdf.math.elements import children_of, operands_of, text_of, unwrapped
from d2lbook.pdf.math.symbols import CLOSING, LARGE, OPENING
from d2lbook.pdf.math.writer import Rule, Writer

_ACCENTS = {
    "^": "hat",
    "~": "tilde",
    "ˉ": "macron",
    "⃗": "arrow",
    "→": "arrow",
    "←": "arrow.l",
    "↔": "arrow.l.r",
    "˙": "dot",
    "¨": "dot.double",
    "⃛": "dot.triple",
    "ˊ": "acute",
    "´": "acute",
    "ˋ": "grave",
    "`": "grave",
    "˘": "breve",
    "ˇ": "caron",
    "˚": "circle",
}
_LINES = {
    "mover": {"‾": "overline", "⏞": "overbrace", "⏠": "overparen", "⎴": "overbracket"},
    "munder": {"‾": "underline", "⏟": "underbrace", "⏡": "underparen", "⎵": "underbracket"},
}
_SIGNS = {
    "msub": "_",
    "munder": "_",
    "msup": "^",
    "mover": "^",
    "msubsup": "_^",
    "munderover": "_^",
}
_ONE = frozenset({"mi", "mn", "mspace", "mtext", "mfrac", "msqrt", "mroot"})
"""Elements that scripts can be attached to as they are."""


def _scripts(writer: Writer, element: Element, display: bool) -> str:
    """Sub- and superscripts, and what stands below and above."""
    base, *scripts = operands_of(element)
    if element.tag in _LINES and (
        decorated := _decorated(writer, element, base, scripts[0], display)
    ):
        return decorated
    markup = _base(writer, base, has_limits="msu" not in element.tag, display=display)
    for sign, script in zip(_SIGNS[element.tag], scripts, strict=True):
        if written := writer.element(script, display=False):
            markup += sign + (
                written if written.isalnum() and len(written) == 1 else f"({written})"
            )
    return markup


def _base(writer: Writer, element: Element, *, has_limits: bool, display: bool) -> str:
    """What scripts are attached to, and whether they stand beside it or above and below."""
    element = unwrapped(element)
    markup, text = writer.element(element, display), text_of(element)
    is_name = markup.startswith("op(")
    if has_limits or (element.tag == "mo" and is_name and display):
        return markup if text in LARGE and display else f"limits({markup})"
    if element.tag == "mo" and not is_name:
        # Typst puts the scripts of relations above and below.
        is_plain = text in OPENING | CLOSING or (text in LARGE and not display)
        return markup if is_plain else f"scripts({markup})"
    is_one = element.tag in _ONE or is_name
    if markup and (is_one or markup.startswith("lr(")):
        return markup
    return f"scripts({writer.argument(element, display)})"


def _decorated(
    writer: Writer, element: Element, base: Element, script: Element, display: bool
) -> str:
    """The base with an accent, a line or a brace; empty where the script is none of these."""
    lines, mark = _LINES[element.tag], text_of(script)
    if script.tag == "mo" and mark in lines:
        return f"{lines[mark]}({writer.argument(base, display)})"
    if script.tag == "mo" and mark in _ACCENTS and element.get("accent"):
        return f"{_ACCENTS[mark]}({writer.argument(base, display)})"
    inner = unwrapped(base)
    if inner.tag == element.tag and text_of(children_of(inner)[1]) in lines:
        return f"{writer.element(inner, display)[:-1]}, {writer.argument(script)})"
    return ""


RULES: Mapping[str, Rule] = dict.fromkeys(_SIGNS, _scripts)
