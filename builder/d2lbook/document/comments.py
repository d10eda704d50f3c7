"""HTML comments: they are the author's own and reach no output."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def comments_plugin(md: MarkdownIt) -> None:
    """Teach the parser to leave comments out."""
    md.core.ruler.after("inline", "comment", _comments)


def _comments(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "html_block":
            token.content = COMMENT.sub("", token.content)
        elif token.children and "<!--" in token.content:
            token.children = [
                child
                for child in token.children
                if child.type != "html_inline" or not COMMENT.fullmatch(child.content)
            ]
    state.tokens = [
        token for token in state.tokens if token.type != "html_block" or token.content.strip()
    ]
