"""Marks: which characters of a prose cell are the dialect's, not plain Markdown.

An output that keeps the author's Markdown, as a notebook does, replaces these
places and leaves everything else as it was written. The type of a mark's token
says what stands there:

    reference, citation, footnote_ref, code_inline    a role, or `[^1]`
    link_open, image, html_inline                     a link; an image; a comment
    math_inline, math_block                           an equation with its `$$`, and a label
    attributes                                        `{…}` after an image or a heading
    directive, bibliography, contents, raw_rst        their lines, without the indentation
    html_block                                        the lines of a comment
    footnote_reference_open                           `[^1]:`, and the indentation of later lines
    table_open                                        `:` or `Table:`; nothing without a caption
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from d2lbook.document.spans import walk_inlines
from d2lbook.document.tables import CAPTION

_INLINE = {
    "reference",
    "citation",
    "footnote_ref",
    "code_inline",
    "image",
    "attributes",
    "math_inline",
}
_LINES = {
    "directive": ":",
    "bibliography": ":",
    "contents": "",
    "raw_rst": "",
    "html_block": "<",
    "math_block": "$$",
}
"""Blocks, and what the first of their characters are; fences say it themselves."""

_DEFINITION = re.compile(r"\[\^[^\]\n]*\]:[ \t]*")
_INDENT = re.compile(r"(?: {1,4}|\t)(?=.*\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """One place: these characters of the text, as the parser read it."""

    start: int
    end: int
    token: Token


def marks_plugin(md: MarkdownIt) -> None:
    """Teach the parser to keep the marks, before the other plugins change the tokens."""
    md.core.ruler.after("inline", "marks", _marks)


def _marks(state: StateCore) -> None:
    places = _Places(state.src)
    found = [mark for index in range(len(state.tokens)) for mark in places.of(state.tokens, index)]
    state.env["text"] = state.src
    # What holds others comes first.
    state.env["marks"] = sorted(found, key=lambda mark: (mark.start, -mark.end))


def _position(offset: int, content: str, origins: Sequence[int | None], is_cell: bool) -> int:
    """Where in the text this character of a block's content stands."""
    line = content.count("\n", 0, offset)
    start = content.rfind("\n", 0, offset) + 1
    # A bar in the cell of a table is written with a backslash.
    hidden = content.count("|", start, offset) if is_cell else 0
    return (origins[line] or 0) + offset - start + hidden


class _Places:
    """Finds tokens in the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0, *accumulate(len(line) + 1 for line in self.lines)]
        self._done = 0
        """Where the last cell of a table ended."""

    def of(self, tokens: Sequence[Token], index: int) -> Iterator[Mark]:
        """The marks of the token at this index."""
        token = tokens[index]
        match token.type:
            case "inline":
                is_cell = tokens[index - 1].type in {"th_open", "td_open"}
                yield from self._inlines(token, is_cell)
            case "footnote_reference_open":
                yield from self._footnote(token)
            case "attributes":
                start = self.text.find(token.content, self._start(token))
                yield Mark(start, start + len(token.content), token)
            case "table_caption_open":
                start, end = self._search(CAPTION, token)
                yield Mark(start, end, tokens[index + 3])
            case "table_open" if tokens[index - 1].type != "table_caption_close":
                start = self._start(token)
                yield Mark(start, start, token)
            case kind if kind in _LINES and (kind != "html_block" or "<!--" in token.content):
                yield self._block(token)

    def _start(self, token: Token) -> int:
        return self.starts[(token.map or [0])[0]]

    def _search(self, pattern: re.Pattern[str], token: Token) -> tuple[int, int]:
        """Where the pattern is found first in the token's lines."""
        start = self._start(token)
        found = pattern.search(self.text, start)
        return found.span() if found else (start, start)

    def _block(self, token: Token) -> Mark:
        line = self._start(token)
        start = max(line, self.text.find(_LINES[token.type] or token.markup, line))
        end = self.starts[(token.map or [0, 1])[1]]
        return Mark(start, max(start, len(self.text[:end].rstrip())), token)

    def _footnote(self, token: Token) -> Iterator[Mark]:
        first, end = token.map or (0, 1)
        yield Mark(*self._search(_DEFINITION, token), token)
        for line in range(first + 1, end):
            if indent := _INDENT.match(self.lines[line]):
                yield Mark(self.starts[line], self.starts[line] + indent.end(), token)

    def _inlines(self, token: Token, is_cell: bool) -> Iterator[Mark]:
        inlines = [child for child in walk_inlines(token) if "span" in child.meta]
        if not (inlines or is_cell) or not token.map:
            return
        origins = [
            self._origin(line, piece, is_cell)
            for line, piece in enumerate(token.content.split("\n"), token.map[0])
        ]
        for child in inlines:
            start, end = child.meta.pop("span")
            is_link = child.type == "link_open" and child.markup != "autolink"
            is_comment = child.type == "html_inline" and child.content.startswith("<!--")
            if None not in origins and (is_link or is_comment or child.type in _INLINE):
                yield Mark(
                    _position(start, token.content, origins, is_cell),
                    _position(end, token.content, origins, is_cell),
                    child,
                )

    def _origin(self, line: int, piece: str, is_cell: bool) -> int | None:
        """Where a line of the block's content begins; its indentation may be another one."""
        start, end = self.starts[line], self.starts[line + 1]
        text = piece.strip()
        if is_cell:
            text = text.replace("|", r"\|")
            found = self.text.find(text, max(start, self._done), end)
            self._done = found + len(text)
        else:
            found = self.text.rfind(text, start, end)
        return None if found < 0 else found - (len(piece) - len(piece.lstrip()))
