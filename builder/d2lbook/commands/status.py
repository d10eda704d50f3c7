"""Show every notebook: what a build would execute, and why.

states:
  fresh     its outputs are in the cache
  stale     it would be executed; what has changed since the last time is named:
            code (with the line of the first cell that differs), environment,
            variable, module (the book's own, as d2l/torch.py), data, seed,
            folder (the page was moved), d2lbook (another version)
  failed    it failed the last time, and nothing has changed since; or it needs a
            GPU, there is none, and [execute] without_gpu says fail
  skipped   there is nothing to execute; or the same, and without_gpu says skip

The seconds are those of its last execution, also where it failed. Outputs that show
a memory address on pages, which differs in every execution, are named by the line
of their cell, and notebooks that need a GPU ([execute] gpu, or as their code shows)
say so. Nothing is executed, and no environment is made.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2lbook.commands.console import Console
    from d2lbook.execute.status import State, Status

NAME = "status"
HELP = "show which notebooks are stale, and why"

STATES: tuple[State, ...] = ("fresh", "stale", "failed", "skipped")
STYLES = {"fresh": "green", "stale": "yellow", "failed": "red", "skipped": "dim"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which notebooks, and how they are shown."""
    parser.add_argument("--tab", default="all", help="one of the book's tabs, or all (default)")
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(arguments: argparse.Namespace) -> int:
    """Show the status of the notebooks; it is no failure that some are stale or have failed."""
    from d2lbook.commands.console import open_book, quiet_reporter
    from d2lbook.pipeline import Build, chosen_tabs

    config, console = open_book(arguments)
    tabs = chosen_tabs(config, arguments.tab)
    statuses = Build(config, tabs, quiet_reporter(console)).statuses
    if arguments.json:
        console.result(json.dumps([each.as_json() for each in statuses], indent=1))
    else:
        _show(statuses, console)
    return 0


def _show(statuses: Sequence[Status], console: Console) -> None:
    pages = max((len(each.notebook.page.name) for each in statuses), default=0)
    tabs = max((len(each.notebook.tab) for each in statuses), default=0)
    for each in statuses:
        seconds = "" if each.seconds is None else f"{each.seconds:.1f} s"
        name = f"{each.notebook.page.name:<{pages}}  {each.notebook.tab:<{tabs}}"
        line = f"{name}  {seconds:>8}  {_detail(each)}".rstrip()
        console.result(f"{_coloured(each.state)}  {line}")
    console.result(_total(statuses))


def _detail(status: Status) -> str:
    what = _what(status)
    is_unsaid = status.gpus and "needs a GPU" not in what
    return ", ".join(filter(None, (what, "needs a GPU" if is_unsaid else "")))


def _what(status: Status) -> str:
    if status.addresses:
        lines = ", ".join(map(str, status.addresses))
        return f"memory addresses in the outputs of {status.notebook.page.path}:{lines}"
    if status.changes:
        return f"changed: {', '.join(map(str, status.changes))}"
    return status.reason


def _coloured(state: State) -> str:
    """The state as wide as all are; with its colour on a terminal."""
    text = f"{state:<7}"
    if not sys.stdout.isatty():
        return text
    from rich.console import Console

    console = Console(file=sys.stdout)
    with console.capture() as capture:
        console.print(text, style=STYLES[state], end="")
    return capture.get()


def _total(statuses: Sequence[Status]) -> str:
    counts = Counter(each.state for each in statuses)
    text = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
    seconds = [each.seconds or 0 for each in statuses if each.state in {"stale", "failed"}]
    took = f"; what is not fresh took {sum(seconds):.1f} s the last time" if any(seconds) else ""
    return f"{len(statuses)} notebooks{': ' if text else ''}{text}{took}"
