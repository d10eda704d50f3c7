"""Blocks of a pandoc document → the same, with what the template draws as calls to it.

``volume/page.py`` says what is a figure, an equation, an output; here each of
these becomes raw Typst, a call of a function of ``template.typ``. Pandoc's
writer is left with what it writes well: paragraphs, lists, emphasis, quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from d2lbook.document.katex import Formula
from d2lbook.document.pandoc import Node
from d2lbook.pdf.markup import Raw, arguments, call
from d2lbook.volume import nodes
from d2lbook.volume.nodes import Nodes, node, value_of

_MARKER = re.compile(r"[-+/=]|\d")
_LENGTH = re.compile(r"([\d.]+)(px|%|em|rem|cm|mm|in|pt)")
_POINTS = {"px": 0.75, "pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4}
_SHAPES = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}


class Lowering:
    """Turns the nodes of one PDF into Typst.

    ``targets`` are the identifiers that can be linked to; a link to another is
    plain text. ``formulas`` are the formulas in Typst's markup; those that are
    not among them are shown as they stand in the source. ``pictures`` says
    where the compiler finds each picture.
    """

    def __init__(
        self,
        targets: Iterable[str],
        formulas: Mapping[Formula, str],
        pictures: Mapping[str, str],
    ) -> None:
        self.targets = frozenset(targets)
        self.formulas = formulas
        self.pictures = pictures

    def lower(self, content: Nodes) -> list[Node]:
        """These blocks or inlines for pandoc's Typst writer."""
        return list(nodes.rewritten(content, self._rewrite))

    def _rewrite(self, found: Node) -> Nodes | None:
        write = _WRITERS.get(found["t"])
        return write(self, found) if write else None

    def _call(self, name: str, given: str, *contents: Nodes) -> list[Node]:
        """A call with pieces of content as its last arguments.

        It ends so that no text after it can be taken for its part.
        """
        found = [_inline(f"#{name}({given})" if given else f"#{name}")]
        for content in contents:
            found += [_inline("["), *self._started(content), _inline("]")]
        return [*found, _inline(";")]

    def _started(self, inlines: Nodes) -> list[Node]:
        """Inlines at the start of a line, where a minus or a number could begin a list."""
        is_marker = bool(inlines) and inlines[0]["t"] == "Str" and _MARKER.match(inlines[0]["c"])
        return [*([_inline("\\")] if is_marker else []), *self.lower(inlines)]

    # Blocks.

    def header(self, found: Node) -> Nodes:
        level, attributes, inlines = found["c"]
        marks = [part for part in inlines if _is_mark(part)]
        given = arguments(
            level=level,
            number=value_of(attributes, "number"),
            id=attributes[0],
            also=[mark["c"][0][0] for mark in marks],
        )
        text = [part for part in inlines if not _is_mark(part)]
        return [nodes.plain(self._call("section", given, text))]

    def figure(self, found: Node) -> Nodes:
        attributes, caption, content = found["c"]
        given = arguments(id=attributes[0], name=value_of(attributes, "name"))
        picture = [self._picture(part, "picture") for part in content[0]["c"]]
        return [nodes.plain(self._call("picture-figure", given, picture, _text(caption[1])))]

    def table(self, found: Node) -> Nodes:
        attributes, caption, columns, head, bodies, _ = found["c"]
        given = arguments(
            id=attributes[0],
            name=value_of(attributes, "name"),
            align=[Raw(_SHAPES.get(column[0]["t"], "auto")) for column in columns],
            header=len(head[1]),
        )
        rows = [*head[1], *(row for body in bodies for row in body[3])]
        cells = [_text(cell[4]) for row in rows for cell in row[1]]
        return [nodes.plain(self._call("data-table", given, _text(caption[1]), *cells))]

    def code_block(self, found: Node) -> Nodes:
        (_, classes, _), content = found["c"]
        return [_block(call("listing", content, lang="".join(classes[:1])))]

    def div(self, found: Node) -> Nodes:
        attributes, blocks = found["c"]
        identifier, classes, _ = attributes
        match classes:
            case ["input"]:
                (_, languages, _), content = blocks[0]["c"]
                sticky = Raw("true" if value_of(attributes, "outputs") else "")
                return [_block(call("source", content, lang="".join(languages[:1]), sticky=sticky))]
            case ["output", "picture"]:
                picture = self._picture(blocks[0]["c"][0], "picture")
                return [nodes.plain(self._call("output-box", "", [picture]))]
            case ["output", "formula"]:
                return [nodes.plain(self._call("output-box", "", _text(blocks)))]
            case ["output", kind]:
                return [_block(call("output", blocks[0]["c"][1], kind=kind))]
            case ["fold" | "box" as kind]:
                title = nodes.plain(self._started(_text(blocks[:1])))
                inside = self.lower(blocks[1:])
                return [_block(f"#{kind}-of(["), title, _block("])["), *inside, _block("]")]
            case ["entry"]:
                return [nodes.plain(self._call("entry", arguments(id=identifier), _text(blocks)))]
            case _:
                # What reStructuredText groups.
                return self.lower(blocks)

    def raw(self, found: Node) -> Nodes:
        return [found] if found["c"][0] == "typst" else []

    def rule(self, _: Node) -> Nodes:
        return [_block(call("separator"))]

    def lines(self, found: Node) -> Nodes:
        return [node(found["t"], self._started(found["c"]))]

    # Lines of text.

    def styled(self, found: Node) -> Nodes:
        return self._call(_STYLES[found["t"]], "", found["c"])

    def math(self, found: Node) -> Nodes:
        kind, tex = found["c"]
        return [_inline(self._formula(Formula(tex, kind["t"] == "DisplayMath")))]

    def _formula(self, formula: Formula) -> str:
        markup = self.formulas.get(formula)
        if markup is None:
            return call("unresolved", formula.tex)
        space = " " if formula.display else ""
        return call("formula", formula.tex, Raw(f"${space}{markup}{space}$"))

    def span(self, found: Node) -> Nodes:
        attributes, inlines = found["c"]
        identifier, classes, _ = attributes
        match classes:
            case ["equation"]:
                given = arguments(id=identifier, number=value_of(attributes, "number"))
                return self._call("equation", given, inlines)
            case ["note"]:
                return [*self.lower(inlines), _inline(call("label", identifier))]
            case ["unresolved"]:
                return [_inline(call("unresolved", nodes.plain_text(inlines)))]
            case _ if _is_mark(found):
                return [_inline(call("anchor", identifier))]
            case _:
                return self.lower(inlines)

    def code(self, found: Node) -> Nodes:
        return [_inline(call("raw", found["c"][1]))]

    def link(self, found: Node) -> Nodes:
        (_, classes, _), inlines, (address, _) = found["c"]
        if not address.startswith("#"):
            return self._call("link", arguments(address), inlines)
        if address[1:] not in self.targets:
            return self.lower(inlines)
        label = Raw(f"label({arguments(address[1:])})")
        if classes == ["note"]:
            return [_inline(call("footnote", label))]
        return self._call("link", label, inlines)

    def image(self, found: Node) -> Nodes:
        return [self._picture(found, "inline-picture")]

    def _picture(self, found: Node, function: str) -> Node:
        attributes, description, (address, _) = found["c"]
        alt = nodes.plain_text(description)
        if address not in self.pictures:
            return _inline(call("missing", alt))
        sizes = {name: _length(value_of(attributes, name)) for name in ("width", "height")}
        return _inline(call(function, self.pictures[address], alt=alt, **sizes))


_STYLES = {
    "Emph": "emph",
    "SmallCaps": "smallcaps",
    "Strikeout": "strike",
    "Strong": "strong",
    "Subscript": "sub",
    "Superscript": "super",
    "Underline": "underline",
}
_WRITERS: Mapping[str, Callable[[Lowering, Node], Nodes]] = {
    **dict.fromkeys(_STYLES, Lowering.styled),
    "Code": Lowering.code,
    "CodeBlock": Lowering.code_block,
    "Div": Lowering.div,
    "Figure": Lowering.figure,
    "Header": Lowering.header,
    "HorizontalRule": Lowering.rule,
    "Image": Lowering.image,
    "Link": Lowering.link,
    "Math": Lowering.math,
    "Para": Lowering.lines,
    "Plain": Lowering.lines,
    "RawBlock": Lowering.raw,
    "RawInline": Lowering.raw,
    "Span": Lowering.span,
    "Table": Lowering.table,
}


def _is_mark(found: Node) -> bool:
    """Whether it is nothing but an identifier."""
    return found["t"] == "Span" and bool(found["c"][0][0]) and not found["c"][1]


def _text(blocks: Nodes) -> list[Any]:
    """The inlines of blocks that hold nothing else."""
    found: list[Node] = []
    for block in blocks:
        if found:
            found.append(node("LineBreak"))
        found += block["c"]
    return found


def _inline(markup: str) -> Node:
    return node("RawInline", "typst", markup)


def _block(markup: str) -> Node:
    return node("RawBlock", "typst", markup)


def _length(size: str) -> Raw:
    """A size as CSS writes it, in Typst's words; pixels are those of CSS, 96 to an inch."""
    match = _LENGTH.fullmatch(size)
    if not match:
        return Raw()
    number, unit = float(match[1]), match[2]
    if unit in _POINTS:
        return Raw(f"{number * _POINTS[unit]:g}pt")
    return Raw(f"{number:g}{'em' if unit == 'rem' else unit}")
