"""Inline tokens of a page → inlines of a pandoc document: a method for each kind."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from d2lbook.book import Cell, Page, Place
from d2lbook.document.addresses import is_local, is_on_disk, missing_image
from d2lbook.document.build import citation_of
from d2lbook.document.katex import Formula
from d2lbook.document.labels import reference_text
from d2lbook.document.pandoc import Node
from d2lbook.document.syntax import token_of
from d2lbook.document.text import plain_text
from d2lbook.errors import Problem
from d2lbook.volume import nodes
from d2lbook.volume.model import PageTree, Volume

NO_BREAK = "\u00a0"
SHOWN = frozenset({".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"})
"""Endings of pictures that both Typst and e-readers show."""

_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


class InlineWriter(ABC):
    """Writes lines of text; ``tree`` gathers formulas and problems of the page."""

    def __init__(self, page: Page, volume: Volume) -> None:
        self.page = page
        self.volume = volume
        self.tree = PageTree(name=page.name, source=page.path)
        self.cell: Cell | None = None
        """The cell that is being written, for the lines of problems."""

    def inlines(self, parent: SyntaxTreeNode) -> list[Node]:
        """The inlines below this node, or below the ``inline`` that is its only child."""
        found: list[Node] = []
        for part in parent.children:
            if part.type == "inline":
                found += self.inlines(part)
            elif write := _WRITERS.get(part.type):
                found += write(self, part)
            elif part.type == "footnote_ref":
                found += self.footnote(token_of(part))
        return found

    @abstractmethod
    def footnote(self, token: Token) -> list[Node]:
        """A reference to a footnote."""

    def picture(self, token: Token, source: str, alt: str, **sizes: str) -> Node:
        """The Image that a page names by ``source``; without a path, and a problem, if it can't."""
        path = self.volume.find_file(self.page.name, source)
        if not path:
            if is_local(source) or is_on_disk(source):
                book = self.volume
                self.warn(
                    token,
                    *missing_image(self.page.name, source, source=book.source, root=book.root),
                )
            else:
                what, remedy = f"the image '{source}' is not in the book", "keep a copy in it"
                self.warn(token, f"{what}, so PDFs and EPUBs can't show it", remedy)
        elif PurePosixPath(path).suffix.lower() not in SHOWN:
            what = f"PDFs and EPUBs can't show the image '{source}'"
            self.warn(token, what, "keep it as SVG, PNG or JPEG")
            path = ""
        if path:
            self.tree.picture_places.setdefault(path, self.place(token))
        return nodes.image(path, alt if path else alt or source, **sizes)

    def formula(self, token: Token) -> Node:
        """The Math of a ``math_inline`` or ``math_block``."""
        display = token.type == "math_block"
        self.tree.formulas.append((Formula(token.content, display), self.place(token)))
        return nodes.math(token.content, display=display)

    def place(self, token: Token) -> Place:
        """Where a token stands."""
        line = self.cell.line_of(token.map[0]) if self.cell and token.map else 0
        return self.page.place(line)

    def warn(self, token: Token, what: str, remedy: str = "") -> None:
        """Take down what is wrong at a token."""
        self.tree.problems.append(Problem(what=what, place=self.place(token), remedy=remedy))

    def identifier(self, anchor: str) -> str:
        """The identifier, in the whole book, of an anchor of this page."""
        return f"{self.page.name}#{anchor}"

    # A method for each kind of token.

    def text(self, part: SyntaxTreeNode) -> list[Node]:
        return nodes.text(part.content)

    def code_span(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.code(part.content)]

    def soft_break(self, _: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("SoftBreak")]

    def hard_break(self, _: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("LineBreak")]

    def html_span(self, part: SyntaxTreeNode) -> list[Node]:
        if _LINE_BREAK.fullmatch(part.content):
            return [nodes.node("LineBreak")]
        return [nodes.node("RawInline", "html", part.content)]

    def emphasis(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("Emph", self.inlines(part))]

    def strong(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("Strong", self.inlines(part))]

    def strikeout(self, part: SyntaxTreeNode) -> list[Node]:
        return [nodes.node("Strikeout", self.inlines(part))]

    def link(self, part: SyntaxTreeNode) -> list[Node]:
        inlines = self.inlines(part)
        address = self.volume.address(self.page.name, str(part.attrs.get("href", "")))
        return [nodes.link(inlines, address)] if address else inlines

    def image(self, part: SyntaxTreeNode) -> list[Node]:
        token = token_of(part)
        return [self.picture(token, str(part.attrs.get("src", "")), plain_text(token))]

    def math(self, part: SyntaxTreeNode) -> list[Node]:
        return [self.formula(token_of(part))]

    def reference(self, part: SyntaxTreeNode) -> list[Node]:
        role, label = part.meta["role"], part.meta["label"]
        target = self.volume.targets.get(label)
        if not target:
            return [nodes.span([nodes.code(label)], "", "unresolved")]
        if role == "ref" and target.caption:
            inlines = self.inlines(SyntaxTreeNode([target.caption]))
        else:
            name = reference_text(role, target, self.volume.language)
            inlines = nodes.text(name.replace(" ", NO_BREAK) if target.number else name)
        place = f"{target.page}#{target.anchor}" if target.anchor else target.page
        return [nodes.link(inlines, f"#{place}")]

    def citation(self, part: SyntaxTreeNode) -> list[Node]:
        citation = citation_of(token_of(part))
        found = self.volume.references.citations.get(citation)
        if not found:
            return [nodes.span(nodes.text(f"[{', '.join(citation.keys)}]"), "", "unresolved")]
        return list(found.inlines)


_WRITERS: Mapping[str, Callable[[InlineWriter, SyntaxTreeNode], list[Node]]] = {
    "citation": InlineWriter.citation,
    "code_inline": InlineWriter.code_span,
    "em": InlineWriter.emphasis,
    "hardbreak": InlineWriter.hard_break,
    "html_inline": InlineWriter.html_span,
    "image": InlineWriter.image,
    "link": InlineWriter.link,
    "math_inline": InlineWriter.math,
    "reference": InlineWriter.reference,
    "s": InlineWriter.strikeout,
    "softbreak": InlineWriter.soft_break,
    "strong": InlineWriter.strong,
    "text": InlineWriter.text,
}
