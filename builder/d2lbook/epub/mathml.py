"""KaTeX's MathML → MathML as EPUBs may have it."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_TOKENS = {f"{{{_NAMESPACE}}}{name}" for name in ("mi", "mn", "mo", "mtext")}

_ALPHABETS = {
    "double-struck": ("MATHEMATICAL DOUBLE-STRUCK", "DOUBLE-STRUCK"),
    "fraktur": ("MATHEMATICAL FRAKTUR", "BLACK-LETTER"),
    "monospace": ("MATHEMATICAL MONOSPACE",),
    "sans-serif": ("MATHEMATICAL SANS-SERIF",),
    "script": ("MATHEMATICAL SCRIPT", "SCRIPT"),
}
"""How Unicode's names of the characters of an alphabet begin; bold is left to ``book.css``."""

_OPERATOR = f"{{{_NAMESPACE}}}mo"
_ROW = f"{{{_NAMESPACE}}}mrow"
_SPACE = f"{{{_NAMESPACE}}}mspace"
_TABLE = f"{{{_NAMESPACE}}}mtable"
_ROWS = {f"{{{_NAMESPACE}}}{name}" for name in ("math", "mrow", "mstyle", "mtd")}
"""What has any number of things beside each other."""
_SCRIPTED = {
    f"{{{_NAMESPACE}}}{name}"
    for name in ("msub", "msup", "msubsup", "munder", "mover", "munderover")
}
"""What has a base, which is the first thing in it."""
_APPLICATION = "\u2061"
"""The operator after the name of a function, which shows nothing."""
_THIN = {"width": "0.1667em"}
_TEXT = f"{{{_NAMESPACE}}}mtext"
_MARKUP = re.compile(r"<[^>]*>")

_LONG = 20
"""So many signs fit on a line of a phone."""
_BREAKING = frozenset("=≠≈≡<>≤≥∈→↦∼∝+−±,")
"""Signs after which a formula may be broken."""
_OPENING, _CLOSING, _BARS = frozenset("([{⟨"), frozenset(")]}⟩"), frozenset("|∣‖∥")
"""Signs of which all that stands between two stays together."""

_SIDES = {
    "left": ["text-align:left"],
    "right": ["text-align:right", "text-align:-webkit-right"],
}
"""To Chromium, what is in a cell is a block, which plain ``right`` doesn't move. The middle is
where cells have their contents anyway.
"""
_LENGTH = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(em|ex|px|pt)")

ElementTree.register_namespace("", _NAMESPACE)


def presentation(markup: str, tex: str) -> list[str]:
    """The ``math`` element in what KaTeX wrote for a formula, with its TeX as what is said of it.

    KaTeX notes the TeX in an annotation, which old e-readers show as a part of the formula;
    and it puts elements into tokens (those of ``stackrel``), where MathML has nothing but text.
    Of alphabets, MathML Core (https://www.w3.org/TR/mathml-core/#the-mathvariant-attribute)
    has only those that are characters of their own. Neither has it attributes for the columns
    of tables: their cells say it in styles. Nor breaks it lines: a long formula in a line of
    text comes as several elements, between which the line may be broken. The thin spaces
    that TeX has beside the names of functions are in KaTeX's HTML alone.
    """
    math = next(ElementTree.fromstring(markup).iter(f"{{{_NAMESPACE}}}math"))
    for semantics in math.findall(f"{{{_NAMESPACE}}}semantics"):
        math[:] = [semantics[0]]
    for element in math.iter():
        if element.tag in _TOKENS and len(element):
            element.tag = _ROW
        if element.get("mathvariant") in _ALPHABETS:
            alphabet = element.attrib.pop("mathvariant")
            element.text = "".join(_letter(each, alphabet) for each in element.text or "")
        if not element.get("columnspacing", "0"):
            del element.attrib["columnspacing"]
        if element.tag == _TABLE:
            _style_cells(element)
    for row in [element for element in math.iter() if element.tag in _ROWS]:
        _space_functions(row)
    math.set("alttext", tex)
    parts = [math] if math.get("display") or not is_long(math) else _parts(math)
    return [ElementTree.tostring(part, encoding="unicode") for part in parts]


def is_long(math: ElementTree.Element | str) -> bool:
    """Whether a formula may be wider than a phone, by the number of its signs."""
    signs = _MARKUP.sub("", math) if isinstance(math, str) else "".join(math.itertext())
    return len(signs) > _LONG


def _parts(math: ElementTree.Element) -> list[ElementTree.Element]:
    """The formula, broken after the signs at which TeX breaks one, outside of brackets."""
    row = math[0] if len(math) == 1 and math[0].tag == _ROW else math
    parts: list[list[ElementTree.Element]] = [[]]
    depth, between_bars, before = 0, False, ""
    for element in row:
        sign = element.text or "" if element.tag == _OPERATOR else ""
        depth += (sign in _OPENING) - (sign in _CLOSING)
        between_bars ^= element.text in _BARS
        parts[-1].append(element)
        # A sign after another one, or after nothing, belongs to its number: as in = -1.
        is_between = bool(before) and before not in _BREAKING
        if sign in _BREAKING and is_between and depth == 0 and not between_bars:
            element.set("form", "infix")
            parts.append([])
        before = sign or element.tag
    parts = [part for part in parts if part]
    if len(parts) == 1:
        return [math]
    found = []
    for part in parts:
        shown = ElementTree.Element(math.tag)
        shown.append(ElementTree.Element(_ROW))
        shown[0].extend(part)
        shown.set("alttext", "".join(shown.itertext()))
        found.append(shown)
    return found


def _space_functions(row: ElementTree.Element) -> None:
    """Put a thin space beside each name of a function in this row, where TeX has one.

    That is before and after it, but not where an operator is, nor a bracket that opens:
    log (x), and log x.
    """
    spaced = list(row)[:1]
    for index, (left, right) in enumerate(pairwise(row), start=1):
        if _has_gap(left, right, row[index + 1] if index + 1 < len(row) else None):
            spaced.append(ElementTree.Element(_SPACE, _THIN))
        spaced.append(right)
    row[:] = spaced


def _has_gap(
    left: ElementTree.Element, right: ElementTree.Element, after: ElementTree.Element | None
) -> bool:
    """Whether there is a thin space between two neighbours; ``after`` is that on the right."""
    if right.text == _APPLICATION or _is_blank(left) or _is_blank(right):
        return False
    if _is_function(left):
        return _base(right).tag != _OPERATOR
    is_name = after is not None and after.text == _APPLICATION
    return (is_name or _is_function(right)) and (left.tag != _OPERATOR or left.text in _CLOSING)


def _is_function(element: ElementTree.Element) -> bool:
    """Whether this is the end of a function's name, or a name with its scripts."""
    while element.tag in _SCRIPTED or (element.tag == _ROW and len(element)):
        element = element[0] if element.tag in _SCRIPTED else element[-1]
    return element.text == _APPLICATION


def _base(element: ElementTree.Element) -> ElementTree.Element:
    """What the element begins with."""
    while len(element) and element.tag in _SCRIPTED | _ROWS:
        element = element[0]
    return element


def _is_blank(element: ElementTree.Element) -> bool:
    """Whether this is a space; what has no text but shows something isn't, such as a root."""
    return element.tag == _SPACE or (element.tag == _TEXT and not (element.text or "").strip())


def _style_cells(table: ElementTree.Element) -> None:
    """Say to each cell of a table how it is aligned, and how far it is from its neighbours.

    Both are lists with a value for each column; the last one counts for those after it.
    """
    sides = table.get("columnalign", "").split()
    gaps = [_LENGTH.fullmatch(gap) for gap in table.get("columnspacing", "").split()]
    for row in table:
        for column, cell in enumerate(row):
            styles: list[str] = []
            if sides:
                styles += _SIDES.get(sides[min(column, len(sides) - 1)], ())
            neighbours = {"left": column - 1, "right": column if column < len(row) - 1 else -1}
            for edge, gap in neighbours.items():
                if gap >= 0 and gaps and (length := gaps[min(gap, len(gaps) - 1)]):
                    styles.append(f"padding-{edge}:{float(length[1]) / 2:g}{length[2]}")
            if styles:
                cell.set("style", ";".join(styles))


@cache
def _letter(character: str, alphabet: str) -> str:
    """A letter or digit in this alphabet; as it is where the alphabet lacks it."""
    name = unicodedata.name(character, "").replace("LATIN ", "").replace(" LETTER", "")
    for beginning in _ALPHABETS[alphabet]:
        try:
            return unicodedata.lookup(f"{beginning} {name}")
        except KeyError:
            continue
    return character
