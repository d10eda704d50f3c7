"""Folds and boxes: parts of a page under a title, between marks in column 0.

    :begin_fold: Title          :begin_box: Title
    …                           …
    :end_fold:                  :end_box:

They hold prose, tab blocks and code cells. A box may stand in a fold, and a fold
in a box, but neither in its own kind, and none of them in a tab block.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NoReturn

from d2lbook.book import Frame

Kind = Literal["fold", "box"]

_MARK = re.compile(r":(?P<what>begin|end)_(?P<kind>fold|box)(?P<colon>:?)\s*(?P<title>.*?)\s*$")


@dataclass(frozen=True, slots=True)
class FrameMark:
    """A line that begins or ends a fold or a box."""

    kind: Kind
    begins: bool
    title: str
    is_damaged: bool


def read_frame_mark(line: str) -> FrameMark | None:
    """The mark that this line is, or None."""
    match = _MARK.match(line)
    if not match:
        return None
    begins, title = match["what"] == "begin", match["title"]
    is_damaged = not match["colon"] or begins != bool(title)
    return FrameMark("fold" if match["kind"] == "fold" else "box", begins, title, is_damaged)


class Frames:
    """Follows the folds and boxes of a page from mark to mark.

    ``fail(line_index, what, remedy)`` raises.
    """

    def __init__(self, fail: Callable[[int, str, str], NoReturn]) -> None:
        self._fail = fail
        self._open: list[tuple[Kind, int, int]] = []
        """Kind, index of the line, position of the title."""
        self._closed: list[Frame] = []

    def begin(self, index: int, mark: FrameMark, position: int) -> None:
        """One begins at this line; its title is the cell at this position."""
        if mark.is_damaged:
            what = f"a {mark.kind} without a title" if not mark.title else "a damaged mark"
            self._fail(index, what, f"write :begin_{mark.kind}: TITLE")
        for kind, opened, _ in self._open:
            if kind == mark.kind:
                what = f"a {kind} in the {kind} that begins at line {opened + 1}"
                self._fail(index, what, f"close that one first with :end_{kind}:")
        self._open.append((mark.kind, index, position))

    def end(self, index: int, mark: FrameMark, position: int) -> Frame:
        """The innermost one ends at this line, before the cell at this position."""
        if mark.is_damaged:
            self._fail(index, "a damaged mark", f"write :end_{mark.kind}: alone")
        if not self._open:
            self._fail(index, f":end_{mark.kind}: without a {mark.kind} to close", "delete it")
        kind, opened, first = self._open.pop()
        if kind != mark.kind:
            what = f"the {kind} that begins at line {opened + 1} isn't closed before this"
            self._fail(index, what, f"put :end_{kind}: above it")
        if position == first + 1:
            self._fail(opened, f"this {kind} holds nothing", "fill it, or delete it")
        frame = Frame(kind=kind, first=first, end=position)
        self._closed.append(frame)
        return frame

    def finish(self) -> tuple[Frame, ...]:
        """The page ends here: all of its frames, in order of where they begin."""
        for kind, opened, _ in self._open:
            self._fail(opened, f"this {kind} is never closed", f"close it with :end_{kind}:")
        return tuple(sorted(self._closed, key=lambda frame: frame.first))
