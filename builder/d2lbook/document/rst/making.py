"""Making tokens: what all rules for docutils' nodes have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from markdown_it.token import Token

from d2lbook.document.damage import Damage
from d2lbook.document.rst.inlines import inline_tokens


def line_of(node: nodes.Node) -> int | None:
    """The line of the text, from 1, where a node stands; None where it doesn't say."""
    own = node.get("at") if isinstance(node, nodes.Element) else None
    return own or node.line


class TokenMaker:
    """Makes tokens that know their lines, and takes down what is wrong.

    ``first`` is the line of the cell, from 0, where the text begins; of a text
    from elsewhere (a docstring), all of it stands at that line.
    """

    def __init__(self, first: int, *, is_from_elsewhere: bool = False) -> None:
        self.damages: list[Damage] = []
        self._first = first
        self._is_from_elsewhere = is_from_elsewhere
        self._line = first

    def go_to(self, line: int | None) -> None:
        """What is made from now on stands at this line of the text, from 1, where that is known."""
        if line:
            self._line = self.line_of(line)

    @property
    def here(self) -> int:
        """The line of the cell, from 0, of what is made now."""
        return self._line

    def line_of(self, line: int) -> int:
        """The line of the cell, from 0, for one of the text, from 1; 0 is unknown."""
        return self._first if self._is_from_elsewhere else self._first + max(line, 1) - 1

    def damage(self, line: int, what: str, remedy: str = "") -> None:
        """Take down, once, what is wrong at a line of the text."""
        # Docutils says some things in several lines.
        found = Damage(line=self.line_of(line), what=" ".join(what.split()), remedy=remedy)
        if found not in self.damages:
            self.damages.append(found)

    def token(self, kind: str, tag: str = "", nesting: Any = 0, **meta: Any) -> Token:
        """A block token."""
        place = [self._line, self._line + 1]
        return Token(kind, tag, nesting, block=True, map=place, meta=meta)

    def around(self, kind: str, tag: str, inner: Iterable[Token], **meta: Any) -> list[Token]:
        """These tokens between an opening and a closing one."""
        opening = self.token(f"{kind}_open", tag, 1, **meta)
        return [opening, *inner, self.token(f"{kind}_close", tag, -1)]

    def line(self, children: Iterable[Token]) -> Token:
        """The text of a paragraph, a heading, the cell of a table."""
        token = self.token("inline")
        token.children = list(children)
        token.content = "".join(child.content for child in token.children)
        return token

    def paragraph(self, children: Iterable[Token]) -> list[Token]:
        """A paragraph of this text."""
        return self.around("paragraph", "p", [self.line(children)])

    def inlines(self, node: nodes.Node | None) -> list[Token]:
        """The inline tokens of what is in this node."""
        return inline_tokens(node.children, self._line) if node else []
