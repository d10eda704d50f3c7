"""Characters, words, spaces and signs of formulas: elements that seldom hold others."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from d2lbook.pdf.math.elements import (
    APPLY,
    children_of,
    leaves_of,
    text_of,
    unwrapped,
    variant_of,
)
from d2lbook.pdf.math.symbols import (
    BARS,
    CLOSING,
    OPENING,
    bracket,
    characters,
    letter,
    number,
    sized_bracket,
    space,
    space_of,
    word,
)
from d2lbook.pdf.math.writer import Rule, Writer


def _identifier(writer: Writer, element: Element, display: bool) -> str:
    if len(element):
        return writer.content(element, display)
    text = text_of(element)
    if text in BARS:
        return f'class("normal", {BARS[text]})'
    if len(text) > 1:
        return word(text, variant_of(element))
    return letter(text, variant_of(element)) if text.isalpha() else characters(text)


def _number(_writer: Writer, element: Element, _display: bool) -> str:
    return number(text_of(element), variant_of(element))


def _words(_writer: Writer, element: Element, _display: bool) -> str:
    text = text_of(element)
    return space_of(text) or (word(text, variant_of(element)) if text else "")


def _space(_writer: Writer, element: Element, _display: bool) -> str:
    return "\\ " if element.get("linebreak") == "newline" else space(element.get("width", "0em"))


def _sign(writer: Writer, element: Element, display: bool) -> str:
    if len(element):
        return _made_operator(writer, element, display)
    text = text_of(element)
    if text == APPLY:
        return ""
    if size := element.get("minsize"):
        is_bracket = text in OPENING | CLOSING | BARS.keys() | {"/", "\\"}
        return sized_bracket(text, size) if is_bracket else f"stretch({characters(text)})"
    if text in BARS and element.get("stretchy") == "false":
        return f'class("normal", {BARS[text]})'
    return bracket(text) if element.get("fence") == "true" else characters(text)


def _made_operator(writer: Writer, element: Element, display: bool) -> str:
    r"""What ``\mathop`` and its like make a sign of."""
    content = writer.row([unwrapped(child) for child in children_of(element)], display)
    is_name = all(leaf.tag in {"mi", "mtext", "mspace"} for leaf in leaves_of(element))
    return f"op({content})" if is_name else content


RULES: Mapping[str, Rule] = {
    "mi": _identifier,
    "mn": _number,
    "mo": _sign,
    "mspace": _space,
    "mtext": _words,
}
