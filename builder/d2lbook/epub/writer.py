"""The nodes of a volume → nodes that pandoc writes as XHTML, and the pages made of them.

``volume/page.py`` says what is a figure, an equation, an output. Pandoc knows how paragraphs,
lists and tables are written; here all else becomes a Div of a class that ``book.css`` knows,
code with colours, KaTeX's MathML, and links from file to file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from d2lbook.document.code_pieces import code_pieces
from d2lbook.document.highlight import Run, hanging, highlight_lines
from d2lbook.document.katex import Formula
from d2lbook.document.pandoc import Node
from d2lbook.epub.mathml import is_long, presentation
from d2lbook.volume import nodes
from d2lbook.volume.model import PageTree
from d2lbook.volume.nodes import Nodes, value_of
from d2lbook.volume.trees import identifiers

OTHER_FILES = ("cover", "nav", "title")
"""Names that no page can have, since the EPUB's own have them."""

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no characters for (its production 2)."""

_FITTING = 16
"""So many characters of code fit on any screen, however large a reader's letters are."""
_LONG_CODE = 12
"""Longer code in a line of text may be broken; in tables shorter code too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading, as tables of contents show it."""

    level: int
    text: str
    """With its number."""
    address: str
    """From the folder of the pages."""


@dataclass(slots=True, kw_only=True)
class EpubPage:
    """One page, which is a file of its own."""

    file: str
    headings: list[Heading] = field(default_factory=list)
    blocks: list[Node] = field(default_factory=list)
    """For pandoc's HTML writer."""


class Writer:
    """Rewrites the pages of one EPUB.

    ``formulas`` are the formulas as KaTeX's MathML; those that are not among them are
    shown as they stand in the source. ``pictures`` are the addresses of the pictures, as
    pages name them. A link to what is not in these pages is plain text.
    """

    def __init__(
        self,
        trees: Sequence[PageTree],
        formulas: Mapping[Formula, str],
        pictures: Mapping[str, str],
    ) -> None:
        self.trees = trees
        self.formulas = formulas
        self.pictures = pictures
        self.files = _names([tree.name for tree in trees], "{}.xhtml", OTHER_FILES)
        self.places: dict[str, str] = {}
        """The address of each identifier, from the folder of the pages."""
        for tree in trees:
            names = _names(identifiers([tree]), "{}")
            file = self.files[tree.name]
            self.places |= {each: f"{file}#{name}" for each, name in names.items()}
        self.page = EpubPage(file="")
        self.notes: list[tuple[str, Nodes]] = []
        """The footnotes of the page, by their names."""
        self.in_table = False

    def pages(self) -> Iterator[EpubPage]:
        """The pages, in their order."""
        for tree in self.trees:
            self.page, self.notes = EpubPage(file=self.files[tree.name]), []
            self.page.blocks += self._content(tree.blocks)
            for number, (name, blocks) in enumerate(self.notes, 1):
                self.page.blocks += [
                    _raw("RawBlock", _note_begins(name, number)),
                    *blocks,
                    _raw("RawBlock", "</aside>"),
                ]
            yield self.page

    def _content(self, content: Nodes) -> list[Node]:
        return list(nodes.rewritten(content, self._rewrite))

    def _rewrite(self, found: Node) -> Nodes | None:
        write = _WRITERS.get(found["t"])
        return write(self, found) if write else None

    def _name(self, identifier: str) -> str:
        """The identifier within its file; empty for none."""
        return self.places.get(identifier, "").partition("#")[2]

    # Blocks.

    def header(self, found: Node) -> Nodes:
        level, attributes, inlines = found["c"]
        number = value_of(attributes, "number")
        shown = [nodes.span(nodes.text(number), "", "number"), nodes.node("Space")]
        title = [*(shown if number else []), *self._content(inlines)]
        text = f"{number} {nodes.plain_text(inlines)}".strip()
        address = self.places[attributes[0]]
        self.page.headings.append(Heading(level=level, text=sound(text), address=address))
        return [nodes.header(min(level, 6), title, self._name(attributes[0]))]

    def figure(self, found: Node) -> Nodes:
        attributes, caption, content = found["c"]
        shown = nodes.node(
            "Figure",
            nodes.attributes(self._name(attributes[0])),
            self._caption(attributes, caption),
            self._content(content),
        )
        return [shown]

    def table(self, found: Node) -> Nodes:
        attributes, caption, *rest = found["c"]
        title = self._caption(attributes, caption)
        self.in_table = True
        rest = nodes.rewritten(rest, self._rewrite)
        self.in_table = False
        shown = nodes.node("Table", nodes.attributes(), title, *rest)
        return [nodes.div([shown], self._name(attributes[0]), "table")]

    def _caption(self, attributes: Any, caption: Any) -> Any:
        """The caption with the name before it; none where there is neither."""
        name = value_of(attributes, "name")
        text = [inline for block in caption[1] for inline in self._content(block["c"])]
        shown = [nodes.span(nodes.text(name), "", "name")] if name else []
        gap = [nodes.node("Space")] if name and text else []
        return [None, [nodes.plain([*shown, *gap, *text])] if shown or text else []]

    def code_block(self, found: Node) -> Nodes:
        return [_code(found, "listing")]

    def div(self, found: Node) -> Nodes:
        attributes, blocks = found["c"]
        identifier, classes, _ = attributes
        match classes:
            case ["input"]:
                return [_code(blocks[0], "input")]
            case ["output", "picture" | "prose"]:
                return [nodes.div(self._content(blocks), "", *classes)]
            case ["output", _]:
                return [_code(blocks[0], *classes)]
            case ["fold" | "box" as kind]:
                title = nodes.div(self._content(blocks[:1]), "", "title")
                return [nodes.div([title, *self._content(blocks[1:])], "", kind)]
            case _:
                return [nodes.div(self._content(blocks), self._name(identifier), *classes)]

    def paragraph(self, found: Node) -> Nodes:
        match found["c"]:
            case [{"t": "Span", "c": [attributes, [formula]]}] if "equation" in attributes[1]:
                number = value_of(attributes, "number")
                shown = [nodes.span(nodes.text(number), "", "number")] if number else []
                line = nodes.plain([*shown, *self._content([formula])])
                return [nodes.div([line], self._name(attributes[0]), "equation")]
            case _:
                return [nodes.node(found["t"], self._content(found["c"]))]

    def nothing(self, _: Node) -> Nodes:
        return []

    # Lines of text.

    def text(self, found: Node) -> Nodes:
        return [nodes.node("Str", sound(found["c"]))]

    def code(self, found: Node) -> Nodes:
        code = sound(found["c"][1])
        pieces = code_pieces(code) if self.in_table or len(code) > _LONG_CODE else [code]
        if len(pieces) == 1:
            return [nodes.code(code)]
        shown = "<wbr/>".join(escape(piece, quote=False) for piece in pieces)
        return [_raw("RawInline", f"<code>{shown}</code>")]

    def math(self, found: Node) -> Nodes:
        kind, tex = found["c"]
        formula = Formula(tex, kind["t"] == "DisplayMath")
        if formula not in self.formulas:
            return [nodes.span(self.code(nodes.code(tex)), "", "unresolved")]
        parts = presentation(self.formulas[formula], sound(tex))
        shown = [
            f'<span class="wide">{part}</span>' if formula.display or is_long(part) else part
            for part in parts
        ]
        return [_raw("RawInline", "<wbr/>".join(shown))]

    def span(self, found: Node) -> Nodes:
        (identifier, classes, _), inlines = found["c"]
        name = self._name(identifier)
        if classes == ["note"]:
            return [self._note(name, inlines[0]["c"])]
        kept = [each for each in classes if each in _CLASSES]
        return [nodes.span(self._content(inlines), name, *kept)]

    def _note(self, name: str, blocks: Nodes) -> Node:
        """The mark of a footnote; the note itself comes after all else on the page."""
        number = len(self.notes) + 1
        self.notes.append((name, ()))
        self.notes[number - 1] = name, self._content(blocks)
        return _raw(
            "RawInline",
            f'<a epub:type="noteref" role="doc-noteref" class="note" id="{name}-mark"'
            f' href="#{name}">{number}</a>',
        )

    def link(self, found: Node) -> Nodes:
        (_, classes, _), inlines, (address, _) = found["c"]
        shown = self._content(inlines)
        if address.startswith("#"):
            place = self.places.get(address[1:])
            if not place:
                return shown
            file, _, name = place.partition("#")
            address = f"#{name}" if file == self.page.file else place
        return [nodes.link(shown, address, *classes)]

    def image(self, found: Node) -> Nodes:
        attributes, description, (address, _) = found["c"]
        if address not in self.pictures:
            return [nodes.span(self._content(description), "", "missing")]
        sizes = {name: value_of(attributes, name) for name in ("width", "height")}
        alt = sound(nodes.plain_text(description))
        return [nodes.image(self.pictures[address], alt, **sizes)]


_CLASSES = {"unresolved"}
_WRITERS: Mapping[str, Callable[[Writer, Node], Nodes]] = {
    "Code": Writer.code,
    "CodeBlock": Writer.code_block,
    "Div": Writer.div,
    "Figure": Writer.figure,
    "Header": Writer.header,
    "Image": Writer.image,
    "Link": Writer.link,
    "Math": Writer.math,
    "Para": Writer.paragraph,
    "RawBlock": Writer.nothing,
    "RawInline": Writer.nothing,
    "Span": Writer.span,
    "Str": Writer.text,
    "Table": Writer.table,
}


def _names(identifiers: Sequence[str], form: str, reserved: Sequence[str] = ()) -> dict[str, str]:
    """Names that files and XML allow, each only once, for identifiers that may be anything."""
    names: dict[str, str] = {}
    taken = set(reserved)
    for identifier in identifiers:
        base = re.sub(r"[^a-z0-9]+", "-", identifier.rpartition("#")[2].lower()).strip("-")
        base = base if base[:1].isalpha() else f"id-{base}".strip("-")
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        names[identifier] = form.format(name)
    return names


def _code(block: Node, *classes: str) -> Node:
    """Code with its colours."""
    (_, languages, _), content = block["c"]
    lines = highlight_lines(sound(content), "".join(languages[:1]))
    colored = "\n".join(map(_code_line, lines))
    return _raw("RawBlock", f'<pre class="{" ".join(classes)}"><code>{colored}</code></pre>')


def _code_line(runs: Sequence[Run]) -> str:
    """A line; one that may be too long says how far its rest hangs."""
    colored = "".join(
        f'<span class="{color}">{escape(text, quote=False)}</span>'
        if color
        else escape(text, quote=False)
        for color, text in runs
    )
    by = hanging(runs, _FITTING)
    return f'<span class="{by}">{colored}</span>' if by else colored


def _note_begins(name: str, number: int) -> str:
    """A footnote begins with its number, which leads back to where it is referred to."""
    return (
        f'<aside epub:type="footnote" role="doc-footnote" id="{name}">'
        f'<p class="mark"><a role="doc-backlink" href="#{name}-mark">{number}</a></p>'
    )


def _raw(kind: str, markup: str) -> Node:
    return nodes.node(kind, "html", markup)


def sound(text: str) -> str:
    """The text without what XML can't hold."""
    return _NO_XML.sub("\ufffd", text)
