"""The words of the outputs in the book's language.

A language is one file, ``languages/CODE.toml``: its name, the direction of its
script, its quotation marks, and a table of texts. A language without a file,
and a text that its file lacks, is English. A book may have such a file of its
own, ``[project] texts``, of which every part comes before the language's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from d2lbook.config import Config
from d2lbook.errors import ConfigError, Problem

FALLBACK = "en"

_FOLDER = Path(__file__).with_name("languages")

_FROM_RIGHT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}
"""Languages whose script runs from right to left, for those without a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The language of a book."""

    code: str
    """As the book gives it: ``id``, ``zh-CN``."""
    direction: Literal["ltr", "rtl"]
    quotes: tuple[str, ...]
    """Opening and closing quotation marks, the outer pair first."""
    texts: Mapping[str, str]

    def text(self, key: str, **values: str | int) -> str:
        """The text with this key; ``values`` take the places in braces."""
        return self.texts[key].format(**values)


def language_of(config: Config) -> Language:
    """The language of a book, in its own words where it has some.

    Raises ConfigError where its file with texts can't be read or understood.
    """
    language = load_language(config.project.language)
    own = _own(config, language)
    formats = {f"{kind}_number": said for kind, said in config.build.number_formats.items()}
    return Language(
        code=language.code,
        direction=own.get("direction", language.direction),
        quotes=tuple(own.get("quotes", language.quotes)),
        texts={**language.texts, **own.get("texts", {}), **formats},
    )


def missing_language(config: Config) -> Problem | None:
    """What to tell of a book in whose language there are no texts; None where there are."""
    code = config.project.language
    if config.project.texts or _file(code) or _file(code.partition("-")[0]):
        return None
    codes = ", ".join(sorted(file.stem for file in _FOLDER.glob("*.toml")))
    return Problem(
        what=f"there are no texts in the language '{code}', so those around the book are English",
        place=config.place("project", "lang"),
        remedy=f"there are some for {codes}; [project] texts may name a file with others",
    )


@cache
def load_language(code: str) -> Language:
    """The language with this code; ``zh-CN`` is looked for as such, then as ``zh``."""
    fallback = _read(FALLBACK) or {}
    known = _known(code)
    catalogue = known or fallback
    from_right = known["direction"] == "rtl" if known else code.partition("-")[0] in _FROM_RIGHT
    return Language(
        code=code,
        direction="rtl" if from_right else "ltr",
        quotes=tuple(catalogue["quotes"]),
        texts=_texts(fallback) | _texts(catalogue),
    )


def _own(config: Config, language: Language) -> Mapping[str, Any]:
    """What the book's own file says, which has to have the form of a language's."""
    name = config.project.texts
    if not name:
        return {}
    try:
        found = tomllib.loads((config.root / name).read_text("utf-8-sig"))
    except OSError as error:
        what = f"[project] texts names '{name}', which can't be read: {error.strerror}"
        raise ConfigError(Problem(what=what, place=config.place("project", "texts"))) from None
    except ValueError as error:
        raise ConfigError.at(name, 0, f"this is not TOML: {error}") from None
    if what := _fault(found, language):
        remedy = "d2lbook/document/languages/en.toml has all there is"
        raise ConfigError.at(name, 0, what, remedy)
    return found


def _fault(catalogue: Mapping[str, Any], language: Language) -> str:
    """What is wrong in a catalogue; empty where nothing is."""
    if unknown := set(catalogue) - {"name", "direction", "quotes", "texts"}:
        return f"there is no '{min(unknown)}' in a language"
    if catalogue.get("direction", "ltr") not in ("ltr", "rtl"):
        return "direction has to be ltr or rtl"
    quotes, texts = catalogue.get("quotes", language.quotes), catalogue.get("texts", {})
    if not isinstance(quotes, list | tuple) or not isinstance(texts, dict):
        return "quotes have to be a list, and texts a table"
    if len(quotes) != 4 or not all(isinstance(mark, str) for mark in quotes):
        return "quotes have to be four marks, the outer pair first"
    for key, text in texts.items():
        if key not in language.texts:
            return f"there is no text '{key}'"
        places = _places(language.texts[key])
        if not isinstance(text, str) or _places(text) != places:
            wanted = " ".join(f"{{{name}}}" for name in places) or "no braces"
            return f"the text '{key}' has to have {wanted}"
    return ""


def _places(text: str) -> list[str]:
    """Where values go into a text."""
    return sorted(re.findall(r"\{(\w*)\}|[{}]", text))


def _texts(catalogue: Mapping[str, Any]) -> dict[str, str]:
    return cast("dict[str, str]", catalogue["texts"])


def _known(code: str) -> Mapping[str, Any] | None:
    return _read(code) or _read(code.partition("-")[0])


def _read(code: str) -> Mapping[str, Any] | None:
    file = _file(code)
    return tomllib.loads(file.read_text("utf-8")) if file else None


def _file(code: str) -> Path | None:
    """The file with the texts of the language with just this code."""
    file = _FOLDER / f"{code}.toml"
    return file if re.fullmatch(r"[A-Za-z0-9-]+", code) and file.is_file() else None
