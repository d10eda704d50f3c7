"""The plain text of inline tokens: for titles of windows, bookmarks and descriptions."""

from __future__ import annotations

from markdown_it.token import Token

_AS_WRITTEN = {"text", "code_inline", "math_inline", "text_special"}


def plain_text(token: Token) -> str:
    """The text below this token, formulas as TeX, without references and citations."""
    return " ".join("".join(_pieces(token)).split())


def _pieces(token: Token) -> list[str]:
    pieces: list[str] = []
    for child in token.children or ():
        if child.type in _AS_WRITTEN:
            pieces.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            pieces.append(" ")
        elif child.children:
            pieces.extend(_pieces(child))
    return pieces
