"""Trees of tokens, as markdown-it-py makes them."""

from __future__ import annotations

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode


def token_of(part: SyntaxTreeNode) -> Token:
    """The token that a node is made of, or begins with."""
    if part.token:
        return part.token
    if part.nester_tokens:
        return part.nester_tokens.opening
    raise ValueError("the root is no token")
