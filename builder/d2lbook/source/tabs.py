"""Which tabs a code cell or a piece of prose belongs to.

Code carries marks, one on a line of its own: ``#@tab a, b`` or ``%%tab a, b``.
Prose stands in blocks, markers in column 0:

    :begin_tab:`a, b`
    …
    :end_tab:

``all`` means every tab. Blocks don't nest and hold no executable cell, fold or
box. As in d2lbook, a block also ends where the next begins or at an executable
cell, which is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MARK = re.compile(r"[ \t]*(#[ \t]*@tab|(?:#[ \t]*)?%%tab)[ \t]+([\w, \t]+?)[ \t]*$")
DAMAGED_MARK = re.compile(
    r"[ \t]*(?:#[ \t]*@[ \t]*tabs?\b|(?:#[ \t]*)?%%[ \t]*tabs?\b|%tabs?[ \t]+\w)", re.IGNORECASE
)
MARKER = re.compile(r" {0,3}:[ ]*(begin_tab|end_tab)[ ]*:[ ]*(.*)$")
EXACT = re.compile(r":begin_tab:`[\w, ]+`\s*$|:end_tab:\s*$")
NAMES = re.compile(r"`?([\w, ]+)")

Tabs = tuple[str, ...] | None
"""Names of tabs, or None for all."""


def split_names(text: str) -> Tabs:
    """``"a, b"`` → ``("a", "b")``, in lower case; None when ``all`` is among them."""
    found = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    return None if "all" in found else found


@dataclass(frozen=True, slots=True)
class CodeMarks:
    tabs: Tabs
    tagged: bool
    """Whether there is a mark at all; without one ``tabs`` is None."""
    mark_lines: tuple[int, ...]
    """Indices of the lines that are nothing but a mark."""


def read_code_marks(lines: Sequence[str]) -> CodeMarks:
    """The tab marks of a code cell's lines. The first ``#@tab`` counts before any ``%%tab``."""
    found = [
        (index, match)
        for index, line in enumerate(lines)
        if "tab" in line and (match := MARK.match(line))
    ]
    if not found:
        return CodeMarks(None, False, ())
    first = next((match for _, match in found if match[1].endswith("@tab")), found[0][1])
    return CodeMarks(split_names(first[2]), True, tuple(index for index, _ in found))


def is_damaged_mark(line: str) -> bool:
    """Whether a line of a code cell was to be a tab mark and is none."""
    return "tab" in line.lower() and bool(DAMAGED_MARK.match(line)) and not MARK.match(line)


@dataclass(frozen=True, slots=True)
class Marker:
    """A line ``:begin_tab:`` or ``:end_tab:``."""

    begins: bool
    tabs: Tabs
    damaged: bool
    """Whether it was understood although it isn't written as it should be."""
    rest: str = ""
    """What else stands on its line."""


def read_marker(line: str) -> Marker | None:
    """The marker that this line is, or None. Damaged spellings are understood."""
    match = MARKER.match(line)
    if not match:
        return None
    damaged = not EXACT.match(line)
    if match[1] == "end_tab":
        return Marker(False, None, damaged, match[2].strip())
    names = NAMES.match(match[2])
    rest = match[2][names.end() :].removeprefix("`").strip() if names else ""
    return Marker(True, split_names(names[1]) if names else (), damaged, rest)


class TabBlocks:
    """Follows the tab blocks of a page from marker to marker.

    ``warn(line_index, what, remedy)`` takes what is odd but understood,
    ``fail(line_index, what, remedy)`` raises.
    """

    def __init__(
        self,
        warn: Callable[[int, str, str], None],
        fail: Callable[[int, str, str], None],
    ) -> None:
        self._warn = warn
        self._fail = fail
        self._opened: int | None = None
        self._implied: int | None = None
        self.tabs: Tabs = None

    def marker(self, index: int, marker: Marker) -> None:
        """Enter or leave a block at this line."""
        if marker.damaged:
            lost = f", and '{marker.rest}' is left out" if marker.rest else ""
            remedy = "write :begin_tab:`NAME, …` or :end_tab: alone"
            self._warn(index, f"a damaged tab marker{lost}", remedy)
        if marker.begins:
            self._begin(index, marker.tabs)
        else:
            self._end(index)

    def end_before(self, index: int, what: str, remedy: str) -> None:
        """Something stands at this line that is in no tab block."""
        if self._opened is not None:
            told = f"this tab block ends before {what} at line {index + 1}"
            self._warn(self._opened, told, remedy)
            self._opened, self.tabs = None, None

    def must_be_closed(self, index: int, what: str, remedy: str) -> None:
        """Something stands at this line that can't stand in a tab block."""
        if self._opened is not None:
            line = index + 1
            self._fail(
                self._opened, f"this tab block isn't closed before {what} at line {line}", remedy
            )

    def finish(self) -> None:
        """The page ends here."""
        if self._opened is not None:
            self._fail(self._opened, "this tab block is never closed", "close it with :end_tab:")

    def _begin(self, index: int, tabs: Tabs) -> None:
        if tabs == ():
            self._fail(index, "a tab block without a tab", "write :begin_tab:`NAME`")
        self._implied = self._opened
        if self._opened is not None:
            self._warn(
                self._opened,
                f"this tab block isn't closed before the next begins at line {index + 1}",
                "close it with :end_tab:",
            )
        self._opened, self.tabs = index, tabs

    def _end(self, index: int) -> None:
        if self._opened is None and self._implied is not None:
            self._fail(
                self._implied, "tab blocks can't be nested", "close this one before the next"
            )
        if self._opened is None:
            self._warn(index, ":end_tab: without a block to close", "delete it")
        self._opened, self.tabs = None, None
