"""``#@raises ValueError``: the mark of a cell that has to raise.

It names one error, or several of which any will do, each alone or with its
module (``torch.OutOfMemoryError``), with blanks, commas or ``or`` between them, and
nothing else. An error counts as each of the classes that its own is made from, as with
``except``. Readers don't see the mark.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass, replace
from keyword import iskeyword

from d2lbook.book import Cell
from d2lbook.errors import SourceError
from d2lbook.source.code_marks import RAISES
from d2lbook.source.magics import comments_of

_MARK = re.compile(rf"[ \t]*{RAISES}(?P<names>.*)")
_BETWEEN = re.compile(r"\s*,\s*(?:or\s+)?|\s+or\s+|\s+")


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a cell has to raise."""

    names: tuple[str, ...]
    line: int
    """Of the mark in the page's file."""

    def __str__(self) -> str:
        return " or ".join(self.names)

    def is_met_by(self, classes: Iterable[str]) -> bool:
        """Whether one of these classes, with their modules, is one of the names.

        The module may be any of the same package: many are public elsewhere than
        where they are defined.
        """
        return any(_is_same(name, found) for name in self.names for found in classes)


def _is_same(name: str, found: str) -> bool:
    *package, last = name.split(".")
    *found_package, found_last = found.split(".")
    return last == found_last and (not package or package[:1] == found_package[:1])


def find_expectation(cell: Cell, path: str) -> Expectation | None:
    """What the cell of this file has to raise; None where it has no such mark.

    Raises SourceError where the mark names no error, or more than errors.
    """
    found: Expectation | None = None
    for index, match in _marks(cell.source).items():
        names = tuple(_BETWEEN.split(match["names"].strip()))
        if not all(map(_can_be_error, names)):
            what = f"'{match[0].strip()}' has to name an error, or several, and nothing else"
            remedy = "write as in '#@raises ValueError' or '#@raises KeyError, socket.timeout'"
            raise SourceError.at(path, cell.line_of(index), what, remedy)
        if found:
            what = "a cell can raise only once, but this is its second mark #@raises"
            raise SourceError.at(path, cell.line_of(index), what, "name all errors in one")
        found = Expectation(names, cell.line_of(index))
    return found


def _can_be_error(name: str) -> bool:
    """Whether an error may have this name: a word of prose after a mark names none.

    In lower case are only some of modules, as ``socket.timeout``.
    """
    parts = name.split(".")
    is_word = len(parts) == 1 and name[:1].islower()
    return not is_word and all(part.isidentifier() and not iskeyword(part) for part in parts)


def _marks(source: str) -> dict[int, re.Match[str]]:
    """The marks by the index of their line; none in strings, as far as that can be known."""
    if "@raises" not in source:
        return {}
    found = {index: _MARK.search(line) for index, line in enumerate(source.split("\n"))}
    marks = {index: match for index, match in found.items() if match}
    if source.lstrip().startswith("%%"):  # it may be in another language
        return marks
    try:
        comments = comments_of(source)
    except (SyntaxError, tokenize.TokenError):
        return marks
    return {i: match for i, match in marks.items() if "@raises" in comments.get(i + 1, "")}


def without_expectation(cell: Cell) -> Cell:
    """The cell without such a mark, and without its line where nothing else stands there."""
    marks = _marks(cell.source)
    if not marks:
        return cell
    before = cell.source.split("\n")
    after = [
        line[: marks[index].start()] if index in marks else line
        for index, line in enumerate(before)
    ]
    kept = [index for index, line in enumerate(after) if line or not before[index]]
    return replace(
        cell,
        source="\n".join(after[index] for index in kept),
        lines=tuple(cell.line_of(index) for index in kept),
    )
