"""Carries out the directives of a page: labels and sizes find what they are about.

A label names the nearest figure, table or heading above it, however far, in an
earlier cell too; a width or a height is about the figure right above it; an
`eqlabel` names the nearest equation above. After this, ``heading_open`` has
meta {"labels": [str]}, the sizes of a ``figure_open`` are lengths of CSS, and no
``directive`` is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from d2lbook.document.damage import Damage
from d2lbook.document.tables import is_caption

_NAMEABLE = {
    "heading_open": "a heading",
    "figure_open": "a figure",
    "table_open": "a table",
}

_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?)(px|%|em|rem|cm|mm|in|pt)?")


@dataclass(slots=True)
class Attacher:
    """What the directives of one page can refer to, as far as it has been read."""

    named: Token | None = None
    equation: Token | None = None
    figure: Token | None = field(default=None)
    """The figure right above, when nothing but directives stands between."""

    def attach(self, tokens: Sequence[Token]) -> tuple[list[Token], list[Damage]]:
        """The tokens of the page's next cell without directives, and what is wrong with those."""
        damages: list[Damage] = []
        kept: list[Token] = []
        inside_figure = False
        for token in tokens:
            if token.type == "directive":
                line = token.map[0] if token.map else 0
                damages += [
                    Damage(line=line, what=what, remedy=remedy)
                    for what, remedy in self._carry_out(token)
                ]
                if token.meta["name"] == "label" and is_caption(kept[-3:]):
                    what = f"label '{token.meta['value']}' stands at a caption that has no table"
                    remedy = "put the caption right above or below its table"
                    damages.append(Damage(line=line, what=what, remedy=remedy))
                continue
            kept.append(token)
            inside_figure = token.type != "figure_close" and (
                inside_figure or token.type == "figure_open"
            )
            self._see(token, inside_figure)
        return kept, damages

    def _see(self, token: Token, inside_figure: bool) -> None:
        if token.type == "heading_open":
            token.meta = {"labels": []}
        if token.type in _NAMEABLE:
            self.named = token
        if token.type == "figure_open":
            self.figure = token
        elif not inside_figure and token.type != "figure_close":
            self.figure = None
        if token.type == "math_block":
            self.equation = token

    def _carry_out(self, directive: Token) -> Iterator[tuple[str, str]]:
        """Do what the directive says; yields what is wrong with it and the remedy."""
        name, value = directive.meta["name"], directive.meta["value"]
        if name in {"width", "height"}:
            yield from self._resize(name, value)
            return
        target = self.equation if name == "eqlabel" else self.named
        if not target:
            above = "equation" if name == "eqlabel" else "heading, figure or table"
            yield f"label '{value}' has no {above} above it", "put it below what it names"
        elif target.type == "heading_open":
            target.meta["labels"].append(value)
        elif target.meta["label"]:
            what = f"label '{value}' is one too many: '{target.meta['label']}' is named already"
            yield what, "keep one of the two"
        else:
            target.meta["label"] = value

    def _resize(self, name: str, value: str) -> Iterator[tuple[str, str]]:
        length = _LENGTH.fullmatch(value)
        if not self.figure:
            yield f":{name}: has no figure above it", "put it right below an image"
        elif not length:
            yield f":{name}: can't be '{value}'", "write it as 400px or 60%"
        else:
            self.figure.meta[name] = f"{length[1]}{length[2] or 'px'}"
