"""The info string of a fence: ``{.python .input #id n=5}``, in any order, braces optional.

The grammar is pandoc's (``fenced_code_attributes``); a bare word is a class. A
fence with the class ``input`` is a code cell. So is one with ``inactive``, for
all but Jupyter, which is not to run it (see ``d2lbook activate``).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

WORD = re.compile(r"""[^\s=]+=(?:"[^"]*"|'[^']*'|\S*)|\S+""")

ACTIVE = "input"
INACTIVE = "inactive"


@dataclass(frozen=True, slots=True)
class Attributes:
    classes: tuple[str, ...] = ()
    identifier: str = ""
    pairs: tuple[tuple[str, str], ...] = ()
    """Key and value as written, quotes kept."""

    @property
    def is_cell(self) -> bool:
        return ACTIVE in self.classes or INACTIVE in self.classes

    @property
    def language(self) -> str:
        """The language of a code cell."""
        others = (name for name in self.classes if name not in {ACTIVE, INACTIVE})
        return next(others, "python")


def meant_fence(info: str) -> tuple[str, str] | None:
    """What the fence of a listing was probably meant to be, and how that is written."""
    words = [part for word in re.split(r"[\s{},]+", info) for part in word.split(".") if part]
    if words and words[0].lower() in {"toc", "tocs", "toctree"}:
        return "table of contents", "```toc"
    if info.startswith("{"):
        for word in words:
            if near := difflib.get_close_matches(word.lower(), [ACTIVE, "output"], 1, cutoff=0.8):
                written = {ACTIVE: "{.python .input}", "output": "{.json .output}"}[near[0]]
                return "code cell" if near[0] == ACTIVE else "cell's output", f"```{written}"
    return None


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
