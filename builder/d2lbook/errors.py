"""Everything that can go wrong, and how it is told.

    BookError                 1   base class; never raised itself
    ├── UsageError            2   the command line asks for what there is not
    ├── ConfigError           3   config.ini: a key, a value, a file it names
    ├── SourceError           4   a page: fences, tabs, tables of contents, encoding
    ├── EnvironmentFault      5   a framework's environment can't be made or used
    ├── ExecutionError        1   cells that raised, hung, or lost their kernel
    ├── RenderError           6   a page or a PDF can't be made from sound sources
    ├── OutputError           7   the output folder can't be written
    ├── CheckError            8   a check found what readers should not get
    └── ClusterFault          9   a cluster can't be reached, or its machines can't be used

The number is the process's exit code. Each error carries one or more
``Problem``s; only ``d2lbook.__main__`` catches them and prints, one line each:

    chapter/page.md:12: error: unknown tab 'torch'; known are: mxnet, pytorch

What does not stop a build is a ``Problem`` too, returned beside the result and
printed as a warning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

from d2lbook.book import Place

Severity: TypeAlias = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong: where, what, and what to do about it."""

    what: str
    """What is wrong, in one line, without a final full stop."""
    place: Place | None = None
    remedy: str = ""
    """What to do, in one line; empty where ``what`` says it."""
    tab: str = ""
    """The tab it happened in, where that matters."""
    detail: str = ""
    """More lines (the end of a traceback), shown indented below."""

    def line(self, severity: Severity = "error") -> str:
        """The problem as one line of text, with its detail indented below.

        What it quotes, such as a value of ``config.ini``, may have several lines itself.
        """
        where = f"{self.place}: " if self.place else ""
        tab = f"[{self.tab}] " if self.tab else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        detail = "".join(f"\n    {line}" for line in self.detail.splitlines())
        first = " ".join(f"{where}{severity}: {tab}{self.what}{remedy}".splitlines())
        return first + detail


class BookError(Exception):
    """Base of all errors that d2lbook raises on purpose."""

    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(problem.line() for problem in problems))
        self.problems = problems

    def __reduce__(self) -> tuple[type[BookError], tuple[Problem, ...]]:
        return type(self), self.problems

    @classmethod
    def at(cls, path: str, line: int, what: str, remedy: str = "", tab: str = "") -> Self:
        """The error for one problem at a line of a file (line 0: the whole file)."""
        place = Place(path=path, line=line)
        return cls(Problem(what=what, place=place, remedy=remedy, tab=tab))

    @classmethod
    def of(cls, what: str, remedy: str = "") -> Self:
        """The error for one problem that has no place in a file."""
        return cls(Problem(what=what, remedy=remedy))


class UsageError(BookError):
    exit_code = 2


class ConfigError(BookError):
    exit_code = 3


class SourceError(BookError):
    exit_code = 4


class EnvironmentFault(BookError):
    exit_code = 5


class ExecutionError(BookError):
    exit_code = 1


class RenderError(BookError):
    exit_code = 6


class OutputError(BookError):
    exit_code = 7


class CheckError(BookError):
    exit_code = 8


class ClusterFault(BookError):
    exit_code = 9


def raise_all(kind: type[BookError], problems: Iterable[Problem]) -> None:
    """Raise one error of this kind for all problems, or nothing when there are none."""
    found = tuple(problems)
    if found:
        raise kind(*found)
