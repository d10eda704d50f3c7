"""Shows how far the environments are: a live board on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import TaskID

    from d2lbook.execute.environments import OnProgress, Progress


@contextmanager
def environment_progress(verbosity: int) -> Iterator[OnProgress]:
    """What to hand to ``make_environments``; nothing is shown when it is never called."""
    if verbosity < 0:
        yield _ignore
    elif sys.stderr.isatty():
        with _board(sys.stderr) as show:
            yield show
    else:
        yield _plain(sys.stderr)


def _ignore(_: Progress) -> None:
    pass


def _plain(stream: TextIO) -> OnProgress:
    """One line for each step, said once."""
    last: dict[str, str] = {}

    def show(step: Progress) -> None:
        if last.get(step.tab) != step.text:
            last[step.tab] = step.text
            print(f"{step.tab}: {step.text}", file=stream, flush=True)

    return show


@contextmanager
def _board(stream: TextIO) -> Iterator[OnProgress]:
    """One row for each tab: spinner, tab, the current step, time."""
    from rich import progress
    from rich.console import Console

    rows: dict[str, TaskID] = {}
    with progress.Progress(
        progress.SpinnerColumn(finished_text=" "),
        progress.TextColumn("{task.fields[tab]}", markup=False),
        progress.TextColumn("{task.description}", markup=False),
        progress.TimeElapsedColumn(),
        console=Console(file=stream),
    ) as board:

        def show(step: Progress) -> None:
            if step.tab not in rows:
                rows[step.tab] = board.add_task("", tab=step.tab, total=1)
            board.update(rows[step.tab], description=step.text, completed=int(step.finished))

        yield show
