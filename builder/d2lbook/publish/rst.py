"""The tokens of ``eval_rst`` blocks (see ``document/rst/``) → Markdown of a notebook.

Raw HTML, which is there for the pages, is left out. One rule for each kind of token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from d2lbook.document.marks import Mark
from d2lbook.document.model import Kind
from d2lbook.document.syntax import token_of
from d2lbook.publish.inlines import escape


class Words(Protocol):
    """Says what depends on the rest of the book."""

    def reference(self, mark: Mark) -> str: ...

    def citation(self, mark: Mark) -> str: ...

    def contents(self, mark: Mark) -> str: ...

    def address(self, link: str) -> str:
        """Where a link of the page leads; empty where nothing can."""

    def picture(self, source: str) -> str:
        """The address of a picture."""

    def name(self, kind: Kind, token: Token) -> str:
        """ "Figure 3.1.2", or nothing."""

    def number(self, kind: Kind, token: Token) -> str: ...


def rst_markdown(tokens: Sequence[Token], words: Words) -> str:
    """The Markdown of these tokens; empty where nothing of them is for notebooks."""
    return _Writer(words).blocks(SyntaxTreeNode(tokens).children)


class _Writer:
    def __init__(self, words: Words) -> None:
        self.words = words

    def blocks(self, parts: Iterable[SyntaxTreeNode]) -> str:
        written = (_BLOCKS[part.type](self, part) for part in parts if part.type in _BLOCKS)
        return "\n\n".join(filter(None, written))

    def inlines(self, parent: SyntaxTreeNode | None) -> str:
        written = (
            _INLINES[part.type](self, part) if part.type in _INLINES else self.inlines(part)
            for part in (parent.children if parent else ())
        )
        return "".join(written)

    # Blocks.

    def heading(self, part: SyntaxTreeNode) -> str:
        return f"{'#' * int(part.tag[1])} {self.inlines(part)}"

    def bullet_list(self, part: SyntaxTreeNode) -> str:
        return self._items(part, ["-"] * len(part.children))

    def ordered_list(self, part: SyntaxTreeNode) -> str:
        first = int(part.attrs.get("start", 1))
        return self._items(part, [f"{first + index}." for index in range(len(part.children))])

    def _items(self, part: SyntaxTreeNode, marks: Sequence[str]) -> str:
        return "\n".join(
            f"{mark} {_indented(self.blocks(item.children), ' ' * (len(mark) + 1)).lstrip()}"
            for mark, item in zip(marks, part.children, strict=True)
        )

    def quotation(self, part: SyntaxTreeNode) -> str:
        return _indented(self.blocks(part.children), "> ")

    def code(self, part: SyntaxTreeNode) -> str:
        fence = _longer_than(part.content, at_least=3)
        return f"{fence}{part.info}\n{part.content.removesuffix(chr(10))}\n{fence}"

    def equation(self, part: SyntaxTreeNode) -> str:
        number = self.words.number("equation", token_of(part))
        tag = f" \\tag{{{number}}}" if number else ""
        return f"$$\n{part.content}{tag}\n$$"

    def figure(self, part: SyntaxTreeNode) -> str:
        meta = part.meta
        caption = self.inlines(part)
        image = f"![{caption or escape(meta['alt'])}]({self.words.picture(meta['src'])})"
        name = self.words.name("figure", token_of(part))
        return f"{image}\n\n{name}: {caption}" if name else image

    def table_caption(self, part: SyntaxTreeNode) -> str:
        table = part.next_sibling
        name = self.words.name("table", token_of(table)) if table else ""
        return f"{name}: {self.inlines(part)}"

    def table(self, part: SyntaxTreeNode) -> str:
        rows = [
            [self.inlines(cell).replace("|", "\\|") for cell in row.children]
            for group in part.children
            for row in group.children
        ]
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def terms(self, part: SyntaxTreeNode) -> str:
        return "\n\n".join(
            self.inlines(child) if child.type == "dt" else self.quotation(child)
            for child in part.children
            if child.children
        )

    def rule(self, _: SyntaxTreeNode) -> str:
        return "---"

    def contents(self, part: SyntaxTreeNode) -> str:
        return self.words.contents(Mark(0, 0, token_of(part)))

    # Inlines.

    def text(self, part: SyntaxTreeNode) -> str:
        return escape(part.content)

    def code_span(self, part: SyntaxTreeNode) -> str:
        mark = _longer_than(part.content, at_least=1)
        space = " " if "`" in part.content else ""
        return f"{mark}{space}{part.content}{space}{mark}"

    def formula(self, part: SyntaxTreeNode) -> str:
        return f"${part.content}$"

    def html(self, part: SyntaxTreeNode) -> str:
        return part.content

    def line_break(self, _: SyntaxTreeNode) -> str:
        return "<br>"

    def emphasis(self, part: SyntaxTreeNode) -> str:
        return f"*{self.inlines(part)}*"

    def strong(self, part: SyntaxTreeNode) -> str:
        return f"**{self.inlines(part)}**"

    def link(self, part: SyntaxTreeNode) -> str:
        address = self.words.address(str(part.attrs.get("href", "")))
        return f"[{self.inlines(part)}]({address})" if address else self.inlines(part)

    def image(self, part: SyntaxTreeNode) -> str:
        return f"![{escape(part.content)}]({self.words.picture(str(part.attrs['src']))})"

    def reference(self, part: SyntaxTreeNode) -> str:
        return self.words.reference(Mark(0, 0, token_of(part)))

    def citation(self, part: SyntaxTreeNode) -> str:
        return self.words.citation(Mark(0, 0, token_of(part)))


def _indented(text: str, prefix: str) -> str:
    return "\n".join(f"{prefix}{line}".rstrip() for line in text.split("\n"))


def _longer_than(text: str, *, at_least: int) -> str:
    """Backticks that don't stand in the text."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    return "`" * max(at_least, longest + 1)


Rule = Callable[[_Writer, SyntaxTreeNode], str]

_BLOCKS: Mapping[str, Rule] = {
    "blockquote": _Writer.quotation,
    "bullet_list": _Writer.bullet_list,
    "contents": _Writer.contents,
    "dl": _Writer.terms,
    "fence": _Writer.code,
    "figure": _Writer.figure,
    "heading": _Writer.heading,
    "hr": _Writer.rule,
    "math_block": _Writer.equation,
    "ordered_list": _Writer.ordered_list,
    "paragraph": _Writer.inlines,
    "table": _Writer.table,
    "table_caption": _Writer.table_caption,
}

_INLINES: Mapping[str, Rule] = {
    "citation": _Writer.citation,
    "code_inline": _Writer.code_span,
    "em": _Writer.emphasis,
    "hardbreak": _Writer.line_break,
    "html_inline": _Writer.html,
    "image": _Writer.image,
    "link": _Writer.link,
    "math_inline": _Writer.formula,
    "reference": _Writer.reference,
    "strong": _Writer.strong,
    "text": _Writer.text,
}
