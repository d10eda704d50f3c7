"""The words of the outputs in the book's language.

A language is one file, ``languages/CODE.toml``: its name, the direction of its
script, its quotation marks, and a table of texts. A language without a file,
and a text that its file lacks, is English.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

FALLBACK = "en"

_FROM_RIGHT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}
"""Languages whose script runs from right to left, for those without a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The language of a book."""

    code: str
    """As the book gives it: ``id``, ``zh-CN``."""
    direction: Literal["ltr", "rtl"]
    quotes: str
    """Opening and closing quotation marks, the outer pair first."""
    texts: Mapping[str, str]

    def text(self, key: str, **values: str | int) -> str:
        """The text with this key; ``values`` take the places in braces."""
        return self.texts[key].format(**values)


@cache
def load_language(code: str) -> Language:
    """The language with this code; ``zh-CN`` is looked for as such, then as ``zh``."""
    fallback = _read(FALLBACK) or {}
    known = _read(code) or _read(code.partition("-")[0])
    catalogue = known or fallback
    from_right = known["direction"] == "rtl" if known else code.partition("-")[0] in _FROM_RIGHT
    return Language(
        code=code,
        direction="rtl" if from_right else "ltr",
        quotes=str(catalogue["quotes"]),
        texts=_texts(fallback) | _texts(catalogue),
    )


def _texts(catalogue: Mapping[str, object]) -> dict[str, str]:
    return cast("dict[str, str]", catalogue["texts"])


def _read(code: str) -> Mapping[str, object] | None:
    if not re.fullmatch(r"[A-Za-z0-9-]+", code):
        return None
    file = resources.files(__package__).joinpath("languages", f"{code}.toml")
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else None
