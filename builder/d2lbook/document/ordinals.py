"""Counts the headings, figures, tables and equations of a page, and gives each its anchor.

Where tabs differ, each of them counts for itself: the figure that PyTorch shows
in one place and the one that JAX shows there instead get the same number, so a
reader of one framework sees no gaps.

How deep a heading is goes by the headings it stands below, not by its number of
``#``: below a page's first heading ``###`` is as deep as ``##``, and so is its tag.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from markdown_it.token import Token

from d2lbook.document.mathjax import own_number
from d2lbook.document.model import Kind, Ordinal
from d2lbook.document.text import plain_text

KINDS: Mapping[str, Kind] = {
    "heading_open": "section",
    "figure_open": "figure",
    "table_open": "table",
    "math_block": "equation",
}


class Counter:
    """The counts of one page, as far as it has been read."""

    def __init__(self, tabs: Iterable[str], labels: Iterable[str]) -> None:
        self._counts: dict[tuple[str, Kind], Ordinal] = {}
        self._tabs = tuple(tabs)
        self._anchors = set(labels)
        self._open: dict[str, list[tuple[int, int]]] = {}
        """By tab, level and depth of the headings that the next heading may stand below."""

    def count(self, tokens: Sequence[Token], tabs: Iterable[str]) -> None:
        """Write anchor, ordinal and a heading's tag into the tokens of the page's next cell."""
        shown = tuple(tabs)
        for index, token in enumerate(tokens):
            if kind := KINDS.get(token.type):
                if token.type == "heading_open":
                    depth = self._nesting(int(token.tag[1]), shown)
                    token.tag = tokens[index + 2].tag = f"h{depth + 1}"
                else:
                    depth = self._depth(token, tokens, index)
                token.meta["ordinal"] = self._next(kind, shown, depth) if depth else ()
                token.meta["anchor"] = self._anchor(kind, token, tokens[index + 1 : index + 2])

    def leave_out(self, tokens: Sequence[Token]) -> None:
        """Write into these tokens that they have no number and no anchor."""
        for token in tokens:
            if token.type in KINDS:
                token.meta |= {"ordinal": (), "anchor": ""}

    def total(self, kind: Kind) -> int:
        """How many of this kind have a number."""
        return max((self._counts.get((tab, kind), (0,))[0] for tab in self._tabs), default=0)

    def _nesting(self, level: int, tabs: tuple[str, ...]) -> int:
        """How many headings a heading stands below, in the tab that has most of them."""
        if not self._open:  # the title, whoever sees it
            self._open = {tab: [(level, 0)] for tab in (*self._tabs, "")}
            return 0
        found = [self._open[tab] for tab in tabs or ("",)]
        for above in found:
            while above and above[-1][0] >= level:
                above.pop()
        depth = max(above[-1][1] + 1 if above else 0 for above in found)
        for above in found:
            above.append((level, depth))
        return depth

    def _depth(self, token: Token, tokens: Sequence[Token], index: int) -> int:
        """Length of the ordinal of what is no heading; 0 for what gets no number."""
        if token.type == "math_block":
            return int(not own_number(token.content))
        is_captioned = (
            bool(tokens[index + 1].content.strip())
            if token.type == "figure_open"
            else index > 0 and tokens[index - 1].type == "table_caption_close"
        )
        return int(is_captioned or bool(token.meta["label"]))

    def _next(self, kind: Kind, tabs: tuple[str, ...], depth: int) -> Ordinal:
        before = (self._counts.get((tab, kind), ()) for tab in tabs)
        filled = ((*counts, *(0,) * depth)[:depth] for counts in before)
        last = max(filled, default=(0,) * depth)
        ordinal = (*last[:-1], last[-1] + 1)
        self._counts.update({(tab, kind): ordinal for tab in tabs})
        return ordinal

    def _anchor(self, kind: Kind, token: Token, following: Sequence[Token]) -> str:
        labels = token.meta["labels"] if kind == "section" else [token.meta["label"]]
        if labels and labels[0]:
            return cast(str, labels[0])
        if kind == "section":
            wanted = slug(plain_text(following[0])) or "section"
        elif token.meta["ordinal"]:
            wanted = f"{kind}-{token.meta['ordinal'][0]}"
        else:
            return ""
        anchor, number = wanted, 1
        while anchor in self._anchors:
            number += 1
            anchor = f"{wanted}-{number}"
        self._anchors.add(anchor)
        return anchor


def slug(text: str) -> str:
    """The words of a text in lower case, joined by hyphens."""
    return re.sub(r"\W+", "-", text.lower()).strip("-")
