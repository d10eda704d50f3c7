"""The script of the pages: one file, put together from the small ones in ``static/js``.

They share one function, in the order below, so that each can use what the others
define and nothing is visible outside; a page opened from disk may load no modules.
``texts`` holds those texts of the book's language that they use.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources

from d2lbook.document.language import Language

_PARTS = (
    "core",
    "frameworks",
    "columns",
    "reveal",
    "view",
    "copying",
    "contents",
    "pictures",
    "previews",
    "sidenotes",
    "discussions",
    "search",
    "start",
)

_TEXT = re.compile(r"\btexts\.(\w+)")


def page_script(language: Language) -> str:
    """The script for a book in this language."""
    parts = _parts()
    texts = {key: language.texts[key] for key in sorted(set(_TEXT.findall(parts)))}
    declared = f"const texts = {json.dumps(texts, ensure_ascii=False)};"
    return f'(() => {{\n"use strict";\n{declared}\n{parts}}})();\n'


@cache
def _parts() -> str:
    folder = resources.files(__package__) / "static" / "js"
    return "".join(_compact((folder / f"{name}.js").read_text("utf-8")) for name in _PARTS)


def _compact(script: str) -> str:
    """The script without comments on lines of their own, and without indentation."""
    lines = (line.strip() for line in script.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))
