"""Access to the elements of KaTeX's MathML."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring

APPLY = "\u2061"
"""The sign after the name of a function."""

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


def parse(mathml: str) -> Element:
    """The formula in what KaTeX made; ValueError where there is none."""
    try:
        root = fromstring(mathml[mathml.index("<math") : mathml.rindex("</math>") + 7])
    except SyntaxError as error:
        raise ValueError(f"not MathML: {error}") from error
    return unwrapped(children_of(root)[0])


def children_of(element: Element) -> list[Element]:
    """The child elements, their tags without the namespace, annotations left out."""
    for child in element:
        child.tag = child.tag.removeprefix(_NAMESPACE)
    return [child for child in element if child.tag != "annotation"]


def operands_of(element: Element) -> list[Element]:
    """The children of an element that has a fixed number of them.

    KaTeX leaves the sign after the name of a function among them: ``x_{\\max}``.
    """
    return [child for child in children_of(element) if text_of(child) != APPLY]


def unwrapped(element: Element) -> Element:
    """The element inside groups of one."""
    children = children_of(element)
    while element.tag in {"mrow", "semantics"} and len(children) == 1:
        element, children = children[0], children_of(children[0])
    return element


def leaves_of(element: Element) -> Iterator[Element]:
    """The elements below this one that have no others below them."""
    for child in children_of(element):
        if len(child):
            yield from leaves_of(child)
        else:
            yield child


def text_of(element: Element) -> str:
    """All characters in the element."""
    return "".join(element.itertext())


def variant_of(element: Element) -> str:
    """The alphabet that its letters are from; empty for the usual one."""
    return element.get("mathvariant", "")


def is_fence(element: Element) -> bool:
    r"""Whether it is a bracket that grows with what it encloses: ``\left``, ``\right``."""
    return (
        element.tag == "mo"
        and element.get("fence") == "true"
        and element.get("stretchy") != "false"
        and not element.get("minsize")
    )
