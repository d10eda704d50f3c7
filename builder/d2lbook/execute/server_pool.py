"""The servers of an executor: which of them starts the kernel of a job, and how.

A kernel is warm where that can be: a copy of a server that has imported what the
notebooks of the tab import. Otherwise it is a program of its own that imports
everything itself, and one line says why.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from d2lbook.errors import Problem
from d2lbook.execute.jobs import Job
from d2lbook.execute.servers import SCRIPT, SECONDS_TO_IMPORT, Server, ServerLost
from d2lbook.execute.variables import kernel_variables

OWN_PYTHON = (sys.executable, "-I", "-S")
"""For the server of kernels that are programs of their own: it needs nothing but Python."""


class Start(NamedTuple):
    """How a kernel is to be started."""

    server: Server
    program: Sequence[str]
    """The program it is; empty where it is a copy of the server."""
    notes: tuple[Problem, ...] = ()
    """Why it is not as warm as it might be."""


class ServerPool:
    """Servers, each started when it is first needed."""

    def __init__(self, limits: Mapping[str, str], at_once: int) -> None:
        """``limits`` are variables as of ``kernel_variables``; so many servers import at once."""
        self.limits = limits
        self.at_once = at_once
        self._servers: list[Server] = []
        self._plain: Server | None = None
        self._warm: dict[_Recipe, asyncio.Task[_Warm]] = {}

    def variables(self, job: Job, folder: Path) -> dict[str, str]:
        """The variables of the job's kernel; the folder is the kernel's own, for settings."""
        return kernel_variables(job, folder, self.limits, os.environ)

    async def prepare(self, job: Job) -> None:
        """Start the server that this job will need; returns when it is there, or can't be."""
        if job.preload is not None and not _reason(job):
            importing = self._import_for(job)
            if not importing.done():  # one that is may belong to a loop that is closed
                await asyncio.wait({importing})

    async def start_for(self, job: Job, *, alone: bool = False) -> Start:
        """How to start the kernel of this job; ``alone``: by a server that starts no other.

        Raises ServerLost.
        """
        program = (str(job.environment.python), str(SCRIPT))
        if alone:
            return Start(await self._start_plain(), program)
        notes: tuple[Problem, ...] = ()
        if job.preload is not None:
            if reason := _reason(job):
                notes = (_note(job, f"an ordinary kernel: {reason}"),)
            else:
                server, notes = await asyncio.shield(self._import_for(job))
                if server:
                    return Start(server, (), notes)
        if not self._plain or not self._plain.is_running:
            self._plain = await self._start_plain()
        return Start(self._plain, program, notes)

    async def _start_plain(self) -> Server:
        server = Server(OWN_PYTHON, ["spawn"], lambda _: os.environ)
        self._servers.append(server)
        await server.unfit()
        return server

    def _import_for(self, job: Job) -> asyncio.Task[_Warm]:
        """The task that makes, or has made, a server for this job."""
        variables = tuple(self.variables(job, Path("/")).items())
        recipe = _Recipe(str(job.environment.python), variables, frozenset(job.preload or ()))
        for known, task in self._warm.items():
            if _is_good(task) and recipe.is_met_by(known):
                return task
        task = asyncio.create_task(self._import(job, tuple(self._warm.values())))
        self._warm[recipe] = task
        return task

    async def _import(self, job: Job, earlier: Sequence[asyncio.Task[_Warm]]) -> _Warm:
        """A server that has imported all modules that are fit for it, or none, and why.

        It lets earlier ones go first: more than there are processors for would all be late.
        """
        while len(importing := [task for task in earlier if not task.done()]) >= self.at_once:
            await asyncio.wait(importing, return_when=asyncio.FIRST_COMPLETED)
        names = job.preload or ()
        notes: list[Problem] = []
        while True:
            try:
                server, unfit = await self._try_to_import(job, names)
            except OSError:  # and that an ordinary kernel will say as well
                return _Warm(None, ())
            except _NotWarm as error:
                return _Warm(None, (_note(job, f"its kernels are not warm: {error}"),))
            if not unfit:
                return _Warm(server, tuple(notes))
            server.close()
            for name, why in unfit.items():
                notes.append(_note(job, f"'{name}' is imported anew by every notebook: {why}"))
            names = tuple(_without(names, unfit))

    async def _try_to_import(
        self, job: Job, names: Sequence[str]
    ) -> tuple[Server, Mapping[str, str]]:
        """A server that has imported these modules, and what speaks against which of them.

        Raises OSError, or _NotWarm.
        """
        python = str(job.environment.python)
        server = Server([python], ["serve", *names], lambda folder: self.variables(job, folder))
        self._servers.append(server)
        doing = f"importing {', '.join(names)}" if names else "starting"
        try:
            return server, await server.unfit()
        except asyncio.CancelledError:
            server.stop()  # nobody will ask for it again
            raise
        except TimeoutError:
            server.close()
            raise _NotWarm(f"{doing} takes more than {SECONDS_TO_IMPORT} s") from None
        except ServerLost as lost:
            said = "".join(f": {line}" for line in str(lost).strip().splitlines()[-1:])
            raise _NotWarm(f"the process that was {doing} has ended{said}") from None

    @property
    def size(self) -> int:
        """How many of them run."""
        return sum(server.is_running for server in self._servers)

    def close(self) -> None:
        """End all servers, and all kernels they have started."""
        for server in self._servers:
            server.stop()
        for server in self._servers:
            server.close()
        self._servers.clear()


class _NotWarm(Exception):
    """There can be no warm kernels; the text says why."""


class _Recipe(NamedTuple):
    """What makes a server for warm kernels."""

    python: str
    variables: tuple[tuple[str, str], ...]
    modules: frozenset[str]

    def is_met_by(self, other: _Recipe) -> bool:
        """Whether a server made by the other will do.

        A job that preloads nothing needs a server that has preloaded nothing.
        """
        has_modules = self.modules <= other.modules if self.modules else not other.modules
        return self[:2] == other[:2] and has_modules


class _Warm(NamedTuple):
    """What came of a recipe: a server, or none, and why."""

    server: Server | None
    notes: tuple[Problem, ...]


def _is_good(task: asyncio.Task[_Warm]) -> bool:
    """Whether the task still runs, or what it has made still does."""
    if not task.done():
        return True
    if task.cancelled() or task.exception():
        return False
    server = task.result().server
    return not server or server.is_running


def _reason(job: Job) -> str:
    """Why the kernel of this job can't be warm; empty: it can."""
    if sys.platform != "linux":
        return "kernels are warm on Linux only"
    if job.devices:
        return "it uses a GPU, which no process may share"
    return ""


def _note(job: Job, text: str) -> Problem:
    return Problem(what=text, tab=job.environment.tab)


def _without(names: Iterable[str], unfit: Iterable[str]) -> Iterable[str]:
    """The names that are not of these modules, nor of modules in them."""
    return (name for name in names if not any(f"{name}.".startswith(f"{bad}.") for bad in unfit))
