"""Executes the notebooks of a book: what is stale, longest first, several at once.

What is in the cache is taken from there; a notebook that has been executed is
kept at once, so that a build which is broken off loses only what was running.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import OutputError, Problem
from d2lbook.execute.durations import Durations
from d2lbook.execute.executors import Executor, LocalExecutor
from d2lbook.execute.failures import damaged_result
from d2lbook.execute.jobs import Execution, Job, Observer, by_position, runnable_cells
from d2lbook.execute.keys import Keys
from d2lbook.execute.modules import find_roots, link_modules
from d2lbook.execute.results import DamagedResult, Result, ResultStore
from d2lbook.execute.workspace import prepare_workspace, working_folder
from d2lbook.parallel import usable_processors

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

__all__ = ["execute_notebooks", "stale_notebooks"]

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stale_notebooks(
    config: Config, notebooks: Sequence[Notebook], environments: Mapping[str, Environment]
) -> list[Notebook]:
    """The notebooks that ``execute_notebooks`` would have to execute.

    It is enough that the environments are described: only those of the tabs of
    these notebooks have to be made before they are executed.
    """
    found = _look_up(config, notebooks, environments)
    return [each.notebook for each in found if each.execution is None]


def execute_notebooks(
    config: Config,
    notebooks: Sequence[Notebook],
    environments: Mapping[str, Environment],
    observer: Observer | None = None,
    executor: Executor | None = None,
) -> list[Execution]:
    """Execute what is stale and take the rest from the cache; one result per notebook, in order.

    ``environments`` has one for every tab with code. What fails is told in the
    results. Raises OutputError when the output folder can't be written, what an
    executor raises that can't go on, and KeyboardInterrupt when the process is
    told to stop (Ctrl-C, SIGTERM, SIGHUP): no kernel is left then, and what was
    executed until then is in the cache.
    """
    observer = observer or Observer()
    found = _look_up(config, notebooks, environments)
    stale = [each for each in found if each.execution is None]
    observer.begin(len(stale), sum(each.key != "" for each in found) - len(stale))
    try:
        fresh = _execute(config, stale, environments, observer, executor) if stale else []
    finally:
        observer.end()
    executions = iter(fresh)
    return [each.execution or next(executions) for each in found]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A notebook and what the cache has of it."""

    notebook: Notebook
    key: str
    """Empty: there is nothing to execute."""
    execution: Execution | None
    """None: it has to be executed."""
    warnings: tuple[Problem, ...] = ()


def _look_up(
    config: Config, notebooks: Sequence[Notebook], environments: Mapping[str, Environment]
) -> list[_Found]:
    keys = Keys(config)
    store = ResultStore(config.state / "results")
    found: list[_Found] = []
    for notebook in notebooks:
        if config.build.eval_notebook and runnable_cells(notebook):
            key = keys.of(notebook, environments[notebook.tab])
            found.append(_look_up_result(store, notebook, key))
        else:
            skipped = Execution(notebook=notebook, status="skipped")
            found.append(_Found(notebook=notebook, key="", execution=skipped))
    return found


def _look_up_result(store: ResultStore, notebook: Notebook, key: str) -> _Found:
    try:
        result = store.load(key)
    except DamagedResult as damage:
        warning = damaged_result(notebook, str(damage))
        return _Found(notebook=notebook, key=key, execution=None, warnings=(warning,))
    if result is None:
        return _Found(notebook=notebook, key=key, execution=None)
    outputs = by_position(notebook, result.outputs)
    cached = Execution(notebook=notebook, status="cached", outputs=outputs, seconds=result.seconds)
    return _Found(notebook=notebook, key=key, execution=cached)


def _execute(
    config: Config,
    stale: Sequence[_Found],
    environments: Mapping[str, Environment],
    observer: Observer,
    executor: Executor | None,
) -> list[Execution]:
    modules = config.state / "modules"
    link_modules(find_roots(config.source), modules)
    prepare_workspace(config, [each.notebook for each in stale])
    slots = min(config.execute.jobs or usable_processors(), len(stale))
    scheduler = _Scheduler(
        store=ResultStore(config.state / "results"),
        durations=Durations(config.state / "durations.json"),
        executor=executor or LocalExecutor(slots),
        observer=observer,
    )
    jobs = [
        Job(
            notebook=each.notebook,
            environment=environments[each.notebook.tab],
            folder=working_folder(config, each.notebook),
            modules=modules,
            seed=config.execute.seed,
            cell_timeout=config.execute.timeout,
            notebook_timeout=config.execute.notebook_timeout,
        )
        for each in stale
    ]
    try:
        return asyncio.run(scheduler.run(stale, jobs))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


@dataclass(frozen=True, kw_only=True)
class _Scheduler:
    """Hands jobs to an executor and keeps what comes back."""

    store: ResultStore
    durations: Durations
    executor: Executor
    observer: Observer

    async def run(self, stale: Sequence[_Found], jobs: Sequence[Job]) -> list[Execution]:
        """Execute all; the results are in the order of the jobs, the execution is not."""
        longest_first = sorted(
            range(len(jobs)), key=lambda index: -self.durations.of(jobs[index].notebook)
        )
        tasks: dict[int, asyncio.Task[Execution]] = {}
        try:
            with _cancelled_by_signals():
                async with asyncio.TaskGroup() as group:
                    for index in longest_first:
                        tasks[index] = group.create_task(self._run_one(stale[index], jobs[index]))
        finally:
            with contextlib.suppress(OutputError):  # next time they are only less well ordered
                self.durations.save()
        return [tasks[index].result() for index in range(len(jobs))]

    async def _run_one(self, found: _Found, job: Job) -> Execution:
        execution = await self.executor.submit(job, self.observer)
        warnings = found.warnings + execution.warnings
        if execution.status == "executed":
            self.durations.record(job.notebook, execution.seconds)
            warnings += self._keep(found.key, execution)
        execution = replace(execution, warnings=warnings)
        self.observer.finished(execution)
        return execution

    def _keep(self, key: str, execution: Execution) -> tuple[Problem, ...]:
        outputs = tuple(
            execution.outputs[cell.position] for cell in runnable_cells(execution.notebook)
        )
        try:
            self.store.save(key, Result(outputs=outputs, seconds=execution.seconds))
        except OutputError as error:
            return error.problems
        return ()


@contextmanager
def _cancelled_by_signals() -> Iterator[None]:
    """What tells a process to stop cancels the current task, once, so that it can tidy up."""
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task

    def stop() -> None:
        if not task.cancelling():
            task.cancel()

    # Only the main thread may handle signals; nohup and & ignore some on purpose.
    in_main_thread = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in STOPPING if in_main_thread}
    taken = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
    for number in taken:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
