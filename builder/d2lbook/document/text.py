"""The plain text of inline tokens: for titles of windows, bookmarks and descriptions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from markdown_it.token import Token

_AS_WRITTEN = {"text", "code_inline", "math_inline", "text_special"}


def plain_text(token: Token, spell: Callable[[Token], str] | None = None) -> str:
    """The text below this token, formulas as TeX.

    ``spell`` says what stands for a reference or a citation; without it they are
    left out.
    """
    return " ".join("".join(_pieces(token, spell)).split())


def _pieces(token: Token, spell: Callable[[Token], str] | None) -> Iterator[str]:
    for child in token.children or ():
        if child.type in _AS_WRITTEN:
            yield child.content
        elif child.type in {"softbreak", "hardbreak"}:
            yield " "
        elif child.type in {"reference", "citation"}:
            yield spell(child) if spell else ""
        else:
            yield from _pieces(child, spell)
