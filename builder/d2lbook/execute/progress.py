"""How a running execution is shown: a live board on a terminal, plain lines elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from d2lbook.book import Notebook
from d2lbook.execute.jobs import Execution, Observer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def observer_for(stream: TextIO) -> Observer:
    """The observer that fits a stream: a terminal, or a file or pipe."""
    return LiveBoard(stream) if stream.isatty() else PlainLines(stream)


class PlainLines(Observer):
    """One line at the start, one for every notebook that has ended."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.stale = 0
        self.ended = 0

    def begin(self, stale: int, cached: int) -> None:
        self.stale = stale
        if stale or cached:
            self._say(summary(stale, cached))

    def finished(self, execution: Execution) -> None:
        self.ended += 1
        self._say(f"[{self.ended}/{self.stale}] {outcome(execution)}")

    def _say(self, line: str) -> None:
        print(line, file=self.stream, flush=True)


class LiveBoard(Observer):
    """The notebooks that are running, with their cells, and a line for each that has ended."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.progress: Progress | None = None
        self.rows: dict[tuple[str, str], TaskID] = {}

    def begin(self, stale: int, cached: int) -> None:
        if not stale:
            if cached:
                print(summary(stale, cached), file=self.stream)
            return
        # Heavy: only a build that executes something pays for it.
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        console = Console(file=self.stream)
        console.print(summary(stale, cached), highlight=False)
        self.progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self.all = self.progress.add_task("notebooks", total=stale)
        self.progress.start()

    def started(self, notebook: Notebook) -> None:
        if self.progress:
            row = self.progress.add_task(title(notebook), total=None)
            self.rows[notebook.page.name, notebook.tab] = row

    def cell(self, notebook: Notebook, number: int, total: int) -> None:
        if self.progress:
            row = self.rows[notebook.page.name, notebook.tab]
            self.progress.update(row, completed=number - 1, total=total)

    def finished(self, execution: Execution) -> None:
        if self.progress:
            notebook = execution.notebook
            self.progress.remove_task(self.rows.pop((notebook.page.name, notebook.tab)))
            self.progress.advance(self.all)
            style = "red" if execution.status == "failed" else None
            self.progress.console.print(
                outcome(execution), style=style, markup=False, highlight=False
            )

    def end(self) -> None:
        if self.progress:
            self.progress.stop()


def title(notebook: Notebook) -> str:
    return f"{notebook.page.name} [{notebook.tab}]"


def summary(stale: int, cached: int) -> str:
    return f"{stale} to execute, {cached} unchanged"


def outcome(execution: Execution) -> str:
    failed = f": {execution.problem.what}" if execution.problem else ""
    return f"{title(execution.notebook)} {execution.status} in {execution.seconds:.1f} s{failed}"
