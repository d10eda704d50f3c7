"""Code → runs of one colour: Python by ``python_code.py``, the rest by Pygments' lexers.

Colours go by names of one letter, of which each output has its own: c comments,
k keywords, s strings, e what is escaped or filled in there, l other literals,
b what is built in, f what is defined here, m decorators and the like; none is
the colour of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import TypeAlias

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from d2lbook.document.python_code import python_runs

_SHELLS = {"Bash", "Bash Session"}
"""Names of lexers that take words for commands, and digits in words for numbers."""
_SHELL_COLORS = {"c", "e", "k", "s"}
_WORD_END = re.compile(r"[\w.\-+=/:@%~,#]")
"""What goes on with a word of a shell, where it stands before or after one."""

_PYTHON = {"python", "python3", "py", "ipython", "ipython3"}
_COLORS = {
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
"""Kinds of tokens and the names of their colours; a kind counts for those below it."""

_FILLING = 800
"""A line of so many characters may fill a page of a phone, and has to be broken between pages."""
_LARGEST_HANGING = 20
"""What hangs keeps some room on narrow screens; style sheets know so many, by twos."""

Run: TypeAlias = tuple[str, str]
"""The name of a colour, empty for that of the text, and what has it."""


@cache
def highlight(code: str, language: str) -> tuple[Run, ...]:
    """The code in runs; a language nobody knows is plain text."""
    pieces = python_runs(code) if language in _PYTHON else _lexed(code, language)
    runs = (
        (name, "".join(text for _, text in run))
        for name, run in groupby(pieces, key=lambda piece: piece[0])
    )
    return tuple(run for run in runs if run[1])


def highlight_lines(code: str, language: str) -> list[list[Run]]:
    """The runs of each line; a run of several lines is one of each of them."""
    lines: list[list[Run]] = [[]]
    for name, text in highlight(code, language):
        first, *others = text.split("\n")
        lines[-1].append((name, first))
        lines += ([(name, other)] for other in others)
    return [[run for run in line if run[1]] for line in lines]


def hanging(line: Sequence[Run], fitting: int) -> str:
    """The class of a line that is longer than what fits on any screen.

    It says by how many characters the rest of the line is moved in where it is wrapped:
    by two more than its indentation. Python's indentation has a meaning, and the rest
    is not to look like a line of its own. Empty for lines that fit, and for data that
    go on for a page.
    """
    text = "".join(text for _, text in line).expandtabs(4)
    indentation = len(text) - len(text.lstrip())
    by = min(indentation // 2 * 2 + 2, _LARGEST_HANGING)
    return f"h{by}" if fitting < len(text) < _FILLING else ""


def _lexed(code: str, language: str) -> list[Run]:
    lexer = _lexer(language)
    if not lexer:
        return [("", code)]
    # Some lexers know a comment only by the line break after it.
    tokens = [(_color_of(kind), text) for kind, text in lexer.get_tokens(code + "\n")]
    name, text = tokens.pop()
    pieces = [*tokens, (name, text.removesuffix("\n"))]
    return list(_of_a_shell(pieces)) if lexer.name in _SHELLS else pieces


def _of_a_shell(pieces: Sequence[Run]) -> Iterator[Run]:
    """The pieces of a shell's code with only the colours that are surely right.

    Its words may be anything: ``torch`` in ``pip install torch==2.0.0`` is no variable,
    ``for-each`` and ``done.txt`` have no keyword in them, and ``a=#b`` is no comment.
    """
    before = ""
    for number, (name, text) in enumerate(pieces):
        after = pieces[number + 1][1] if number + 1 < len(pieces) else ""
        is_in_word = _WORD_END.match(before[-1:]) or (name == "k" and _WORD_END.match(after))
        is_sure = name in _SHELL_COLORS and not (name in {"c", "k"} and is_in_word)
        yield name if is_sure else "", text
        before = text or before


@cache
def _color_of(kind: _TokenType) -> str:
    if kind in _COLORS or not kind.parent:
        return _COLORS.get(kind, "")
    return _color_of(kind.parent)


@cache
def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
