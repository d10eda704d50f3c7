"""Text with the colour codes of terminals (ECMA-48, SGR) → HTML."""

from __future__ import annotations

import re
from html import escape

_CODE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])|\x1b\][^\x07]*(?:\x07|\x1b\\)|\x1b.")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def ansi_to_html(text: str) -> str:
    """The text with its eight colours and bold as spans; all other codes are left out."""
    parts: list[str] = []
    state: dict[str, str] = {}
    done = 0
    for match in _CODE.finditer(text):
        parts.append(_span(text[done : match.start()], state))
        done = match.end()
        if match[2] == "m":
            for number in (match[1] or "0").split(";"):
                _apply(int(number or 0), state)
    return "".join([*parts, _span(text[done:], state)])


def _apply(number: int, state: dict[str, str]) -> None:
    if number == 0:
        state.clear()
    elif number == 1:
        state["weight"] = "ansi-bold"
    elif number == 22:
        state.pop("weight", None)
    elif number == 39:
        state.pop("colour", None)
    elif number % 10 < 8 and number // 10 in {3, 9}:
        state["colour"] = f"ansi-{_COLOURS[number % 10]}"


def _span(text: str, state: dict[str, str]) -> str:
    content = escape(_CONTROL.sub("", text), quote=False)
    if not content or not state:
        return content
    return f'<span class="{" ".join(sorted(state.values()))}">{content}</span>'
