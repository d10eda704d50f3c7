"""Blocks of a pandoc document → Typst's code, which calls the functions of ``template.typ``.

``volume/page.py`` says what is a figure, an equation, an output; here is a method
for each kind of node. Pandoc can write Typst too, but each of its nodes that a
book has many of would have to be written before; and it takes as long as the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from d2lbook.document.code_pieces import code_pieces
from d2lbook.document.highlight import highlight_lines
from d2lbook.document.katex import Formula
from d2lbook.document.pandoc import Node
from d2lbook.pdf.binding import address_of
from d2lbook.pdf.markup import Raw, call, joined, literal
from d2lbook.volume import nodes
from d2lbook.volume.nodes import Nodes, value_of

_LONG_CODE = 12
"""Longer code in a line of text may be broken."""

_LENGTH = re.compile(r"([\d.]+)(px|%|em|rem|cm|mm|in|pt)")
_POINTS = {"px": 0.75, "pt": 1.0, "in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4}
_SHAPES = {"AlignLeft": "left", "AlignRight": "right", "AlignCenter": "center"}


class Writer:
    """Writes the nodes of one PDF.

    ``targets`` are the identifiers that can be linked to; a link to another is
    plain text. ``formulas`` are the formulas in Typst's markup; those that are
    not among them are shown as they stand in the source. ``pictures`` says
    where the compiler finds each picture; ``quotes`` are the marks around
    quotations, outer and inner ones.
    """

    def __init__(
        self,
        targets: Iterable[str],
        formulas: Mapping[Formula, str],
        pictures: Mapping[str, str],
        quotes: Sequence[str],
    ) -> None:
        self.targets = frozenset(targets)
        self.formulas = formulas
        self.pictures = pictures
        self.quotes = {"DoubleQuote": (quotes[0], quotes[1]), "SingleQuote": (quotes[2], quotes[3])}

    def page(self, blocks: Nodes) -> str:
        """The code of one page, a block in each line."""
        return "\n".join(map(literal, self._pieces(blocks)))

    def contents(self, blocks: Nodes, depth: int) -> Iterator[tuple[str, int, Raw, str]]:
        """The headings that contents list: name, level, number (``none`` for none) and title."""
        for node in nodes.walk(blocks):
            if node["t"] == "Header" and node["c"][0] <= depth:
                level, attributes, inlines = node["c"]
                number = value_of(attributes, "number")
                title = self._title(_without_notes(inlines))
                yield attributes[0], level, Raw(literal(number) if number else "none"), title

    def _title(self, inlines: Nodes) -> str:
        return self._content([part for part in inlines if not _is_mark(part)])

    def _content(self, content: Nodes) -> str:
        """Blocks or inlines as one piece of content."""
        return joined(self._pieces(content))

    def _pieces(self, content: Nodes) -> Iterator[str]:
        for node in content:
            if write := _WRITERS.get(node["t"]):
                yield from write(self, node)

    # Blocks.

    def paragraph(self, node: Node) -> Iterator[str]:
        if _is_equation(node):
            yield from self._pieces(node["c"])
        elif node["c"]:
            yield call("par", self._content(node["c"]))

    def line(self, node: Node) -> Iterator[str]:
        return self._pieces(node["c"])

    def header(self, node: Node) -> Iterator[str]:
        level, attributes, inlines = node["c"]
        plain = _without_notes(inlines)
        yield call(
            "section",
            self._title(plain),
            noted="" if plain == inlines else self._title(inlines),
            level=level,
            number=value_of(attributes, "number"),
            id=attributes[0],
            also=[part["c"][0][0] for part in inlines if _is_mark(part)],
        )

    def figure(self, node: Node) -> Iterator[str]:
        attributes, caption, content = node["c"]
        yield call(
            "picture-figure",
            joined(self._picture(part, "picture") for part in content[0]["c"]),
            self._content(_lines(caption[1])),
            id=attributes[0],
            name=value_of(attributes, "name"),
        )

    def table(self, node: Node) -> Iterator[str]:
        attributes, caption, columns, head, bodies, _ = node["c"]
        rows = [*head[1], *(row for body in bodies for row in body[3])]
        yield call(
            "data-table",
            self._content(_lines(caption[1])),
            *(self._content(_lines(cell[4])) for row in rows for cell in row[1]),
            id=attributes[0],
            name=value_of(attributes, "name"),
            align=[Raw(_SHAPES.get(column[0]["t"], "auto")) for column in columns],
            header=len(head[1]),
        )

    def code_block(self, node: Node) -> Iterator[str]:
        yield call("listing", _code_lines(node))

    def div(self, node: Node) -> Iterator[str]:
        attributes, blocks = node["c"]
        identifier, classes, _ = attributes
        match classes:
            case ["input"]:
                sticky = Raw("true" if value_of(attributes, "outputs") else "")
                yield call("source", _code_lines(blocks[0]), sticky=sticky)
            case ["output", "picture"]:
                yield call("output-box", self._picture(blocks[0]["c"][0], "picture"))
            case ["output", "prose"]:
                yield call("output-box", self._content(blocks))
            case ["output", kind]:
                yield call("output", _code_lines(blocks[0]), kind=kind)
            case ["fold" | "box" as kind]:
                title, inside = _lines(blocks[:1]), blocks[1:]
                yield call(f"{kind}-of", self._content(title), self._content(inside))
            case ["entry"]:
                yield call("entry", self._content(_lines(blocks)), id=identifier)
            case _:
                # What reStructuredText groups.
                if identifier:
                    yield call("anchor", identifier)
                yield from self._pieces(blocks)

    def bullets(self, node: Node) -> Iterator[str]:
        yield call("list", *self._items(node["c"]), tight=_is_tight(node["c"]))

    def numbers(self, node: Node) -> Iterator[str]:
        (start, *_), items = node["c"]
        yield call("enum", *self._items(items), tight=_is_tight(items), start=start)

    def _items(self, items: Iterable[Nodes]) -> Iterator[str]:
        return (self._content(item) for item in items)

    def terms(self, node: Node) -> Iterator[str]:
        items = (
            call("terms.item", self._content(term), self._content([*_flat(said)]))
            for term, said in node["c"]
        )
        yield call("terms", *items, tight=Raw("false"))

    def quotation(self, node: Node) -> Iterator[str]:
        yield call("quote", self._content(node["c"]), block=Raw("true"))

    def rule(self, _: Node) -> Iterator[str]:
        yield call("separator")

    # Lines of text.

    def text(self, node: Node) -> Iterator[str]:
        yield node["c"]

    def space(self, _: Node) -> Iterator[str]:
        yield " "

    def line_break(self, _: Node) -> Iterator[str]:
        yield call("linebreak")

    def styled(self, node: Node) -> Iterator[str]:
        yield call(_STYLES[node["t"]], self._content(node["c"]))

    def quoted(self, node: Node) -> Iterator[str]:
        kind, inlines = node["c"]
        opening, closing = self.quotes[kind["t"]]
        yield opening
        yield from self._pieces(inlines)
        yield closing

    def math(self, node: Node) -> Iterator[str]:
        kind, tex = node["c"]
        is_display = kind["t"] == "DisplayMath"
        markup = self.formulas.get(Formula(tex, is_display))
        if markup is None:
            yield call("unresolved", tex)
            return
        space = " " if is_display else ""
        yield call("formula", tex, Raw(f"${space}{markup}{space}$"))

    def span(self, node: Node) -> Iterator[str]:
        attributes, inlines = node["c"]
        identifier, classes, _ = attributes
        match classes:
            case ["equation"]:
                number = value_of(attributes, "number")
                yield call("equation", self._content(inlines), id=identifier, number=number)
            case ["note"]:
                yield call("note", identifier, joined(self._note(inlines[0]["c"])))
            case ["unresolved"]:
                yield call("unresolved", nodes.plain_text(inlines))
            case _:
                if identifier:
                    yield call("anchor", identifier)
                yield from self._pieces(inlines)

    def _note(self, blocks: Nodes) -> Iterator[str]:
        """A footnote: its first paragraph stands beside its number."""
        first, rest = blocks[:1], blocks[1:]
        yield from self._pieces(_lines(first) if first and first[0]["t"] == "Para" else first)
        yield from self._pieces(rest)

    def code(self, node: Node) -> Iterator[str]:
        code = node["c"][1]
        if len(code) > _LONG_CODE:
            yield call("long-code", code_pieces(code))
        else:
            yield call("raw", code)

    def link(self, node: Node) -> Iterator[str]:
        (_, classes, _), inlines, (address, _) = node["c"]
        if not address.startswith("#"):
            yield call("link", address, self._content(inlines))
        elif address[1:] not in self.targets:
            yield from self._pieces(inlines)
        elif classes == ["note"]:
            yield call("footnote", call("label", address[1:]))
        else:
            yield call("link", address_of(address[1:]), self._content(inlines))

    def image(self, node: Node) -> Iterator[str]:
        yield self._picture(node, "inline-picture")

    def _picture(self, node: Node, function: str) -> Raw:
        attributes, description, (address, _) = node["c"]
        alt = nodes.plain_text(description)
        if address not in self.pictures:
            return call("missing", alt)
        sizes = {name: _length(value_of(attributes, name)) for name in ("width", "height")}
        return call(function, self.pictures[address], alt=alt, **sizes)


_STYLES = {
    "Emph": "emph",
    "SmallCaps": "smallcaps",
    "Strikeout": "strike",
    "Strong": "strong",
    "Subscript": "sub",
    "Superscript": "super",
    "Underline": "underline",
}
_WRITERS: Mapping[str, Callable[[Writer, Node], Iterator[str]]] = {
    **dict.fromkeys(_STYLES, Writer.styled),
    "BlockQuote": Writer.quotation,
    "BulletList": Writer.bullets,
    "Code": Writer.code,
    "CodeBlock": Writer.code_block,
    "DefinitionList": Writer.terms,
    "Div": Writer.div,
    "Figure": Writer.figure,
    "Header": Writer.header,
    "HorizontalRule": Writer.rule,
    "Image": Writer.image,
    "LineBreak": Writer.line_break,
    "Link": Writer.link,
    "Math": Writer.math,
    "OrderedList": Writer.numbers,
    "Para": Writer.paragraph,
    "Plain": Writer.line,
    "Quoted": Writer.quoted,
    "SoftBreak": Writer.space,
    "Space": Writer.space,
    "Span": Writer.span,
    "Str": Writer.text,
    "Table": Writer.table,
}
"""What is not here, such as HTML, is left out."""


def _is_mark(node: Node) -> bool:
    """Whether it is nothing but an identifier."""
    return node["t"] == "Span" and bool(node["c"][0][0]) and not node["c"][1]


def _without_notes(inlines: Nodes) -> list[Node]:
    """A title as contents, running heads and bookmarks repeat it."""
    return [
        part
        for part in inlines
        if not (part["t"] in {"Span", "Link"} and part["c"][0][1] == ["note"])
    ]


def _is_equation(paragraph: Node) -> bool:
    """Whether it holds an equation, which is a block of its own."""
    match paragraph["c"]:
        case [{"t": "Span", "c": [[_, ["equation"], _], _]}]:
            return True
        case _:
            return False


def _is_tight(items: Iterable[Nodes]) -> Raw:
    """Whether the items of a list are lines rather than paragraphs."""
    return Raw("false" if any(item and item[0]["t"] == "Para" for item in items) else "true")


def _flat(parts: Iterable[Nodes]) -> Iterator[Node]:
    for part in parts:
        yield from part


def _lines(blocks: Nodes) -> list[Node]:
    """The inlines of blocks that hold nothing else."""
    found: list[Node] = []
    for block in blocks:
        if found:
            found.append(nodes.node("LineBreak"))
        found += block["c"]
    return found


def _code_lines(block: Node) -> list[str | Sequence[Any]]:
    """The lines of code: a string where it has no colour, else runs of text and (colour, text)."""
    (_, classes, _), content = block["c"]
    lines = highlight_lines(content.expandtabs(4), "".join(classes[:1]))
    return [_plain([(color, text) if color else text for color, text in line]) for line in lines]


def _plain(line: list[Any]) -> str | Sequence[Any]:
    match line:
        case []:
            return ""
        case [str() as text]:
            return text
        case _:
            return line


def _length(size: str) -> Raw:
    """A size as CSS writes it, in Typst's words; pixels are those of CSS, 96 to an inch."""
    match = _LENGTH.fullmatch(size)
    if not match:
        return Raw()
    number, unit = float(match[1]), match[2]
    if unit in _POINTS:
        return Raw(f"{number * _POINTS[unit]:g}pt")
    return Raw(f"{number:g}{'em' if unit == 'rem' else unit}")
