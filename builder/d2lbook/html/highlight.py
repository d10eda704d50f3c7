"""Code → HTML, coloured: Python by ``python_code``, the rest by Pygments' lexers.

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

from d2lbook.html.python_code import highlight_python

_PYTHON = {"python", "python3", "py", "ipython", "ipython3"}
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
    if language in _PYTHON:
        return highlight_python(code)
    lexer = _lexer(language)
    if not lexer:
        return escape(code, quote=False)
    # Some lexers know a comment only by the line break after it.
    tokens = lexer.get_tokens(code + "\n")
    runs = [
        (name, "".join(text for _, text in run))
        for name, run in groupby(tokens, key=lambda pair: _class_of(pair[0]))
    ]
    last, text = runs[-1]
    runs[-1] = (last, text.removesuffix("\n"))
    return "".join(_span(name, text) for name, text in runs)


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
