"""Executes the stale notebooks of a book, longest first, several at once.

What ``staleness`` has found in the cache is taken from there; a notebook that has
been executed is kept at once, so that a build which is broken off loses only what
was running.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.execute.compiled import compiled_folder, prune_compiled
from d2lbook.execute.devices import find_gpus, gpus_needed, without_gpu
from d2lbook.execute.executors import Executor, LocalExecutor
from d2lbook.execute.failures import with_missing_resource
from d2lbook.execute.jobs import Execution, Job, Observer
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.modules import find_roots, link_modules
from d2lbook.execute.preload import preloads
from d2lbook.execute.staleness import Found
from d2lbook.execute.workspace import prepare_workspace, working_folder
from d2lbook.parallel import usable_processors
from d2lbook.stopping import stop_signals

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

__all__ = ["execute_notebooks"]

HEAVIEST_FIRST = ("jax", "tensorflow", "torch", "mxnet")
"""The frameworks whose notebooks take long, while nobody has timed them.

JAX compiles whatever it is to do for the first time, the others take long to be imported.
"""


def execute_notebooks(
    config: Config,
    found: Sequence[Found],
    environments: Mapping[str, Environment],
    keeper: Keeper,
    observer: Observer | None = None,
    executor: Executor | None = None,
) -> list[Execution]:
    """Execute what is stale, as ``look_up`` has found; one result per notebook, in order.

    ``environments`` has one, made, for every tab of these. What fails is told in the
    results. Raises OutputError when the output folder can't be written, what an
    executor raises that can't go on, and KeyboardInterrupt when the process is
    told to stop (Ctrl-C, SIGTERM, SIGHUP): no kernel is left then, and what was
    executed until then is in the cache.
    """
    observer = observer or Observer()
    found = without_gpu(config, found, lambda: executor.gpus if executor else len(find_gpus()))
    stale = [each for each in found if each.execution is None]
    cached = [each for each in found if each.execution and each.execution.status == "cached"]
    observer.begin(len(stale), len(cached))
    try:
        fresh = _execute(config, stale, environments, keeper, observer, executor) if stale else []
    finally:
        observer.end()
    for each in cached:
        if each.inputs and each.execution:
            keeper.recall(each.inputs, each.execution)
    executions = iter(fresh)
    return [each.execution or next(executions) for each in found]


def _execute(
    config: Config,
    stale: Sequence[Found],
    environments: Mapping[str, Environment],
    keeper: Keeper,
    observer: Observer,
    executor: Executor | None,
) -> list[Execution]:
    modules = config.state / "modules"
    link_modules(find_roots(config.source), modules)
    prepare_workspace(config, [each.notebook for each in stale])
    compiled = compiled_folder(config.state)
    prune_compiled(compiled)
    slots = min(config.execute.jobs or usable_processors(), len(stale))
    modules_before = preloads(config, [each.notebook for each in stale], environments)
    jobs = [
        Job(
            notebook=each.notebook,
            environment=environments[each.notebook.tab],
            memory=keeper.records.memory(each.notebook),
            gpus=gpus_needed(config, each.notebook),
            folder=working_folder(config, each.notebook),
            modules=modules,
            compiled=compiled,
            preload=preload,
            seed=config.execute.seed,
            cell_timeout=config.execute.timeout,
            notebook_timeout=config.execute.notebook_timeout,
        )
        for each, preload in zip(stale, modules_before, strict=True)
    ]
    with nullcontext(executor) if executor else closing(LocalExecutor(slots)) as used:
        scheduler = _Scheduler(config, keeper, used, observer)
        try:
            return asyncio.run(scheduler.run(stale, jobs))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        except ExceptionGroup as group:
            raise group.exceptions[0] from None


class _Scheduler:
    """Hands jobs to an executor and keeps what comes back."""

    def __init__(
        self, config: Config, keeper: Keeper, executor: Executor, observer: Observer
    ) -> None:
        self.config = config
        self.keeper = keeper
        self.executor = executor
        self.observer = _Noting(observer)
        self.fail_fast = config.execute.fail_fast
        self.tasks: list[tuple[Job, asyncio.Task[Execution]]] = []

    async def run(self, stale: Sequence[Found], jobs: Sequence[Job]) -> list[Execution]:
        """Execute all; the results are in the order of the jobs, the execution is not."""
        longest_first = sorted(range(len(jobs)), key=lambda index: self._shortness(jobs[index]))
        tasks: dict[int, asyncio.Task[Execution]] = {}
        with _cancelled_by_signals():
            async with asyncio.TaskGroup() as group:
                for index in longest_first:
                    tasks[index] = group.create_task(self._run_one(stale[index], jobs[index]))
                    self.tasks.append((jobs[index], tasks[index]))
        return [
            _never_started(job) if tasks[index].cancelled() else tasks[index].result()
            for index, job in enumerate(jobs)
        ]

    def _shortness(self, job: Job) -> tuple[float, int]:
        """By this jobs are sorted: the longest first."""
        modules = {name.partition(".")[0] for name in job.preload or ()}
        ranks = (rank for rank, name in enumerate(HEAVIEST_FIRST) if name in modules)
        return -self.keeper.records.seconds(job.notebook), min(ranks, default=len(HEAVIEST_FIRST))

    async def _run_one(self, found: Found, job: Job) -> Execution:
        execution = await self.executor.submit(job, self.observer)
        if execution.problem:
            # Here, as another machine doesn't have the files that are no resources.
            problem = with_missing_resource(execution.problem, job.notebook, self.config)
            execution = replace(execution, problem=problem)
        if found.inputs:
            self.keeper.keep(found.inputs, execution)
        self.observer.finished(execution)
        if execution.problem and self.fail_fast:
            self._start_no_more()
        return execution

    def _start_no_more(self) -> None:
        for job, task in self.tasks:
            if _name(job.notebook) not in self.observer.known:
                task.cancel()


class _Noting(Observer):
    """Passes on what it is told, and knows what was started."""

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.known: set[tuple[str, str]] = set()

    def started(self, notebook: Notebook) -> None:
        self.known.add(_name(notebook))
        self.observer.started(notebook)

    def cell(self, notebook: Notebook, number: int, total: int) -> None:
        self.observer.cell(notebook, number, total)

    def finished(self, execution: Execution) -> None:
        self.observer.finished(execution)


def _name(notebook: Notebook) -> tuple[str, str]:
    return notebook.page.name, notebook.tab


def _never_started(job: Job) -> Execution:
    problem = Problem(
        what="it was not executed, since another notebook had failed",
        place=job.notebook.page.place(0),
        tab=job.notebook.tab,
    )
    return Execution(notebook=job.notebook, status="skipped", notes=(problem,))


@contextmanager
def _cancelled_by_signals() -> Iterator[None]:
    """What tells a process to stop cancels the current task, once, so that it can tidy up."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    before = {number: signal.getsignal(number) for number in stop_signals()}
    for number in before:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            loop.remove_signal_handler(number)
            signal.signal(number, handler)
