"""Code → HTML, coloured by Pygments' lexers.

Only what the style sheet colours gets an element, and neighbours of one colour
share it; Pygments' own formatter writes several times as much.
"""

from __future__ import annotations

from functools import cache
from html import escape
from itertools import groupby

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

_CLASSES = {
    Token.Comment: "c",
    Token.Comment.Preproc: "m",
    Token.Keyword: "k",
    Token.Keyword.Constant: "l",
    Token.Literal.Number: "l",
    Token.Literal.String: "s",
    Token.Literal.String.Escape: "e",
    Token.Literal.String.Interpol: "e",
    Token.Name.Builtin: "b",
    Token.Name.Builtin.Pseudo: "l",
    Token.Name.Class: "f",
    Token.Name.Decorator: "m",
    Token.Name.Exception: "b",
    Token.Name.Function: "f",
    Token.Name.Function.Magic: "f",
    Token.Name.Tag: "k",
    Token.Name.Variable: "b",
    Token.Operator.Word: "k",
    Token.Generic.Prompt: "c",
    Token.Generic.Output: "c",
}
"""Kinds of tokens and the classes of the style sheet; a kind counts for those below it."""


@cache
def highlight(code: str, language: str) -> str:
    """The code as HTML for a ``<pre>``; a language nobody knows is plain text."""
    lexer = _lexer(language)
    if not lexer:
        return escape(code, quote=False)
    runs = groupby(lexer.get_tokens(code), key=lambda pair: _class_of(pair[0]))
    return "".join(_span(name, "".join(text for _, text in run)) for name, run in runs).rstrip("\n")


def _span(name: str, text: str) -> str:
    content = escape(text, quote=False)
    return f'<span class="{name}">{content}</span>' if name else content


@cache
def _class_of(kind: _TokenType) -> str:
    if kind in _CLASSES or not kind.parent:
        return _CLASSES.get(kind, "")
    return _class_of(kind.parent)


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
