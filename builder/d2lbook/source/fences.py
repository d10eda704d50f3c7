"""Cuts a Markdown text into fenced blocks, HTML comments and the text between.

Fences follow CommonMark (0.31, section 4.5) for those that start in column 0:
three or more backticks or tildes, closed by a line of at least as many of the
same. Indented fences belong to the text around them: a list, say. Nothing
inside a fence or a comment means anything to the rest of the reader.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

FENCE = re.compile(r"(`{3,})([^`]*)$|(~{3,})(.*)$")
COMMENT = re.compile(r" {0,3}<!--")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of whole lines of the text."""

    kind: Literal["text", "fence", "comment"]
    first: int
    """Index of its first line (of the opening fence), from 0."""
    end: int
    """Index of the line after its last (after the closing fence)."""
    info: str = ""
    """What stands behind the opening fence, stripped."""


class Unclosed(Exception):
    """A fence or comment that never ends: ``line`` is the index of its first line."""

    def __init__(self, line: int, what: str, closing: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what
        self.closing = closing


def cut(lines: Sequence[str]) -> list[Block]:
    """The blocks of these lines (without line ends), in order, covering all of them.

    Raises Unclosed.
    """
    blocks: list[Block] = []
    text_start = index = 0

    def end_text() -> None:
        if text_start < index:
            blocks.append(Block("text", text_start, index))

    while index < len(lines):
        line = lines[index]
        if line[:3] in {"```", "~~~"} and (match := FENCE.match(line)):
            fence, info = (match[1], match[2]) if match[1] else (match[3], match[4])
            end_text()
            end = _end_of_fence(lines, index, fence)
            blocks.append(Block("fence", index, end, info.strip()))
            text_start = index = end
        elif "<!--" in line and COMMENT.match(line):
            end_text()
            end = _end_of_comment(lines, index)
            blocks.append(Block("comment", index, end))
            text_start = index = end
        else:
            index += 1
    end_text()
    return blocks


def _end_of_fence(lines: Sequence[str], first: int, fence: str) -> int:
    character, length = fence[0], len(fence)
    for index in range(first + 1, len(lines)):
        line = lines[index]
        if line.startswith(fence) and not line.strip(character + " \t"):
            bare = line.rstrip()
            if len(bare) >= length and bare == character * len(bare):
                return index + 1
    raise Unclosed(first, "this code fence is never closed", fence)


def _end_of_comment(lines: Sequence[str], first: int) -> int:
    opening = lines[first].index("<!--")
    if "-->" in lines[first][opening + 4 :] or lines[first][opening:].startswith(
        ("<!-->", "<!--->")
    ):
        return first + 1
    for index in range(first + 1, len(lines)):
        if "-->" in lines[index]:
            return index + 1
    raise Unclosed(first, "this HTML comment is never closed", "-->")
