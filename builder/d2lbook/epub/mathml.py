"""KaTeX's MathML → MathML as EPUBs may have it."""

from __future__ import annotations

import unicodedata
from functools import cache
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

ElementTree.register_namespace("", _NAMESPACE)


def presentation(markup: str, tex: str) -> str:
    """The ``math`` element in what KaTeX wrote for a formula, with its TeX as what is said of it.

    KaTeX notes the TeX in an annotation, which old e-readers show as a part of the formula;
    and it puts elements into tokens (those of ``stackrel``), where MathML has nothing but text.
    Of alphabets, MathML Core (https://www.w3.org/TR/mathml-core/#the-mathvariant-attribute)
    has only those that are characters of their own.
    """
    math = next(ElementTree.fromstring(markup).iter(f"{{{_NAMESPACE}}}math"))
    for semantics in math.findall(f"{{{_NAMESPACE}}}semantics"):
        math[:] = [semantics[0]]
    for element in math.iter():
        if element.tag in _TOKENS and len(element):
            element.tag = f"{{{_NAMESPACE}}}mrow"
        if element.get("mathvariant") in _ALPHABETS:
            alphabet = element.attrib.pop("mathvariant")
            element.text = "".join(_letter(each, alphabet) for each in element.text or "")
        if not element.get("columnspacing", "0"):
            del element.attrib["columnspacing"]
    math.set("alttext", tex)
    return ElementTree.tostring(math, encoding="unicode")


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
