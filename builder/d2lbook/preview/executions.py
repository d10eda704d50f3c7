"""Has the notebooks executed that are shown without outputs, beside the preview of prose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import Any

from d2lbook.errors import Problem
from d2lbook.preview.outcome import Complaint, Executed, complaint
from d2lbook.preview.reservation import Reservation
from d2lbook.preview.worker import Worker, WorkerDied


class Executions:
    """What is to be executed, and what came of it.

    What is at work is dropped when some of it is no longer wanted, because its code
    has changed again; what had come of the rest until then is in the cache. ``tell``
    is called when something begins or ends, ``say`` with lines for the terminal.
    """

    def __init__(
        self,
        worker: Worker,
        reservation: Reservation,
        tell: Callable[[], None],
        say: Callable[[str], None],
    ) -> None:
        self._worker = worker
        self._reservation = reservation
        self._tell = tell
        self._say = say
        self._wanted: frozenset[str] = frozenset()
        self._running: set[str] = set()
        self._failures: dict[str, Complaint] = {}
        self._errors: list[Complaint] = []
        self._hindered: set[str] = set()
        """Those which ``_errors`` have kept from being executed."""
        self._is_new = asyncio.Event()

    @property
    def running(self) -> int:
        """How many notebooks are at work or wait for it."""
        return len(self._running)

    @property
    def failures(self) -> list[Complaint]:
        """Why some of what is wanted can't be had."""
        errors = self._errors if self._wanted & self._hindered else []
        failures = [each for key, each in self._failures.items() if key in self._wanted]
        return [*errors, *failures]

    def want(self, keys: Collection[str], *, again: bool) -> None:
        """From now on the notebooks with these keys are to be executed, and no others.

        ``again`` says that what has failed may come out otherwise now.
        """
        if again:
            self._failures.clear()
            self._hindered.clear()
        self._wanted = frozenset(keys)
        if not self._running <= self._wanted:
            self._worker.drop()
        self._is_new.set()

    async def run(self) -> None:
        """Execute what is wanted, for ever."""
        while True:
            await self._is_new.wait()
            self._is_new.clear()
            if keys := self._wanted - self._failures.keys() - self._hindered:
                self._running = set(keys)
                self._tell()
                try:
                    await self._execute(keys)
                finally:
                    self._running.clear()
                self._tell()

    async def end(self) -> None:
        """End what is at work."""
        await self._worker.end()

    async def _execute(self, keys: frozenset[str]) -> None:
        try:
            async with self._reservation.held():
                executed: Executed | None = await self._worker.ask(
                    {"keys": sorted(keys)}, self._on_event
                )
        except WorkerDied as death:
            problem = Problem(
                what=f"the process that executes has ended: {death}",
                remedy="d2lbook build eval may say more; it is tried again after the next change",
            )
            executed = {"failures": {}, "errors": [complaint(problem)]}
        if executed:
            self._failures |= executed["failures"]
            self._errors = executed["errors"]
            if self._errors:
                self._hindered |= keys

    def _on_event(self, event: Any) -> None:
        self._say(event["line"])
        if "key" in event:
            self._running.discard(event["key"])
            self._tell()
