"""What a command says: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.errors import Problem, Severity

if TYPE_CHECKING:
    from d2lbook.pipeline import Reporter


class Console:
    """Says what a command has to say, as loudly as ``verbosity`` (-1, 0, 1) allows.

    ``strict`` says whether warnings count as errors.
    """

    def __init__(self, verbosity: int, *, strict: bool = False) -> None:
        self.verbosity = verbosity
        self.strict = strict
        self.exit_code = 0
        """1 once a warning has counted as an error."""
        self._told: set[Problem] = set()

    def warn(self, problem: Problem) -> None:
        """Something odd that stops nothing; shown even with -q, and once for all targets."""
        if problem in self._told:
            return
        self._told.add(problem)
        self.exit_code |= self.strict
        severity: Severity = "error" if self.strict else "warning"
        print(problem.line(severity), file=sys.stderr, flush=True)

    def caution(self, problem: Problem) -> None:
        """As ``warn``, but of something around the book; never counts as an error."""
        if problem not in self._told:
            self._told.add(problem)
            print(problem.line("warning"), file=sys.stderr, flush=True)

    def wait_for_build(self) -> None:
        """Another process is building this book."""
        if self.verbosity >= 0:
            print("waiting for another build of this book to end", file=sys.stderr, flush=True)

    def note(self, problem: Problem) -> None:
        """Something to know; once for all targets."""
        if self.verbosity >= 0 and problem not in self._told:
            self._told.add(problem)
            print(problem.line("note"), file=sys.stderr, flush=True)

    def result(self, text: str) -> None:
        """What came of the command."""
        if self.verbosity >= 0:
            print(text, flush=True)

    def detail(self, text: str) -> None:
        """A step on the way; only with -v."""
        if self.verbosity > 0:
            print(text, file=sys.stderr, flush=True)


def shown_path(path: Path) -> str:
    """The path as short as it can be said from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def quiet_reporter(console: Console) -> Reporter:
    """For a command that executes nothing: what is odd goes to the console."""
    from d2lbook.execute.jobs import Observer
    from d2lbook.pipeline import Reporter

    return Reporter(
        warn=console.warn,
        note=console.note,
        caution=console.caution,
        on_environment=lambda _: None,
        observer=Observer(),
    )
