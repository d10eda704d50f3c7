"""Executors: where notebooks are executed.

A build knows of an executor only what ``Executor`` says. Whoever has made one closes it.

``LocalExecutor`` runs kernels on this machine; ``FakeExecutor`` runs nothing and
is for tests, of this package and of others. That of a cluster is in ``cluster.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Protocol

from d2lbook.execute.capacity import Capacity, available_memory
from d2lbook.execute.devices import find_gpus
from d2lbook.execute.imports import lean_imports
from d2lbook.execute.jobs import Execution, Job, Observer
from d2lbook.execute.variables import THREAD_VARIABLES
from d2lbook.parallel import usable_processors

if TYPE_CHECKING:
    from d2lbook.execute.server_pool import ServerPool

    Run = Callable[[Job, Observer, ServerPool], Awaitable[Execution]]


class Executor(Protocol):
    """Somewhere to execute notebooks."""

    is_local: bool
    """Whether the environments have to be made here."""

    @property
    def gpus(self) -> int:
        """How many GPUs a notebook can get."""

    async def submit(self, job: Job, observer: Observer) -> Execution:
        """Execute a notebook, now or when there is room, and return what came of it.

        Tells the observer when it starts and where it is. What goes wrong in
        the notebook is in the result; being cancelled leaves nothing running.
        """

    def close(self) -> None:
        """End what it has started for more than one notebook."""


class LocalExecutor:
    """Runs so many kernels at once on this machine, each with its share of the processors."""

    is_local = True

    def __init__(
        self, slots: int, servers: ServerPool | None = None, capacity: Capacity | None = None
    ) -> None:
        """``servers`` are those of ``start_servers`` with as many slots, where they are to stay.

        ``capacity`` is this machine's unless it is given.
        """
        self.slots = slots
        self.capacity = capacity
        self.servers = servers or start_servers(slots)
        self._gpu_names = capacity.gpus if capacity else find_gpus()
        self._turns = count()

    @property
    def gpus(self) -> int:
        return len(self._gpu_names)

    async def submit(self, job: Job, observer: Observer) -> Execution:
        turn, needed = next(self._turns), self._needed
        if self.gpus:
            job = replace(job, devices=())
        if not self.gpus or not job.gpus:
            # Before it takes a place: no place stays empty while its server imports.
            await self.servers.prepare(job)
        capacity, run_notebook = await asyncio.shield(asyncio.wrap_future(needed))
        async with capacity.reserved(job.memory, job.gpus, turn=turn) as devices:
            if devices:
                job = replace(job, devices=devices)
            observer.started(job.notebook)
            return await run_notebook(job, observer, self.servers)

    @cached_property
    def _needed(self) -> Future[tuple[Capacity, Run]]:
        """What a thread finds and imports while servers import what notebooks do."""
        thread = ThreadPoolExecutor(1)
        try:
            return thread.submit(self._find_needed)
        finally:
            thread.shutdown(wait=False)

    def _find_needed(self) -> tuple[Capacity, Run]:
        capacity = self.capacity or Capacity(self.slots, available_memory(), self._gpu_names)
        with lean_imports():
            from d2lbook.execute.run import run_notebook
        return capacity, run_notebook

    def close(self) -> None:
        """End its servers, with all kernels they have started."""
        self.servers.close()


def start_servers(slots: int) -> ServerPool:
    """What starts the kernels of an executor with so many slots; the caller has to close it."""
    from d2lbook.execute.server_pool import ServerPool

    threads = max(1, usable_processors() // slots)
    return ServerPool(dict.fromkeys(THREAD_VARIABLES, str(threads)), at_once=slots)


class FakeExecutor:
    """Answers every job with what a function makes of it, and remembers the jobs."""

    is_local = True

    def __init__(self, answer: Callable[[Job], Execution], gpus: int = 0) -> None:
        self.answer = answer
        self.gpus = gpus
        self.jobs: list[Job] = []

    async def submit(self, job: Job, observer: Observer) -> Execution:
        self.jobs.append(job)
        observer.started(job.notebook)
        return self.answer(job)

    def close(self) -> None:
        """Nothing was started."""
