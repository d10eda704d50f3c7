"""Executes one notebook in a kernel of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import monotonic

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from d2lbook.book import Output, Place
from d2lbook.errors import Problem
from d2lbook.execute import failures
from d2lbook.execute.jobs import Execution, Job, Observer, by_position, runnable_cells
from d2lbook.execute.kernels import (
    CellError,
    CellTimeout,
    Kernel,
    KernelDied,
    KernelFault,
    running_kernel,
)
from d2lbook.execute.outputs import clean_outputs, oddities, without_folders
from d2lbook.execute.server_pool import ServerPool, Start
from d2lbook.execute.servers import ServerLost
from d2lbook.source.raises import find_expectation, without_expectation

PROGRAMS = str(Path(__file__).parents[2])
"""Where this package is: a whole stack that a cell shows begins in what starts kernels."""


async def run_notebook(job: Job, observer: Observer, servers: ServerPool) -> Execution:
    """Execute the notebook of the job; what goes wrong in it is in the result.

    When the server of its kernel is lost, which may be another notebook's doing,
    it is executed once more, by a server of its own. When cancelled, it leaves no
    process behind.
    """
    try:
        try:
            return await _run(job, observer, await servers.start_for(job), servers)
        except ServerLost:
            start = await servers.start_for(job, alone=True)
            return await _run(job, observer, start, servers, is_last=True)
    except ServerLost as lost:
        problem = failures.server_lost(job.notebook, str(lost))
        return Execution(notebook=job.notebook, status="failed", problem=problem)


async def _run(
    job: Job, observer: Observer, start: Start, servers: ServerPool, *, is_last: bool = False
) -> Execution:
    """Execute it once. Raises ServerLost, but in the last try."""
    started = monotonic()
    run = _Run(job, observer)
    try:
        problem = await run.execute(start, servers)
    except ServerLost as lost:
        if not is_last:
            raise
        problem = failures.server_lost(job.notebook, str(lost), run.place())
    positioned = by_position(job.notebook, [run.outputs(cell) for cell in run.cells])
    return Execution(
        notebook=job.notebook,
        status="failed" if problem else "executed",
        outputs=positioned,
        problem=problem,
        has_kernel=run.has_kernel,
        warnings=tuple(oddities(job.notebook, positioned)),
        notes=start.notes,
        has_gpu=bool(job.devices),
        seconds=monotonic() - started,
        cell_seconds=tuple(run.seconds),
        memory=run.kernel.memory if run.kernel else 0,
    )


class _Failure(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class _Run:
    """One notebook on its way through a kernel."""

    def __init__(self, job: Job, observer: Observer) -> None:
        self.job = job
        self.notebook = job.notebook
        self.observer = observer
        self.sources = runnable_cells(job.notebook)
        self.document = new_notebook(  # type: ignore[no-untyped-call]
            cells=[new_code_cell(without_expectation(cell).source) for cell in self.sources]  # type: ignore[no-untyped-call]
        )
        self.cells: list[NotebookNode] = self.document.cells
        self.index = 0
        self.seconds: list[float] = []
        """How long each cell took."""
        self.kernel: Kernel | None = None
        self.has_kernel = True
        """False: none can be started."""

    async def execute(self, start: Start, servers: ServerPool) -> Problem | None:
        """Run the cells; what stopped that, or None. Raises ServerLost."""
        seconds = self.job.notebook_timeout
        try:
            async with running_kernel(self.job, self.document, servers, start) as kernel:
                self.kernel = kernel
                async with asyncio.timeout(seconds or None):
                    await self._run_cells(kernel)
        except _Failure as failure:
            return failure.problem
        except KernelFault as fault:
            self.has_kernel = False
            return failures.kernel_fault(self.notebook, str(fault))
        except TimeoutError:
            return failures.notebook_timeout(self.notebook, seconds, self.place())
        except ServerLost:
            raise
        except Exception as error:  # noqa: BLE001, a library's fault is no other notebook's
            return failures.unforeseen(self.notebook, error, self.place())
        return None

    def outputs(self, cell: NotebookNode) -> tuple[Output, ...]:
        """What a cell has put out so far, without what is this machine's alone."""
        folders = (str(self.job.modules), str(self.job.folder), PROGRAMS)
        environment = str(self.job.environment.python.parent.parent)
        return without_folders(clean_outputs(cell.outputs), folders, environment)

    async def _run_cells(self, kernel: Kernel) -> None:
        for index in range(len(self.cells)):
            self.index = index
            self.observer.cell(self.notebook, index + 1, len(self.cells))
            started = monotonic()
            expected = find_expectation(self.sources[index], self.notebook.page.path)
            try:
                await kernel.run(index)
            except CellError as error:
                if not expected:
                    raise _Failure(await self._explain(error, kernel)) from error
                if not expected.is_met_by(await kernel.error_classes(error)):
                    problem = await self._explain(error, kernel)
                    raise _Failure(failures.wrong_error(problem, expected)) from error
            except (CellTimeout, KernelDied) as error:
                raise _Failure(await self._explain(error, kernel)) from error
            else:
                if expected:
                    raise _Failure(failures.no_error(self.notebook, expected))
            finally:
                self.seconds.append(monotonic() - started)

    async def _explain(
        self, error: CellError | CellTimeout | KernelDied, kernel: Kernel
    ) -> Problem:
        if isinstance(error, CellError):
            place = self.place(await kernel.failing_line())
            outputs = self.outputs(self.cells[self.index])
            return failures.cell_error(self.notebook, error.name, error.value, place, outputs)
        if isinstance(error, CellTimeout):
            return failures.cell_timeout(self.notebook, self.job.cell_timeout, self.place())
        end = error.end
        return failures.dead_kernel(self.notebook, end.code, end.memory, self.place())

    def place(self, found: tuple[int, int] | None = None) -> Place:
        """Of a line that the kernel has found, or of the cell at hand."""
        return failures.place_of(self.notebook, self.sources[self.index], found)
