"""Rows of a formula's elements: what stands beside what, and the rule for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.etree.ElementTree import Element

from d2lbook.pdf.math.elements import APPLY, children_of, text_of, variant_of
from d2lbook.pdf.math.symbols import joined, word


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes elements; ``display`` is whether they are set as in a formula of its own."""

    rules: Mapping[str, Rule]
    """By the element's name."""

    def element(self, element: Element, display: bool) -> str:
        """One element; ValueError where there is no rule for it."""
        if rule := self.rules.get(element.tag):
            return rule(self, element, display)
        raise ValueError(f"unknown MathML element '{element.tag}'")

    def argument(self, element: Element, display: bool = False) -> str:
        """The element as an argument of a function, which can't be nothing."""
        return self.element(element, display) or '""'

    def content(self, element: Element, display: bool) -> str:
        """All that an element holds."""
        return self.row(children_of(element), display)

    def row(self, elements: Sequence[Element], display: bool) -> str:
        """Elements one after the other."""
        return joined(self._parts(elements, display))

    def _parts(self, elements: Sequence[Element], display: bool) -> Iterator[str]:
        rest = list(elements)
        while rest:
            if letters := _letters(rest):
                yield word("".join(map(text_of, rest[:letters])), variant_of(rest[0]))
                del rest[:letters]
            elif rest[0].tag == "mi" and len(rest) > 1 and text_of(rest[1]) == APPLY:
                yield f"op({word(text_of(rest[0]), variant_of(rest[0]))})"
                del rest[:2]
            else:
                yield self.element(rest.pop(0), display)


Rule: TypeAlias = Callable[[Writer, Element, bool], str]
"""Writes one kind of element: given the writer for those inside it, and ``display``."""


def _letters(elements: Sequence[Element]) -> int:
    r"""How many of the first elements are the letters of one word (``\mathrm{max}``)."""
    variant = variant_of(elements[0])
    if variant not in {"normal", "bold", "sans-serif", "monospace"}:
        return 0
    count = 0
    for element in elements:
        if variant_of(element) != variant or not _is_letter(element):
            break
        count += 1
    return count if count > 1 else 0


def _is_letter(element: Element) -> bool:
    text = text_of(element)
    return element.tag == "mi" and len(text) == 1 and text.isascii() and text.isalpha()
