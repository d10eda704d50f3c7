"""Has the notebooks executed that are shown without outputs, beside the preview of prose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from d2lbook.errors import Problem
from d2lbook.parallel import usable_processors
from d2lbook.preview.outcome import Complaint, Executed, Unexecuted, complaint
from d2lbook.preview.reservation import Reservation
from d2lbook.preview.worker import Worker, WorkerDied


class Executions:
    """What is to be executed, and what came of it.

    What was changed last comes first, a few pages at a time, so that nobody waits
    for a whole book. What is at work is dropped when some of it is no longer wanted,
    because its code has changed again; what had come of the rest until then is in
    the cache. ``tell`` is called when something begins or ends, ``say`` with lines
    for the terminal.
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
        self._wanted: dict[str, Unexecuted] = {}
        """By key, what was changed last first."""
        self._running: set[str] = set()
        self._tried: set[str] = set()
        """What was executed, whatever came of it, or could not be."""
        self._failures: dict[str, list[Complaint]] = {}
        self._is_new = asyncio.Event()

    @property
    def left(self) -> int:
        """How many notebooks are at work or wait for it."""
        return len(self._wanted.keys() - self._tried) if self._running else 0

    @property
    def failures(self) -> list[Complaint]:
        """Why some of what is wanted can't be had."""
        wanted = (self._failures.get(key, []) for key in self._wanted)
        return list({each["line"]: each for found in wanted for each in found}.values())

    def want(self, unexecuted: Sequence[Unexecuted], *, again: bool) -> None:
        """From now on these notebooks are to be executed, and no others.

        ``again`` says that what has failed may come out otherwise now.
        """
        if again:
            self._tried.clear()
            self._failures.clear()
        now = {each["key"]: each for each in unexecuted}
        new = {key: each for key, each in now.items() if key not in self._wanted}
        old = {key: now[key] for key in self._wanted if key in now}
        self._wanted = {**new, **old}
        if not self._running <= now.keys():
            self._worker.drop()
        self._is_new.set()

    async def run(self) -> None:
        """Execute what is wanted, for ever."""
        while True:
            await self._is_new.wait()
            self._is_new.clear()
            while keys := self._next():
                self._running = set(keys)
                self._tell()
                await self._execute(keys)
                self._running.clear()
            self._tell()

    async def end(self) -> None:
        """End what is at work."""
        await self._worker.end()

    def _next(self) -> list[str]:
        """The notebooks of so many pages that no processor is idle."""
        left = [each for key, each in self._wanted.items() if key not in self._tried]
        keys: list[str] = []
        for page in dict.fromkeys(each["page"] for each in left):
            if len(keys) >= usable_processors():
                break
            keys += (each["key"] for each in left if each["page"] == page)
        return keys

    async def _execute(self, keys: Sequence[str]) -> None:
        try:
            async with self._reservation.held():
                executed: Executed | None = await self._worker.ask({"keys": keys}, self._on_event)
        except WorkerDied as death:
            problem = Problem(
                what=f"the process that executes has ended: {death}",
                remedy="d2lbook build eval may say more",
            )
            executed = {"errors": [complaint(problem)]}
        if executed:
            self._tried.update(keys)
        if executed and executed["errors"]:
            self._failures |= dict.fromkeys(keys, executed["errors"])

    def _on_event(self, event: Any) -> None:
        self._say(event["line"])
        if "key" in event:
            self._running.discard(event["key"])
            self._tried.add(event["key"])
            self._failures[event["key"]] = event["failures"]
            self._tell()
