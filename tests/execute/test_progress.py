from __future__ import annotations

import io

from d2lbook.errors import Problem
from d2lbook.execute.jobs import Execution, Observer
from d2lbook.execute.progress import LiveBoard, PlainLines, observer_for

from tests.execute.workbench import notebook

A, B = notebook("1", "2", page="chapter/a", tab="jax"), notebook("1", page="chapter/b[x]")
PROBLEM = Problem(what="ValueError: [red]no[/red]")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def show(observer: Observer) -> None:
    observer.begin(stale=2, cached=5)
    observer.started(A)
    observer.cell(A, 1, 2)
    observer.started(B)
    observer.finished(Execution(notebook=B, status="failed", problem=PROBLEM, seconds=0.12))
    observer.cell(A, 2, 2)
    observer.finished(Execution(notebook=A, status="executed", seconds=3.0))
    observer.end()


def test_a_stream_gets_plain_lines() -> None:
    stream = io.StringIO()
    observer = observer_for(stream)
    assert isinstance(observer, PlainLines)
    show(observer)
    assert stream.getvalue().splitlines() == [
        "2 to execute, 5 unchanged",
        "[1/2] chapter/b[x] [python] failed in 0.1 s: ValueError: [red]no[/red]",
        "[2/2] chapter/a [jax] executed in 3.0 s",
    ]


def test_a_terminal_gets_a_live_board() -> None:
    stream = Terminal()
    observer = observer_for(stream)
    assert isinstance(observer, LiveBoard)
    show(observer)
    shown = stream.getvalue()
    assert "2 to execute, 5 unchanged" in shown
    assert "chapter/b[x] [python] failed in 0.1 s: ValueError: [red]no[/red]" in shown
    assert "chapter/a [jax] executed in 3.0 s" in shown


def test_nothing_to_execute_is_one_line() -> None:
    for stream in (io.StringIO(), Terminal()):
        observer = observer_for(stream)
        observer.begin(stale=0, cached=3)
        observer.end()
        assert stream.getvalue() == "0 to execute, 3 unchanged\n"
