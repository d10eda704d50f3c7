"""Write a page of what each notebook took: time, memory, its slowest cell.

It shows the last execution of every notebook on this machine, by section and
framework, and which of them failed; what was only taken from the cache of another
machine has a time but neither memory nor cells. Nothing is executed. The page is
report/index.html in the output folder; it needs nothing beside it, so it can be
sent to somebody.
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from d2lbook.commands.console import Console
    from d2lbook.config import Config
    from d2lbook.html.report import Row
    from d2lbook.pipeline import Build

NAME = "report"
HELP = "write a page of times and memory per section and framework"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which notebooks."""
    parser.add_argument("--tab", default="all", help="one of the book's tabs, or all (default)")


def run(arguments: argparse.Namespace) -> int:
    """Write the page, and show the sums."""
    from d2lbook.commands.console import open_book, quiet_reporter, shown_path
    from d2lbook.files import write_file
    from d2lbook.html.report import memory, report_html, seconds, totals
    from d2lbook.output import claim, reserved
    from d2lbook.pipeline import Build, chosen_tabs

    config, console = open_book(arguments)
    tabs = chosen_tabs(config, arguments.tab)
    build = Build(config, tabs, quiet_reporter(console))
    rows = list(_rows(build))
    origins = _origins(build, console)
    sums = totals(rows, {tab: _versions(config, tab, origins.get(tab, {})) for tab in tabs})
    with reserved(config, console.wait_for_build):
        path = claim(config) / "report" / "index.html"
        write_file(path, report_html(config.project.title or config.project.name, rows, sums))
    for each in sums:
        took = f"{seconds(each.seconds):>12}  {memory(each.memory):>9} at most"
        console.result(f"{each.tab:<12} {each.notebooks:>4} notebooks {took}  {each.versions}")
    if not rows:
        console.result("no notebook was executed here yet")
    console.result(f"report: {shown_path(path)}")
    return 0


def _rows(build: Build) -> Iterator[Row]:
    """What is known of each notebook, in reading order."""
    from d2lbook.document.labels import number_text
    from d2lbook.document.text import plain_text
    from d2lbook.execute.jobs import runnable_cells
    from d2lbook.execute.records import Records
    from d2lbook.html.report import Row

    records = Records(build.config)
    documents = build.documents_as_written
    for name, document in documents.pages.items():
        title = plain_text(document.title) if document.title else name
        page = f"{number_text(documents.numbers[name].number)} {title}".strip()
        for tab, notebook in build.notebooks_on(name).items():
            record = records.of(notebook)
            if record:
                # The cells may be others by now; their times still belong to the old ones.
                cells = runnable_cells(notebook)
                timed = [
                    (cell.line_of(0), took)
                    for cell, took in zip(cells, record.cells, strict=False)
                    if len(cells) == len(record.cells)
                ]
                yield Row(
                    page=page,
                    tab=tab,
                    seconds=record.seconds,
                    memory=record.memory,
                    slowest=max(timed, key=lambda cell: cell[1], default=None),
                    has_failed=bool(record.failure),
                )


def _origins(build: Build, console: Console) -> Mapping[str, Mapping[str, str]]:
    """What outputs are made with, by tab; nothing where that can't be known."""
    from d2lbook.errors import EnvironmentFault

    try:
        return build.origins
    except EnvironmentFault as fault:
        for problem in fault.problems:
            console.caution(problem)
        return {}


def _versions(config: Config, tab: str, origin: Mapping[str, str]) -> str:
    """The versions of the framework and of Python that the outputs of a tab were made with.

    As its pages say them; where no lock says them, as they are installed, or nothing at all.
    """
    from d2lbook.document.made_with import made_with

    made = made_with(config, tab)
    versions = dict(made.versions) if made else dict(origin)
    named = [f"{name} {version}" for name, version in versions.items() if _is_framework(name)]
    # Python comes last, since every line has it.
    python = versions.get("Python") or versions.get("python")
    return " · ".join([*named, *([f"Python {python}"] if python else [])])


def _is_framework(package: str) -> bool:
    """Whether this is a framework, be it one of its editions (``tensorflow-cpu``)."""
    from d2lbook.frameworks import PACKAGES

    name, _, edition = package.lower().partition("-")
    return name in PACKAGES and bool(re.fullmatch(r"(cpu|gpu|cu\d+\w*)?", edition))
