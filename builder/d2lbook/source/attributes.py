"""The info string of a fence: ``{.python .input #id n=5}``, in any order, braces optional.

The grammar is pandoc's (``fenced_code_attributes``); a bare word is a class.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

WORD = re.compile(r"""[^\s=]+=(?:"[^"]*"|'[^']*'|\S*)|\S+""")


@dataclass(frozen=True, slots=True)
class Attributes:
    classes: tuple[str, ...] = ()
    identifier: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    """Key and value as written, quotes kept."""


def parse_attributes(info: str) -> Attributes:
    """What an info string says; any text is accepted."""
    inner = info.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    classes: list[str] = []
    identifier = ""
    pairs: list[tuple[str, str]] = []
    for word in WORD.findall(inner):
        if word.startswith("#"):
            identifier = word[1:]
        elif "=" in word and not word.startswith("."):
            key, _, value = word.partition("=")
            pairs.append((key, value))
        else:
            classes.append(word.removeprefix("."))
    return Attributes(tuple(classes), identifier, tuple(pairs))
