"""Fenced blocks with a meaning of their own.

    ```toc         contents   content: the lines; meta: {"entries", "numbered", "max_depth"}
    ```eval_rst    raw_rst    content: reStructuredText

``entries`` are names of pages. They are empty as long as only one cell is known:
``build.py`` takes them from the page.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_KINDS = {"toc": "contents", "eval_rst": "raw_rst"}
_WORD = re.compile(r"[{\s]*\.?([^\s{}]*)")


def fences_plugin(md: MarkdownIt) -> None:
    """Teach the parser these blocks."""
    md.core.ruler.after("block", "fences", _fences)


def language_of(fence: Token) -> str:
    """The language a fence names: `python`, `{.python}` and `{.python .numberLines}` alike."""
    match = _WORD.match(fence.info)
    return match[1].lower() if match else ""


def _fences(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "fence" and (kind := _KINDS.get(language_of(token))):
            token.type, token.tag = kind, ""
            if kind == "contents":
                token.meta = {"entries": [], "numbered": False, "max_depth": None}
