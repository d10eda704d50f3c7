"""Shows how far the environments are: a live board on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from d2lbook.execute.environments import OnProgress, Progress


@contextmanager
def environment_progress(verbosity: int) -> Iterator[OnProgress]:
    """What to hand to ``make_environments``; shows nothing when it is never called."""
    from rich.console import Console

    console = Console(stderr=True, quiet=verbosity < 0)
    if console.is_terminal:
        with _board(console) as show:
            yield show
    else:
        yield _plain(console)


def _plain(console: Console) -> OnProgress:
    """One line for each step, said once."""
    last: dict[str, str] = {}

    def show(step: Progress) -> None:
        if last.get(step.tab) != step.text:
            last[step.tab] = step.text
            line = f"{step.tab}: {step.text}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)

    return show


@contextmanager
def _board(console: Console) -> Iterator[OnProgress]:
    """One row for each tab: spinner, tab, the current step, seconds."""
    from rich import progress

    rows: dict[str, progress.TaskID] = {}
    with progress.Progress(
        progress.SpinnerColumn(finished_text=" "),
        progress.TextColumn("{task.fields[tab]}", markup=False),
        progress.TextColumn("{task.description}", markup=False),
        progress.TimeElapsedColumn(),
        console=console,
    ) as board:

        def show(step: Progress) -> None:
            if step.tab not in rows:
                rows[step.tab] = board.add_task("", tab=step.tab, total=1)
            board.update(rows[step.tab], description=step.text, completed=int(step.finished))

        yield show
