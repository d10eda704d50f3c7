"""Executes notebooks on the machines of a Ray cluster (extra ``ray``).

Ray decides which machine has the processor, the memory and the GPUs for a
notebook; ``shipment`` is what happens there. A notebook whose machine or process
is lost is executed again elsewhere; one that fails is not, since its failure is
a result like any other. Nobody may join who does not have the cluster's token.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from d2lbook import __version__
from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import BookError, ClusterFault, Problem, UsageError
from d2lbook.execute.failures import last_lines
from d2lbook.execute.jobs import Execution, Job, Observer
from d2lbook.execute.shipment import execute_shipped, pack

if TYPE_CHECKING:
    from ray import ObjectRef
    from ray.actor import ActorHandle

SECONDS_TO_ANSWER = 10

NETWORK_ADDRESS = re.compile(r"(?:ray://)?\[?(?P<host>[^/]+?)\]?:(?P<port>\d+)")
"""Of a cluster; Ray has other words, too, such as ``auto``."""

TIMES_REPEATED = 3
"""How often a notebook is executed again whose machine was lost."""

DEFAULTS = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    # A process without a GPU is told so by us, and only where there are some.
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""Variables that Ray heeds, unless the user has set them."""

Message = tuple[int, tuple[int, int] | None]
"""The number of a job, and of its cell and all its cells; None: it starts."""


class RayExecutor:
    """Hands notebooks to a cluster; connects when there is one to execute."""

    is_local = False

    def __init__(self, config: Config, address: str | None = None) -> None:
        """``address`` as Ray has them (``host:6379``); None: RAY_ADDRESS, or a cluster of our own.

        Raises UsageError where Ray is not installed.
        """
        if not find_spec("ray"):
            what = "Ray is not installed, which --executor ray needs"
            raise UsageError.of(what, "run: pip install 'd2lbook2[ray]'")
        self.config = config
        self.address = address
        self._places: asyncio.Semaphore | None = None
        self._numbers = itertools.count()
        self._running: dict[int, _Running] = {}
        self._listening: asyncio.Task[None] | None = None

    @cached_property
    def _cluster(self) -> _Cluster:
        return _connect(self.config, self.address)

    @property
    def gpus(self) -> int:
        return self._cluster.most_gpus

    async def submit(self, job: Job, observer: Observer) -> Execution:
        cluster = self._cluster
        if not self._listening:
            self._listening = asyncio.create_task(self._listen())
            if self.config.execute.jobs:
                self._places = asyncio.Semaphore(self.config.execute.jobs)
        async with self._places or nullcontext():
            number = next(self._numbers)
            running = self._running[number] = _Running(job.notebook, observer)
            try:
                result = await _result(cluster.start(number, job), job)
            finally:
                del self._running[number]
        if isinstance(result, BookError):
            raise result
        running.start()
        return replace(result, notebook=job.notebook)

    async def _listen(self) -> None:
        """Pass on what is told of the notebooks that run."""
        while True:
            number, cell = await self._cluster.mailbox.take.remote()
            if running := self._running.get(number):
                running.start()
                if cell:
                    running.observer.cell(running.notebook, *cell)

    def close(self) -> None:
        """Leave the cluster; Ray ends whatever still runs there for this process."""
        if "_cluster" in self.__dict__:
            import ray

            ray.shutdown()


@dataclass
class _Running:
    """A notebook that is somewhere in the cluster."""

    notebook: Notebook
    observer: Observer
    has_started: bool = False

    def start(self) -> None:
        """Tell that it has started, once, however often it is repeated."""
        if not self.has_started:
            self.has_started = True
            self.observer.started(self.notebook)


@dataclass(frozen=True)
class _Cluster:
    """A cluster this process is connected with, and what it has."""

    task: Any
    shipment: ObjectRef[bytes]
    mailbox: Any
    """A ``Mailbox``."""
    most_memory: int
    """Of the machine that has most."""
    most_gpus: int

    def start(self, number: int, job: Job) -> ObjectRef[Any]:
        """Have a job executed where there is room for it, now or later."""
        options = {
            "num_gpus": min(job.gpus, self.most_gpus),
            "memory": min(job.memory, self.most_memory),
        }
        task = self.task.options(**options)
        started: ObjectRef[Any] = task.remote(
            self.shipment, job, __version__, number, self.mailbox, bool(self.most_gpus)
        )
        return started


def _connect(config: Config, address: str | None) -> _Cluster:
    """Join a cluster. Raises ClusterFault."""
    _check_that_somebody_answers(address or os.environ.get("RAY_ADDRESS", ""))
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    try:
        with _own_signals():
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                include_dashboard=False,
            )
        nodes = ray.nodes()  # type: ignore[no-untyped-call]
        machines = [node["Resources"] for node in nodes if node["Alive"]]
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        task = ray.remote(num_cpus=1, max_retries=TIMES_REPEATED)(_execute_there)
        mailbox = ray.remote(num_cpus=0)(Mailbox).options(scheduling_strategy=here).remote()
        shipment = ray.put(pack(config))
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        raise ClusterFault(
            Problem(
                what=f"no cluster of Ray can be used at {address or 'this machine'}",
                remedy="see --address, and RAY_AUTH_TOKEN for the cluster's token",
                detail=last_lines(str(error)),
            )
        ) from error
    return _Cluster(
        task=task,
        shipment=shipment,
        mailbox=mailbox,
        most_memory=int(max(machine.get("memory", 0) for machine in machines)),
        most_gpus=int(max(machine.get("GPU", 0) for machine in machines)),
    )


def _check_that_somebody_answers(address: str) -> None:
    """Raise ClusterFault where nobody does; Ray would try for minutes, deaf to Ctrl-C."""
    if found := NETWORK_ADDRESS.fullmatch(address):
        place = found["host"], int(found["port"])
        try:
            socket.create_connection(place, SECONDS_TO_ANSWER).close()
        except (OSError, OverflowError, UnicodeError) as error:
            what = f"nobody answers at {address}: {getattr(error, 'strerror', None) or error}"
            remedy = "see --address or RAY_ADDRESS, and whether ray start was run there"
            raise ClusterFault.of(what, remedy) from error


@contextmanager
def _own_signals() -> Iterator[None]:
    """What handles SIGTERM stays the same; Ray would end this process where it stands."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


async def _result(started: ObjectRef[Any], job: Job) -> Execution | BookError:
    """What comes of a job; the job is cancelled with this."""
    import ray

    try:
        result: Execution | BookError = await started
    except asyncio.CancelledError:
        ray.cancel(started, force=True)
        raise
    except ray.exceptions.RayTaskError as error:
        what = "a machine of the cluster can't execute notebooks"
        remedy = "see whether d2lbook2 is installed there, and its log of Ray"
        raise ClusterFault(
            Problem(what=what, remedy=remedy, detail=last_lines(str(error)))
        ) from error
    except ray.exceptions.RayError as error:
        problem = Problem(
            what=f"its machine, or the process on it, was lost {TIMES_REPEATED + 1} times",
            place=job.notebook.page.place(0),
            remedy="see whether the memory there is used up",
            tab=job.notebook.tab,
            detail=last_lines(str(error)),
        )
        return Execution(notebook=job.notebook, status="failed", problem=problem)
    return result


# What follows is in processes of Ray.


class Mailbox:
    """Where the machines tell how their notebooks go on; lies on the machine of the builder."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Message] = asyncio.Queue()

    async def put(self, message: Message) -> None:
        await self.messages.put(message)

    async def take(self) -> Message:
        """The next message, as soon as there is one."""
        return await self.messages.get()


class Telling(Observer):
    """Tells the builder how a notebook goes on."""

    def __init__(self, number: int, mailbox: ActorHandle[Any]) -> None:
        self.number = number
        self.mailbox = mailbox

    def started(self, notebook: Notebook) -> None:  # noqa: ARG002
        self.mailbox.put.remote((self.number, None))

    def cell(self, notebook: Notebook, number: int, total: int) -> None:  # noqa: ARG002
        self.mailbox.put.remote((self.number, (number, total)))


def _execute_there(
    content: bytes,
    job: Job,
    version: str,
    number: int,
    mailbox: ActorHandle[Any],
    has_gpus: bool,
) -> Execution | BookError:
    """What a machine does with a job; ``has_gpus``: whether any machine has some."""
    import ray

    if has_gpus:
        devices = ray.get_runtime_context().get_accelerator_ids()["GPU"]
        job = replace(job, devices=tuple(devices))
    return execute_shipped(content, job, version, Telling(number, mailbox))
