"""One page of a book, as one tab has it → blocks of a pandoc document.

The blocks say what things are, not how they look. Beyond pandoc's own nodes:

    Header       identifier, number ("3.1"), further labels as empty Spans in its text
    Figure       identifier, name ("Figure 3.1.2"); holds an Image
    Table        identifier, name
    Para         with one Span .equation: identifier, number ("(3.1.2)"), its Math
    Div .input   the CodeBlock of a code cell; outputs: how many follow (``outputs.py``)
    Div .fold    what pages show on request, .box: what stands in a frame; the first Para
                 of both is the title
    Div .entry   one work of the list of references
    Span .note   around a footnote; later references to it are Links .note

Identifiers are ``page``, for a page as a whole, or ``page#anchor``; links to
them begin with ``#``. An Image names a file of the book by its path from the
book's folder, or the picture of an output; one that is not there has no path.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from d2lbook.book import Cell
from d2lbook.document.citations import References, anchor
from d2lbook.document.fences import language_of
from d2lbook.document.labels import number_text
from d2lbook.document.mathjax import own_number, without_number
from d2lbook.document.model import Code, Document, Framed, Part, Prose
from d2lbook.document.ordinals import KINDS
from d2lbook.document.pandoc import Node
from d2lbook.document.rst.only import shown_in
from d2lbook.document.syntax import token_of
from d2lbook.document.text import plain_text
from d2lbook.volume import nodes
from d2lbook.volume.inlines import NO_BREAK, InlineWriter
from d2lbook.volume.model import PageTree, Volume
from d2lbook.volume.outputs import output_blocks

_ALIGNMENTS = {"left": "AlignLeft", "right": "AlignRight", "center": "AlignCenter"}


def page_tree(document: Document, volume: Volume, level: int) -> PageTree:
    """The blocks of a page; ``level`` is that of its title, 1 for a chapter."""
    return _PageWriter(document, volume, level).write()


def reference_list(references: References) -> list[Node]:
    """The list of references."""
    return [
        nodes.div([nodes.paragraph(entry.inlines)], anchor(key), "entry")
        for key, entry in references.entries.items()
    ]


class _PageWriter(InlineWriter):
    """Writes the blocks of one page: a method for each kind of token."""

    def __init__(self, document: Document, volume: Volume, level: int) -> None:
        super().__init__(document.page, volume)
        self.document = document
        self.level = level
        self._noted: set[int] = set()
        self._open: list[int] = []
        """The levels, in the source, of the headings that the next one may stand below."""

    def write(self) -> PageTree:
        if not self._shows_title():
            self.tree.blocks.append(self._title())
        self.tree.blocks += self._parts(self.document.select(self.volume.tab))
        return self.tree

    def _parts(self, parts: Iterable[Part]) -> list[Node]:
        found: list[Node] = []
        for part in parts:
            match part:
                case Prose():
                    found += self._prose(part.tokens, part.cell)
                case Code():
                    found += self._code_cell(part)
                case Framed():
                    title = self._prose(part.title.tokens, part.title.cell)
                    found.append(nodes.div([*title, *self._parts(part.parts)], "", part.kind))
        return found

    def _shows_title(self) -> bool:
        return any(
            token is self.document.title
            for block in self.document.select(self.volume.tab)
            if isinstance(block, Prose)
            for token in shown_in(self.volume.medium, block.tokens, self.volume.tab)
        )

    def _title(self) -> Node:
        """The heading of a page that shows none here: every page needs one in the contents."""
        title = self.document.title
        text = plain_text(title) if title else posixpath.basename(self.page.name)
        number = number_text(self.volume.numbers[self.page.name].number)
        self._open.append(1)
        return nodes.header(self.level, nodes.text(text), self.page.name, number=number)

    def _prose(self, tokens: Sequence[Token], cell: Cell) -> list[Node]:
        outer, self.cell = self.cell, cell
        shown = shown_in(self.volume.medium, tokens, self.volume.tab)
        found = self._blocks(SyntaxTreeNode(shown).children)
        self.cell = outer
        return found

    def _code_cell(self, block: Code) -> list[Node]:
        cell = block.cell
        outputs = output_blocks(
            block.outputs[self.volume.tab],
            self.tree.pictures,
            lambda tokens: self._prose(tokens, cell),
            self.volume.language,
            self.volume.limits,
        )
        place = self.page.place(cell.line_of(0))
        for found in nodes.walk(outputs):
            if found["t"] == "Image":
                self.tree.picture_places.setdefault(found["c"][2][0], place)
        if not block.shows_source or not cell.source.strip():
            return outputs
        source = [nodes.code_block(cell.source, cell.language)]
        return [nodes.div(source, "", "input", outputs=len(outputs)), *outputs]

    def _blocks(self, parts: Iterable[SyntaxTreeNode]) -> list[Node]:
        found: list[Node] = []
        for part in parts:
            if write := _WRITERS.get(part.type):
                found += write(self, part)
        return found

    def footnote(self, token: Token) -> list[Node]:
        number = token.meta["number"]
        identifier = self.identifier(f"footnote-{number}")
        if number in self._noted:
            return [nodes.link(nodes.text(str(number)), f"#{identifier}", "note")]
        self._noted.add(number)
        note = next(note for note in self.document.footnotes if note.number == number)
        content = nodes.node("Note", self._prose(note.tokens, note.cell))
        return [nodes.span([content], identifier, "note")]

    # What has a number.

    def _number(self, token: Token) -> tuple[int, ...]:
        if "ordinal" not in token.meta:
            return ()
        return self.volume.numbers[self.page.name].of(KINDS[token.type], token.meta["ordinal"])

    def _attributes(self, token: Token) -> list[Any]:
        """Identifier and name ("Figure 3.1.2") of a figure or table."""
        number = number_text(self._number(token))
        name = self.volume.language.text(f"{KINDS[token.type]}_number", number=number)
        shown = name.replace(" ", NO_BREAK) if number else ""
        return nodes.attributes(self._anchor(token), (), {"name": shown})

    def _anchor(self, token: Token) -> str:
        """The identifier of a figure, table or equation; empty where nothing can name it."""
        name = token.meta.get("anchor")
        return self.identifier(name) if name else ""

    def heading(self, part: SyntaxTreeNode) -> list[Node]:
        token = token_of(part)
        is_title = part.children[0].token is self.document.title
        names = dict.fromkeys([token.meta["anchor"], *token.meta["labels"]])
        identifiers = [self.page.name] if is_title else []
        identifiers += map(self.identifier, names)
        # A second heading of the first level has no number of its own.
        number = self._number(token) if is_title or token.tag != "h1" else ()
        text = [nodes.span([], other) for other in identifiers[1:]] + self.inlines(part)
        level = self._level(int(token.tag[1]))
        return [nodes.header(level, text, identifiers[0], number=number_text(number))]

    def _level(self, source: int) -> int:
        """The level of the next heading: one below that before it, however many it skips.

        A screen reader knows headings only by their level.
        """
        while self._open and self._open[-1] >= source:
            self._open.pop()
        self._open.append(source)
        return self.level + len(self._open) - 1

    def figure(self, part: SyntaxTreeNode) -> list[Node]:
        token = token_of(part)
        meta = token.meta
        sizes = {name: meta[name] or "" for name in ("width", "height")}
        picture = self.picture(token, meta["src"], meta["alt"], **sizes)
        caption = _caption(self.inlines(part))
        return [nodes.node("Figure", self._attributes(token), caption, [nodes.plain([picture])])]

    def table(self, part: SyntaxTreeNode) -> list[Node]:
        before = part.previous_sibling
        is_captioned = before is not None and before.type == "table_caption"
        rows = [
            [self.inlines(cell) for cell in row.children]
            for group in part.children
            for row in group.children
        ]
        columns = [
            [nodes.node(_alignment(cell)), nodes.node("ColWidthDefault")]
            for cell in part.children[0].children[0].children
        ]
        return [
            nodes.table(
                self._attributes(token_of(part)),
                _caption(self.inlines(before) if before and is_captioned else []),
                columns,
                rows,
            )
        ]

    def equation(self, part: SyntaxTreeNode) -> list[Node]:
        token = token_of(part)
        number = number_text(self._number(token))
        shown = f"({number})" if number else own_number(token.content)
        formula = self.formula(token.copy(content=without_number(token.content)))
        formula = nodes.span([formula], self._anchor(token), "equation", number=shown)
        return [nodes.paragraph([formula])]

    # Other blocks.

    def paragraph(self, part: SyntaxTreeNode) -> list[Node]:
        inlines = self.inlines(part)
        if not inlines:
            return []
        return [nodes.plain(inlines) if token_of(part).hidden else nodes.paragraph(inlines)]

    def bullet_list(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("BulletList", [self._blocks(item.children) for item in part.children])]

    def ordered_list(self, part: SyntaxTreeNode) -> list[Node]:
        style = [int(part.attrs.get("start", 1)), nodes.node("Decimal"), nodes.node("Period")]
        items = [self._blocks(item.children) for item in part.children]
        return [nodes.node("OrderedList", style, items)]

    def quotation(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("BlockQuote", self._blocks(part.children))]

    def code(self, part: SyntaxTreeNode) -> list[Node]:
        language = language_of(token_of(part)) if part.type == "fence" else ""
        return [nodes.code_block(part.content.removesuffix("\n"), *filter(None, [language]))]

    def rule(self, _: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("HorizontalRule")]

    def html(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("RawBlock", "html", part.content)]

    def terms(self, part: SyntaxTreeNode) -> list[Node]:
        """Terms and what is said of each."""
        items: list[Any] = []
        for child in part.children:
            if child.type == "dt":
                items.append([self.inlines(child), [[]]])
            elif items:
                items[-1][1] = [self._blocks(child.children)]
        return [nodes.node("DefinitionList", items)]

    def bibliography(self, _: SyntaxTreeNode) -> list[Node]:
        return reference_list(self.volume.references)


def _caption(inlines: list[Node]) -> list[Any]:
    """What pandoc calls Caption."""
    return [None, [nodes.plain(inlines)] if inlines else []]


def _alignment(cell: SyntaxTreeNode) -> str:
    style = str(cell.attrs.get("style", ""))
    return _ALIGNMENTS.get(style.removeprefix("text-align:"), "AlignDefault")


_WRITERS: Mapping[str, Callable[[_PageWriter, SyntaxTreeNode], list[Node]]] = {
    "bibliography": _PageWriter.bibliography,
    "blockquote": _PageWriter.quotation,
    "bullet_list": _PageWriter.bullet_list,
    "code_block": _PageWriter.code,
    "dl": _PageWriter.terms,
    "fence": _PageWriter.code,
    "figure": _PageWriter.figure,
    "heading": _PageWriter.heading,
    "hr": _PageWriter.rule,
    "html_block": _PageWriter.html,
    "math_block": _PageWriter.equation,
    "ordered_list": _PageWriter.ordered_list,
    "paragraph": _PageWriter.paragraph,
    "table": _PageWriter.table,
}
