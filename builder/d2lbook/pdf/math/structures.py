"""What encloses or joins parts of a formula: brackets, fractions, roots, styles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from d2lbook.pdf.math.elements import children_of, is_fence, operands_of, text_of
from d2lbook.pdf.math.symbols import bracket, characters, color, joined
from d2lbook.pdf.math.writer import Rule, Writer


def _group(writer: Writer, element: Element, display: bool) -> str:
    children = children_of(element)
    if len(children) == 1 and children[0].get("separator"):
        # A comma in braces has no space after it.
        return f'class("normal", {characters(text_of(children[0]))})'
    if children and (is_fence(children[0]) or is_fence(children[-1])):
        return _fenced(writer, children, display)
    return writer.row(children, display)


def _fenced(writer: Writer, children: Sequence[Element], display: bool) -> str:
    if _is_binomial(children):
        over, under = map(writer.argument, operands_of(children[1]))
        return f"binom({over}, {under})"
    parts: list[str] = []
    for index, child in enumerate(children):
        if not is_fence(child):
            parts.append(writer.element(child, display))
        elif index in {0, len(children) - 1}:
            parts.append(bracket(text_of(child)))
        else:
            parts.append(f"mid({bracket(text_of(child))})")
    return f"lr({joined(parts)})"


def _is_binomial(children: Sequence[Element]) -> bool:
    if len(children) != 3 or children[1].get("linethickness") != "0px":
        return False
    return text_of(children[0]) == "(" and text_of(children[2]) == ")"


def _fraction(writer: Writer, element: Element, _: bool) -> str:
    over, under = map(writer.argument, operands_of(element))
    if element.get("linethickness") == "0px":
        return f"mat(delim: #none, {over}; {under})"
    return f"frac({over}, {under})"


def _square_root(writer: Writer, element: Element, display: bool) -> str:
    content = writer.content(element, display) or '""'
    return f"sqrt({content})"


def _root(writer: Writer, element: Element, display: bool) -> str:
    radicand, index = operands_of(element)
    return f"root({writer.argument(index)}, {writer.argument(radicand, display)})"


def _style(writer: Writer, element: Element, display: bool) -> str:
    if name := element.get("mathcolor"):
        return f"#text(fill: {color(name)}, ${writer.content(element, display)}$);"
    wants_display = element.get("displaystyle") == "true"
    content = writer.content(element, wants_display)
    if not content:
        return ""
    level = element.get("scriptlevel", "0")
    if level != "0":
        return f"{'script' if level == '1' else 'sscript'}({content})"
    if wants_display == display:
        return content
    return f"{'display' if wants_display else 'inline'}({content})"


def _hidden(writer: Writer, element: Element, display: bool) -> str:
    return f"#hide(${writer.content(element, display)}$);"


def _enclosed(writer: Writer, element: Element, display: bool) -> str:
    content = writer.content(element, display)
    if "strike" in element.get("notation", ""):
        return f"cancel({content})"
    return f"#box(stroke: 0.5pt, inset: 3pt, ${content}$);"


RULES: Mapping[str, Rule] = {
    "menclose": _enclosed,
    "mfrac": _fraction,
    "mpadded": _group,
    "mphantom": _hidden,
    "mroot": _root,
    "mrow": _group,
    "msqrt": _square_root,
    "mstyle": _style,
    "semantics": _group,
}
