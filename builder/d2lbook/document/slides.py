"""Slide marks: the pairs that say what of the prose goes on a slide.

    [**text**]  (**text**)    on a new slide, on the same one; the book keeps the text
    [~~text~~]  (~~text~~)    for slides only; the book leaves the text out

Pairs don't nest and may span lines. What has no partner is no mark: `f(**kwargs)`
stays as it is, and so does a link such as `[**a**](address)`, but not text in
parentheses: `[**a**](not a link)`. Nothing is a mark inside code, comments or maths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from d2lbook.document.math import DISPLAY, INLINE

_NO_MARK = rf"""
      ^[ \t]*(?P<fence>`{{3,}}|~{{3,}})[^\n]*\n(?s:.*?)(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)
    | (?P<ticks>`+)(?!`)(?s:.+?)(?<!`)(?P=ticks)(?!`)
    | <!--(?s:.*?)-->
    | {DISPLAY}
    | {INLINE}
    | \\.
"""
_TOKEN = re.compile(
    rf"{_NO_MARK} | (?P<open>[\[(](?:\*\*|~~)) | (?P<close>(?:\*\*|~~)[\])])",
    re.MULTILINE | re.VERBOSE,
)
_CLOSED_BY = {"[**": "**]", "(**": "**)", "[~~": "~~]", "(~~": "~~)"}
_PARTNER = {close: opened for opened, close in _CLOSED_BY.items()}
_LINK = re.compile(
    r"""
    \( \s*
    (?: <(?:\\.|[^<>\\\n])*> | (?!<)(?:\\.|[^\s()\\]|\((?:\\.|[^\s()\\])*+\))*+ )
    (?: \s+ (?: "(?:\\.|[^"\\])*+" | '(?:\\.|[^'\\])*+' ) )?
    \s* \)
    """,
    re.VERBOSE,
)
"""What makes a link of the text in brackets before it: an address, and perhaps a title."""
_BLOCKS = MarkdownIt("commonmark").disable(["inline"])


@dataclass(frozen=True, slots=True)
class SlideMark:
    """A pair of marks, and where in the text it begins and ends."""

    start: int
    end: int
    is_kept: bool
    """Whether the book shows the text, too."""
    is_new: bool
    """Whether the text begins a new slide."""

    def text(self, source: str) -> str:
        """What stands between the marks."""
        return source[self.start + 3 : self.end - 3]


def resolve_slide_marks(text: str) -> str:
    """The text as the book shows it: same lines, without marks and slide-only text."""
    parts: list[str] = []
    done = 0
    for mark in find_slide_marks(text):
        parts.append(text[done : mark.start])
        inner = mark.text(text)
        parts.append(inner if mark.is_kept else "\n" * inner.count("\n"))
        done = mark.end
    return "".join([*parts, text[done:]])


def find_slide_marks(text: str) -> Iterator[SlideMark]:
    """The pairs of marks, in order; the innermost opening mark is the one that counts."""
    if not any(close in text for close in _PARTNER):
        return
    code = _indented_code(text)
    candidates: dict[str, int] = {}
    for match in _TOKEN.finditer(text):
        if any(first <= match.start() < end for first, end in code):
            continue
        if match["open"]:
            candidates[match["open"]] = match.start()
        elif match["close"]:
            start = candidates.get(_PARTNER[match["close"]])
            is_link = match[0].endswith("]") and _LINK.match(text, match.end())
            if start is not None and not is_link:
                yield SlideMark(start, match.end(), "*" in match[0], text[start] == "[")
                candidates.clear()


def _indented_code(text: str) -> list[tuple[int, int]]:
    """Where indented code stands in the text. Only the block parser can tell it from a list."""
    if not re.search(r"^(?: {4}|\t).*(?:\*\*|~~)[\])]", text, re.MULTILINE):
        return []
    ends = (match.end() for match in re.finditer(r"\r\n?|\n", text))
    starts = [0, *ends, len(text)]
    return [
        (starts[token.map[0]], starts[token.map[1]])
        for token in _BLOCKS.parse(text)
        if token.type == "code_block" and token.map
    ]
