"""What went wrong in a notebook → a ``Problem`` that names the author's line."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path, PurePosixPath

from d2lbook.book import Cell, Notebook, Output, Place
from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.execute.jobs import runnable_cells
from d2lbook.files import is_of_the_disk
from d2lbook.source.files import resource_files
from d2lbook.source.raises import Expectation, without_expectation

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINES_SHOWN = 12
MOST_IN_LINE = 2000
"""Characters of a line that are told."""

REMEDIES = {
    r"^StdinNotImplementedError": (
        "nobody can answer while a book is built: write the value instead"
    ),
    r"^UsageError: Cell magic `%%tab` not found": "name the tabs in [build] tabs of config.ini",
    r"\.so[.\d]*: cannot open shared object file": (
        "install the system's package with that library; "
        "for MXNet on Debian: apt-get install libgomp1 libquadmath0"
    ),
}
"""What to do about errors whose message (name and text) does not say it."""


def cell_error(
    notebook: Notebook, name: str, value: str, place: Place, outputs: tuple[Output, ...]
) -> Problem:
    """A cell has raised the exception of this name; the outputs are those of the cell."""
    first_line = next((line.strip() for line in value.splitlines() if line.strip()), "")
    what = _cut(f"{name}: {first_line}" if first_line else name)
    return Problem(
        what=what,
        place=place,
        remedy=next((text for error, text in REMEDIES.items() if re.search(error, what)), ""),
        tab=notebook.tab,
        detail=last_lines(_report(outputs)),
    )


def with_missing_resource(problem: Problem, notebook: Notebook, config: Config) -> Problem:
    """The problem, with its remedy where a cell misses a file that is in the book.

    Kernels run where only the resources are.
    """
    missed = re.match(r"FileNotFoundError: .*?'([^']+)'", problem.what)
    if not missed or problem.remedy:
        return problem
    folder = config.source / PurePosixPath(notebook.page.name).parent
    file = Path(os.path.normpath(folder / missed[1]))
    is_ours = file.is_relative_to(config.source) and not file.is_relative_to(config.output)
    is_there = any(each.is_relative_to(file) for each in resource_files(config))
    if not is_ours or is_there or not os.path.exists(file):  # noqa: PTH110, as any text is a name
        return problem
    name = file.relative_to(config.source).as_posix()
    return replace(problem, remedy=f"name {name} in [build] resources of config.ini")


def wrong_error(problem: Problem, expected: Expectation) -> Problem:
    """A cell has raised what this problem tells, and not what its mark says."""
    what = f"the cell has to raise {expected}, but raised {problem.what}"
    return replace(problem, what=what, remedy="mend the cell, or its mark #@raises")


def no_error(notebook: Notebook, expected: Expectation) -> Problem:
    """A cell has not raised what its mark says."""
    return Problem(
        what=f"the cell has to raise {expected}, but raised nothing",
        place=notebook.page.place(expected.line),
        remedy="mend the cell, or remove its mark #@raises",
        tab=notebook.tab,
    )


def cell_timeout(notebook: Notebook, seconds: int, place: Place) -> Problem:
    return Problem(
        what=f"the cell did not end within {seconds} s",
        place=place,
        remedy="make it quicker, or raise [execute] timeout",
        tab=notebook.tab,
    )


def notebook_timeout(notebook: Notebook, seconds: int, place: Place) -> Problem:
    return Problem(
        what=f"the notebook did not end within {seconds} s; this cell was running",
        place=place,
        remedy="make it quicker, or raise [execute] notebook_timeout",
        tab=notebook.tab,
    )


def dead_kernel(notebook: Notebook, exit_code: int, memory: int, place: Place) -> Problem:
    """The kernel's process has ended in the middle of a cell, with this exit code.

    ``memory`` is the most that it had, in bytes.
    """
    how = f"exit code {exit_code}"
    if exit_code < 0:
        how = f"signal {-exit_code}, {signal.strsignal(-exit_code)}"
    had = f"with {memory / 1e6:,.0f} MB of memory at most"
    return Problem(
        what=f"the kernel died ({how}; {had}) while this cell was running",
        place=place,
        remedy="it may have used up the memory" if exit_code == -signal.SIGKILL else "",
        tab=notebook.tab,
    )


def kernel_fault(notebook: Notebook, said: str) -> Problem:
    """The kernel could not be started, and said this."""
    return Problem(
        what="the kernel does not start",
        place=notebook.page.place(0),
        remedy=f"see whether ipykernel is in the environment of '{notebook.tab}'",
        tab=notebook.tab,
        detail=last_lines(said),
    )


def cut_output(notebook: Notebook, place: Place) -> Problem:
    """A cell has put out more than is kept."""
    return Problem(
        what="the cell puts out so much that the rest was left out",
        place=place,
        remedy="print less, or write it to a file",
        tab=notebook.tab,
    )


def unforeseen(notebook: Notebook, error: Exception, place: Place) -> Problem:
    """What runs notebooks has failed, while this cell was running or its outputs were taken up."""
    fault = "this is a fault of d2lbook: please report it, with the code of this cell"
    return Problem(
        what=f"its outputs can't be taken up: {type(error).__name__}: {error}",
        place=place,
        remedy="check the space on that disk" if is_of_the_disk(error) else fault,
        tab=notebook.tab,
    )


def server_lost(notebook: Notebook, said: str, place: Place | None = None) -> Problem:
    """The process that starts kernels, and with it the kernel, has ended twice, and said this.

    The place is where the notebook was, if it had begun.
    """
    return Problem(
        what="the kernel was lost twice: the process that had started it was ended from outside",
        place=place or notebook.page.place(0),
        remedy="see whether the memory is used up, or a cell kills its parent process",
        tab=notebook.tab,
        detail=last_lines(said),
    )


def damaged_result(notebook: Notebook, why: str) -> Problem:
    return Problem(
        what=f"the cached result is damaged ({why}) and is not used",
        place=notebook.page.place(0),
        tab=notebook.tab,
    )


def place_of(notebook: Notebook, cell: Cell, found: tuple[int, int] | None = None) -> Place:
    """The place of a line of a cell, given as a kernel gives it; else of the cell's first line."""
    cells = runnable_cells(notebook)
    if found and 1 <= found[0] <= len(cells):
        number, line = found
        return notebook.page.place(without_expectation(cells[number - 1]).line_of(line - 1))
    first = next((i for i, line in enumerate(cell.source.split("\n")) if line.strip()), 0)
    return notebook.page.place(cell.line_of(first))


def last_lines(text: str) -> str:
    """The end of a longer text, without colours and blank lines, and of each line the beginning."""
    lines = [line.rstrip() for line in COLOUR.sub("", text).splitlines() if line.strip()]
    return "\n".join(map(_cut, lines[-LINES_SHOWN:]))


def _cut(line: str) -> str:
    return line if len(line) <= MOST_IN_LINE else f"{line[:MOST_IN_LINE]} [the rest is left out]"


def _report(outputs: tuple[Output, ...]) -> str:
    """The traceback; where IPython prints one instead of sending it, what it printed."""
    for output in reversed(outputs):
        if output["output_type"] == "error":
            return "\n".join(output["traceback"])
        if output.get("name") == "stderr":
            return str(output["text"])
    return ""
