"""Pandoc's fenced divs, `::: note`: they are text here, and reported."""

from __future__ import annotations

from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from d2lbook.document.damage import Damage


def divs_plugin(md: MarkdownIt) -> None:
    """Teach the parser to take down lines of colons."""
    md.core.ruler.after("block", "divs", _divs)


def _divs(state: StateCore) -> None:
    state.env["divs"] = [
        Damage(
            line=number,
            what=f"'{line.strip()}' is shown as text",
            remedy="a box begins with :begin_box: TITLE and ends with :end_box:",
        )
        for opening, token in pairwise(state.tokens)
        if opening.type == "paragraph_open" and ":::" in token.content
        for number, line in enumerate(token.content.split("\n"), (token.map or [0])[0])
        if line.strip().startswith(":::")
    ]
