"""Code cells as a reader of the notebook wants them: without the marks for the builder."""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Iterator
from itertools import accumulate

from d2lbook.source.code_marks import MARK
from d2lbook.source.magics import comment_tokens


def without_marks(source: str) -> str:
    """The code without `#@save`, `#@raises`, `#@hide…`, `# Hide code`.

    A line that was only that goes.
    """
    marks = [match.start() for match in MARK.finditer(source)]
    if not all(_is_surely_comment(source, mark) for mark in marks):
        comments = set(_comments(source))
        marks = [mark for mark in marks if comments & set(range(_line(source, mark), mark + 1))]
    return _cut(source, marks)


def without_comments(source: str) -> str:
    """The code without any comments and the lines that were only that."""
    return _cut(source, _comments(source))


def _cut(source: str, places: Iterable[int]) -> str:
    """The code without what stands from these places to the end of their lines."""
    parts: list[str] = []
    done = 0
    for place in places:
        if place < done:
            continue
        code = source[done:place].rstrip(" \t")
        end = source.find("\n", place)
        is_line = not code or code.endswith("\n")
        done = len(source) if end < 0 else end + is_line
        parts.append(code)
    return "".join([*parts, source[done:]]).rstrip("\n") if parts else source


def _line(source: str, place: int) -> int:
    """Where the line of this place begins."""
    return source.rfind("\n", 0, place) + 1


def _is_surely_comment(source: str, place: int) -> bool:
    """Whether no tokenizer is needed to see that a comment begins here."""
    line = source[_line(source, place) : place]
    quotes = source.count('"""', 0, place) + source.count("'''", 0, place)
    return not quotes % 2 and not set(line) & set("\"'#")


def _comments(source: str) -> Iterator[int]:
    """Where the comments begin; nothing where the code is not Python."""
    starts = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
    try:
        for token in comment_tokens(source):
            yield starts[token.start[0] - 1] + token.start[1]
    except (tokenize.TokenError, SyntaxError):
        return
