"""What a command says: results on standard output, everything else on standard error."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.commands import github
from d2lbook.errors import Problem, Severity

if TYPE_CHECKING:
    from d2lbook.config import Config
    from d2lbook.pipeline import Reporter


def show(problem: Problem, severity: Severity, folder: Path) -> None:
    """Tell a problem of the book in this folder, to GitHub Actions too where it asks."""
    print(problem.line(severity), file=sys.stderr, flush=True)
    if github.is_running() and severity != "note":
        print(github.annotation(problem, severity, folder), file=sys.stderr, flush=True)


class Console:
    """Says what a command has to say, as loudly as ``verbosity`` (-1, 0, 1) allows.

    ``folder`` is the book's; ``strict`` says whether warnings count as errors.
    """

    def __init__(self, verbosity: int, folder: Path = Path(), *, strict: bool = False) -> None:
        self.verbosity = verbosity
        self.folder = folder
        self.strict = strict
        self.errors: list[Problem] = []
        """The warnings that have counted as errors."""
        self._told: set[Problem] = set()

    @property
    def exit_code(self) -> int:
        """1 once a warning has counted as an error."""
        return 1 if self.errors else 0

    def warn(self, problem: Problem) -> None:
        """Something odd that stops nothing; shown even with -q, and once for all targets."""
        if problem in self._told:
            return
        self._told.add(problem)
        if self.strict:
            self.errors.append(problem)
        show(problem, "error" if self.strict else "warning", self.folder)

    def caution(self, problem: Problem) -> None:
        """As ``warn``, but of something around the book; never counts as an error."""
        if problem not in self._told:
            self._told.add(problem)
            show(problem, "warning", self.folder)

    def wait_for_build(self) -> None:
        """Another process is building this book."""
        if self.verbosity >= 0:
            print("waiting for another build of this book to end", file=sys.stderr, flush=True)

    def note(self, problem: Problem) -> None:
        """Something to know; once for all targets."""
        if self.verbosity >= 0 and problem not in self._told:
            self._told.add(problem)
            show(problem, "note", self.folder)

    def result(self, text: str) -> None:
        """What came of the command."""
        if self.verbosity >= 0:
            print(text, flush=True)

    def detail(self, text: str) -> None:
        """A step on the way; only with -v."""
        if self.verbosity > 0:
            print(text, file=sys.stderr, flush=True)


def open_book(arguments: argparse.Namespace, *, strict: bool = False) -> tuple[Config, Console]:
    """The configuration of the book that a command is for, and the console to say things on.

    What is no longer needed in ``config.ini`` is told. With ``strict``, warnings count as
    errors where the book has it so. Raises ConfigError where it can't be read.
    """
    from d2lbook.config import read_config

    config, notes = read_config(arguments.directory)
    strict = strict and config.build.warning_is_error
    console = Console(arguments.verbosity, arguments.directory, strict=strict)
    for note in notes:
        console.note(note)
    return config, console


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
