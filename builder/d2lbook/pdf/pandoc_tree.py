"""One page of a book, as one tab has it → blocks of a pandoc document.

The blocks say what things are, not how they look; so the PDF and other books
on paper or screens can be made from them. Beyond pandoc's own nodes:

    Header       identifier, number ("3.1"), further labels as Spans in its text
    Figure       identifier, name ("Figure 3.1.2"); holds an Image
    Table        likewise
    Para         with one Span .equation: identifier, number ("(3.1.2)"), its Math
    Div .input   CodeBlock of a code cell, how many outputs follow (``outputs.py``)
    Div .entry   one work of the list of references
    Span .note   around a footnote; its identifier is what later references link to

Identifiers are ``page``, for a page as a whole, or ``page#anchor``; links to
them begin with ``#``. An Image names a file of the book by its path from the
book's folder, or the picture of an output; one that is not there has no path.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from d2lbook.book import Cell, Place
from d2lbook.document.build import citation_of
from d2lbook.document.citations import References, anchor
from d2lbook.document.fences import language_of
from d2lbook.document.katex import Formula
from d2lbook.document.labels import Target, number_text, reference_text
from d2lbook.document.language import Language
from d2lbook.document.model import Code, Document, Prose
from d2lbook.document.numbering import PageNumbers
from d2lbook.document.ordinals import KINDS
from d2lbook.document.pandoc import Node
from d2lbook.document.text import plain_text
from d2lbook.errors import Problem
from d2lbook.pdf import nodes
from d2lbook.pdf.outputs import output_blocks
from d2lbook.pdf.rst import rst_blocks

NO_BREAK = "\u00a0"
_SIZE = re.compile(r"\d+(?:\.\d+)?(?:px|%|em|rem|cm|mm|in|pt)?")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """What all pages of one PDF share."""

    tab: str
    language: Language
    pages: frozenset[str]
    """Names of the pages that are in it."""
    numbers: Mapping[str, PageNumbers]
    targets: Mapping[str, Target]
    references: References
    root: Path
    """The book's folder, links resolved."""
    source: Path
    """The folder of its pages, links resolved."""


@dataclass(slots=True, kw_only=True)
class PageTree:
    """What is made of one page."""

    source: str
    """The file of the book that it is made from."""
    blocks: list[Node] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)
    """Pictures that code made, by the path that their Image names."""
    formulas: list[tuple[Formula, Place]] = field(default_factory=list)
    """All formulas, and where they stand."""
    problems: list[Problem] = field(default_factory=list)


def page_tree(document: Document, volume: Volume, level: int) -> PageTree:
    """The blocks of a page; ``level`` is that of its title, 1 for a chapter."""
    return _PageWriter(document, volume, level).write()


class _PageWriter:
    """Writes one page: a method for each kind of token."""

    def __init__(self, document: Document, volume: Volume, level: int) -> None:
        self.document = document
        self.volume = volume
        self.level = level
        self.page = document.page
        self.tree = PageTree(source=self.page.path)
        self._cell: Cell | None = None
        self._noted: set[int] = set()

    def write(self) -> PageTree:
        if not self.document.title:
            name = self.page.name
            title = nodes.text(posixpath.basename(name))
            self.tree.blocks.append(nodes.header(self.level, title, name))
        for block in self.document.select(self.volume.tab):
            if isinstance(block, Prose):
                self.tree.blocks += self._prose(block.tokens, block.cell)
            else:
                self.tree.blocks += self._code_cell(block)
        return self.tree

    def _prose(self, tokens: Sequence[Token], cell: Cell) -> list[Node]:
        outer, self._cell = self._cell, cell
        found = self._blocks(SyntaxTreeNode(tokens).children)
        self._cell = outer
        return found

    def _code_cell(self, block: Code) -> list[Node]:
        cell = block.cell
        outputs = output_blocks(
            block.outputs[self.volume.tab],
            self.tree.pictures,
            self.volume.language.text("output_picture"),
        )
        if not block.shows_source or not cell.source.strip():
            return outputs
        source = [nodes.code_block(cell.source, cell.language)]
        return [nodes.div(source, "", "input", outputs=len(outputs)), *outputs]

    def _place(self, token: Token) -> Place:
        line = self._cell.line_of(token.map[0]) if self._cell and token.map else 0
        return self.page.place(line)

    def _warn(self, token: Token, what: str, remedy: str = "") -> None:
        self.tree.problems.append(Problem(what=what, place=self._place(token), remedy=remedy))

    def _identifier(self, name: str) -> str:
        return f"{self.page.name}#{name}"

    def _number(self, token: Token) -> tuple[int, ...]:
        if "ordinal" not in token.meta:
            return ()
        return self.volume.numbers[self.page.name].of(KINDS[token.type], token.meta["ordinal"])

    def _name(self, token: Token) -> str:
        """ "Figure 3.1.2", or nothing."""
        number = self._number(token)
        if not number:
            return ""
        text = self.volume.language.text(f"{KINDS[token.type]}_number", number=number_text(number))
        return text.replace(" ", NO_BREAK)

    # Blocks.

    def _blocks(self, parts: Iterable[SyntaxTreeNode]) -> list[Node]:
        found: list[Node] = []
        for part in parts:
            if write := _BLOCKS.get(part.type):
                found += write(self, part)
        return found

    def heading(self, part: SyntaxTreeNode) -> list[Node]:
        token = _opening(part)
        is_title = token.tag == "h1" and part.children[0].token is self.document.title
        names = [token.meta["anchor"], *token.meta["labels"]]
        identifiers = [self._identifier(name) for name in dict.fromkeys(names)]
        if is_title:
            identifiers.insert(0, self.page.name)
        number = self._number(token) if is_title or token.tag != "h1" else ()
        marks = [nodes.span([], identifier) for identifier in identifiers[1:]]
        level = self.level + int(token.tag[1]) - 1
        text = [*marks, *self._inlines(part)]
        return [nodes.header(level, text, identifiers[0], number=number_text(number))]

    def paragraph(self, part: SyntaxTreeNode) -> list[Node]:
        inlines = self._inlines(part)
        if not inlines:
            return []
        return [nodes.plain(inlines) if _opening(part).hidden else nodes.paragraph(inlines)]

    def figure(self, part: SyntaxTreeNode) -> list[Node]:
        token = _opening(part)
        meta = token.meta
        picture = self._picture(token, meta["src"], meta["alt"])
        sizes = {name: self._size(token, name) for name in ("width", "height") if meta[name]}
        picture["c"][0] = nodes.attributes("", (), sizes)
        caption = self._inlines(part)
        attributes = nodes.attributes(
            self._identifier(meta["anchor"]), (), {"name": self._name(token)}
        )
        return [
            nodes.node(
                "Figure",
                attributes,
                [None, [nodes.plain(caption)] if caption else []],
                [nodes.plain([picture])],
            )
        ]

    def _size(self, token: Token, name: str) -> str:
        size = str(token.meta[name])
        if not _SIZE.fullmatch(size):
            self._warn(token, f":{name}: can't be '{size}'", "write it as 400px or 60%")
            return ""
        return f"{size}px" if size[-1].isdigit() else size

    def math_block(self, part: SyntaxTreeNode) -> list[Node]:
        token = _opening(part)
        number = number_text(self._number(token))
        identifier = self._identifier(token.meta["anchor"]) if "anchor" in token.meta else ""
        return [
            nodes.paragraph(
                [
                    nodes.span(
                        [self._formula(token)],
                        identifier,
                        "equation",
                        number=f"({number})" if number else "",
                    )
                ]
            )
        ]

    def table(self, part: SyntaxTreeNode) -> list[Node]:
        token = _opening(part)
        caption = _caption(part)
        head, *body = [
            [[*self._row(row)] for row in group.children] for group in part.children
        ] or [[]]
        columns = [
            _ALIGNMENT.get(_alignment(cell), "AlignDefault")
            for cell in part.children[0].children[0].children
        ]
        attributes = nodes.attributes(
            self._identifier(token.meta["anchor"]), (), {"name": self._name(token)}
        )
        return [
            nodes.node(
                "Table",
                attributes,
                [None, [nodes.plain(self._inlines(caption))] if caption else []],
                [[nodes.node(column), nodes.node("ColWidthDefault")] for column in columns],
                [nodes.attributes(), [_table_row(row) for row in head]],
                [[nodes.attributes(), 0, [], [_table_row(row) for rows in body for row in rows]]],
                [nodes.attributes(), []],
            )
        ]

    def _row(self, row: SyntaxTreeNode) -> list[list[Node]]:
        return [self._inlines(cell) for cell in row.children]

    def bullet_list(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("BulletList", [self._blocks(item.children) for item in part.children])]

    def ordered_list(self, part: SyntaxTreeNode) -> list[Node]:
        style = [int(part.attrs.get("start", 1)), nodes.node("Decimal"), nodes.node("Period")]
        items = [self._blocks(item.children) for item in part.children]
        return [nodes.node("OrderedList", style, items)]

    def blockquote(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("BlockQuote", self._blocks(part.children))]

    def fence(self, part: SyntaxTreeNode) -> list[Node]:
        language = language_of(_opening(part)) if part.type == "fence" else ""
        content = _opening(part).content.removesuffix("\n")
        return [nodes.code_block(content, *filter(None, [language]))]

    def rule(self, _: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("HorizontalRule")]

    def html_block(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("RawBlock", "html", part.content)]

    def raw_rst(self, part: SyntaxTreeNode) -> list[Node]:
        return rst_blocks(part.content)

    def bibliography(self, _: SyntaxTreeNode) -> list[Node]:
        return reference_list(self.volume.references)

    # Lines of text.

    def _inlines(self, parent: SyntaxTreeNode) -> list[Node]:
        """The inlines below this node, or below the ``inline`` that is its only child."""
        found: list[Node] = []
        for part in parent.children:
            if part.type == "inline":
                found += self._inlines(part)
            elif write := _INLINES.get(part.type):
                found += write(self, part)
        return found

    def text(self, part: SyntaxTreeNode) -> list[Node]:
        return nodes.text(part.content)

    def code_inline(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.code(part.content)]

    def soft_break(self, _: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("SoftBreak")]

    def hard_break(self, _: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("LineBreak")]

    def html_inline(self, part: SyntaxTreeNode) -> list[Node]:
        if _BREAK.fullmatch(part.content):
            return [nodes.node("LineBreak")]
        return [nodes.node("RawInline", "html", part.content)]

    def emphasis(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("Emph", self._inlines(part))]

    def strong(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("Strong", self._inlines(part))]

    def strikeout(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("Strikeout", self._inlines(part))]

    def link(self, part: SyntaxTreeNode) -> list[Node]:
        inlines = self._inlines(part)
        address = self._address(str(part.attrs.get("href", "")))
        return [nodes.link(inlines, address)] if address else inlines

    def _address(self, href: str) -> str:
        """Where a link leads: a page of the book, an address of the web, or nowhere on paper."""
        try:
            parts = urlsplit(href)
        except ValueError:
            return ""
        if parts.scheme in {"http", "https", "mailto"}:
            return href
        if parts.scheme or parts.netloc:
            return ""
        path = posixpath.normpath(
            posixpath.join(posixpath.dirname(self.page.name), unquote(parts.path))
        )
        name = re.sub(r"\.(?:md|html)$", "", path) if parts.path else self.page.name
        if name not in self.volume.pages:
            return ""
        return f"#{name}#{unquote(parts.fragment)}" if parts.fragment else f"#{name}"

    def image(self, part: SyntaxTreeNode) -> list[Node]:
        token = _opening(part)
        return [self._picture(token, str(part.attrs.get("src", "")), plain_text(token))]

    def _picture(self, token: Token, source: str, alt: str) -> Node:
        path = self._file(source)
        if not path:
            what = f"the image '{source}' is not there"
            if urlsplit(source).scheme:
                what = f"the image '{source}' is not in the book"
            self._warn(token, what, "mend the path, or add it")
        return nodes.image(path, alt or source)

    def _file(self, source: str) -> str:
        """The path, from the book's folder, of a file that the page names; empty without one."""
        folder = self.volume.source / posixpath.dirname(self.page.name)
        path = (folder / unquote(source)).resolve()
        if urlsplit(source).scheme or not path.is_relative_to(self.volume.root):
            return ""
        return path.relative_to(self.volume.root).as_posix() if path.is_file() else ""

    def math_inline(self, part: SyntaxTreeNode) -> list[Node]:
        return [self._formula(_opening(part))]

    def _formula(self, token: Token) -> Node:
        display = token.type == "math_block"
        self.tree.formulas.append((Formula(token.content, display), self._place(token)))
        return nodes.math(token.content, display=display)

    def footnote(self, part: SyntaxTreeNode) -> list[Node]:
        number = part.meta["number"]
        identifier = self._identifier(f"footnote-{number}")
        if number in self._noted:
            return [nodes.link(nodes.text(str(number)), f"#{identifier}", "note")]
        self._noted.add(number)
        note = next(note for note in self.document.footnotes if note.number == number)
        content = nodes.node("Note", self._prose(note.tokens, note.cell))
        return [nodes.span([content], identifier, "note")]

    def reference(self, part: SyntaxTreeNode) -> list[Node]:
        role, label = part.meta["role"], part.meta["label"]
        target = self.volume.targets.get(label)
        if not target:
            return [nodes.span([nodes.code(label)], "", "unresolved")]
        if role == "ref" and target.caption:
            inlines = self._inlines(SyntaxTreeNode([target.caption]))
        else:
            name = reference_text(role, target, self.volume.language)
            inlines = nodes.text(name.replace(" ", NO_BREAK) if role != "ref" else name)
        place = f"{target.page}#{target.anchor}" if target.anchor else target.page
        return [nodes.link(inlines, f"#{place}", "reference")]

    def citation(self, part: SyntaxTreeNode) -> list[Node]:
        citation = citation_of(_opening(part))
        found = self.volume.references.citations.get(citation)
        if not found:
            return [nodes.span(nodes.text(f"[{', '.join(citation.keys)}]"), "", "unresolved")]
        return list(found.inlines)


def reference_list(references: References) -> list[Node]:
    """The list of references."""
    return [
        nodes.div([nodes.paragraph(entry.inlines)], anchor(key), "entry")
        for key, entry in references.entries.items()
    ]


def _opening(part: SyntaxTreeNode) -> Token:
    """The token that a node is made of, or begins with."""
    return part.token if part.token else part.nester_tokens.opening  # type: ignore[union-attr]


_ALIGNMENT = {"left": "AlignLeft", "right": "AlignRight", "center": "AlignCenter"}


def _alignment(cell: SyntaxTreeNode) -> str:
    return str(cell.attrs.get("style", "")).removeprefix("text-align:")


def _caption(table: SyntaxTreeNode) -> SyntaxTreeNode | None:
    before = table.previous_sibling
    return before if before and before.type == "table_caption" else None


def _table_row(cells: Sequence[Sequence[Node]]) -> Node:
    return [  # type: ignore[return-value]
        nodes.attributes(),
        [
            [nodes.attributes(), nodes.node("AlignDefault"), 1, 1, [nodes.plain(cell)]]
            for cell in cells
        ],
    ]


_Write = Callable[[_PageWriter, SyntaxTreeNode], list[Node]]

_BLOCKS: Mapping[str, _Write] = {
    "bibliography": _PageWriter.bibliography,
    "blockquote": _PageWriter.blockquote,
    "bullet_list": _PageWriter.bullet_list,
    "code_block": _PageWriter.fence,
    "fence": _PageWriter.fence,
    "figure": _PageWriter.figure,
    "heading": _PageWriter.heading,
    "hr": _PageWriter.rule,
    "html_block": _PageWriter.html_block,
    "math_block": _PageWriter.math_block,
    "ordered_list": _PageWriter.ordered_list,
    "paragraph": _PageWriter.paragraph,
    "raw_rst": _PageWriter.raw_rst,
    "table": _PageWriter.table,
}
_INLINES: Mapping[str, _Write] = {
    "citation": _PageWriter.citation,
    "code_inline": _PageWriter.code_inline,
    "em": _PageWriter.emphasis,
    "footnote_ref": _PageWriter.footnote,
    "hardbreak": _PageWriter.hard_break,
    "html_inline": _PageWriter.html_inline,
    "image": _PageWriter.image,
    "link": _PageWriter.link,
    "math_inline": _PageWriter.math_inline,
    "reference": _PageWriter.reference,
    "s": _PageWriter.strikeout,
    "softbreak": _PageWriter.soft_break,
    "strong": _PageWriter.strong,
    "text": _PageWriter.text,
}
