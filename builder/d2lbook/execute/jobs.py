"""What is executed, and what comes of it: the values the modules of this package pass on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from d2lbook.book import Cell, Notebook, Output, Outputs
from d2lbook.errors import Problem

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment


@dataclass(frozen=True, kw_only=True)
class Job:
    """One notebook to execute, with all that an executor has to know about it."""

    notebook: Notebook
    environment: Environment
    folder: Path
    """The kernel's working folder, absolute; it is there."""
    modules: Path
    """Folder with the book's own modules and nothing else, absolute."""
    compiled: Path
    """Folder for what frameworks compile, absolute."""
    seed: int
    cell_timeout: int
    """Seconds; 0: no limit."""
    notebook_timeout: int
    """Seconds for all cells; 0: no limit."""
    preload: tuple[str, ...] | None = None
    """Modules that may be imported before the notebook's kernel starts; None: no warm kernel."""
    memory: int = 0
    """Bytes of memory that its kernel may come to have."""
    gpus: int = 0
    """How many GPUs it needs."""
    devices: tuple[str, ...] | None = None
    """The GPUs that its kernel gets, by CUDA's names; None: nobody keeps them from it."""


@dataclass(frozen=True, kw_only=True)
class Execution:
    """What came of one notebook."""

    notebook: Notebook
    status: Literal["executed", "cached", "failed", "skipped"]
    """``skipped``: there was nothing to execute, or it was not to be and isn't cached."""
    outputs: Outputs = field(default_factory=dict)
    """By ``Cell.position``; of a failed notebook those up to the failure."""
    problem: Problem | None = None
    """Why it failed; None unless it did."""
    has_kernel: bool = True
    """False: it failed because no kernel can be started in its environment."""
    warnings: tuple[Problem, ...] = ()
    """What is odd about it and stops no build."""
    notes: tuple[Problem, ...] = ()
    """What is only good to know: why its kernel was not a warm one."""
    seconds: float = 0.0
    """How long it took; of a cached one, how long it had taken."""
    cell_seconds: tuple[float, ...] = ()
    """How long each of its cells took, of those that were run; empty where it is cached."""
    has_gpu: bool = False
    """Whether its kernel had a GPU; of a cached one nobody asks."""
    memory: int = 0
    """The most bytes of memory that its kernel had; 0: nobody knows, or it is cached."""


class Observer:
    """Is told how an execution goes on, in the thread that asked for it; this one ignores it."""

    def begin(self, stale: int, cached: int) -> None:
        """Called once, before anything is executed, with the numbers of notebooks."""

    def started(self, notebook: Notebook) -> None:
        """The kernel of this notebook is about to start."""

    def cell(self, notebook: Notebook, number: int, total: int) -> None:
        """The code cell with this number, counted from 1, is about to run."""

    def finished(self, execution: Execution) -> None:
        """A notebook that was started is executed, or has failed."""

    def end(self) -> None:
        """Called once after ``begin``, also when the execution is broken off."""


def code_of(notebook: Notebook) -> list[str]:
    """The code of the cells that are run, in order; a blank one is not."""
    return [cell.source for cell in runnable_cells(notebook)]


def runnable_cells(notebook: Notebook) -> list[Cell]:
    return [cell for cell in notebook.code_cells() if cell.source.strip()]


def by_position(notebook: Notebook, outputs: Sequence[tuple[Output, ...]]) -> Outputs:
    """Outputs in the order of the cells that were run → by position in the page."""
    return {
        cell.position: found for cell, found in zip(runnable_cells(notebook), outputs, strict=False)
    }
