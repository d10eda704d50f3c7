"""Text for terminals (ECMA-48): what is to be seen of it, and in which colours.

Of all control sequences only those count that change the eight colours and bold; the
bright colours, and the first 16 of 256, are the same eight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

_SEQUENCE = re.compile(
    r"""
      \x1b\[ (?P<style>[0-9:;]*) m
    | \x1b\[ [0-?]*[ -/]*[@-~]?
    | \x1b[\]PX^_] [^\x07\x1b\n]* (?:\x07|\x1b\\)?  # such as a title, or where a link leads
    | \x1b [ -/]*[0-~]
    """,
    re.VERBOSE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_OVERWRITTEN = re.compile(r"^[^\n]*\r(?=[^\r\n])", re.MULTILINE)

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_COLOURS = {f"{ten}{number}": name for ten in (3, 9) for number, name in enumerate(_NAMES)}
_NUMBERED = dict(zip(map(str, range(16)), _NAMES * 2, strict=True))
_OF_MANY_COLOURS = {"38", "48", "58"}
"""Text, background, underline: what follows says which of all colours."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text looks."""

    colour: str = ""
    """One of eight names; empty for that of other text."""
    is_bold: bool = False


def settled(text: str) -> str:
    """The text as a terminal leaves it: a carriage return begins its line anew."""
    return _OVERWRITTEN.sub("", text.replace("\r\n", "\n"))


def plain(text: str) -> str:
    """What is to be seen of the text."""
    return "".join(piece for piece, _ in runs(text))


def runs(text: str) -> Iterator[tuple[str, Style]]:
    """What is to be seen of the text, in pieces, and how each looks; none is empty."""
    style = Style()
    done = 0
    for match in _SEQUENCE.finditer(text):
        if piece := _CONTROL.sub("", text[done : match.start()]):
            yield piece, style
        done = match.end()
        if match["style"] is not None:
            style = _changed(style, match["style"])
    if piece := _CONTROL.sub("", text[done:]):
        yield piece, style


def _changed(style: Style, parameters: str) -> Style:
    """The style after these parameters of one control sequence."""
    rest = iter(parameters.split(";"))
    for parameter in rest:
        code, *details = map(_number, parameter.split(":"))
        if code in _OF_MANY_COLOURS:
            kind, *values = details or _details(rest)
            if code == "38":
                name = _NUMBERED.get(values[0], "") if kind == "5" and values else ""
                style = replace(style, colour=name)
        elif code == "0":
            style = Style()
        elif code in {"1", "22"}:
            style = replace(style, is_bold=code == "1")
        elif code == "39" or code in _COLOURS:
            style = replace(style, colour=_COLOURS.get(code, ""))
    return style


def _details(rest: Iterator[str]) -> list[str]:
    """Which of all colours: 5 and a number, or 2, red, green and blue; taken off the parameters."""
    kind = _number(next(rest, ""))
    return [kind, *map(_number, islice(rest, {"5": 1, "2": 3}.get(kind, 0)))]


def _number(digits: str) -> str:
    return digits.lstrip("0") or "0"
