"""Keeps other builds of the book away while a worker of the preview is at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager

from d2lbook.config import Config
from d2lbook.output import reserved

SECONDS_BETWEEN_TRIES = 0.05


class Reservation:
    """The right to build one book, shared by the workers of this process."""

    def __init__(self, config: Config, wait: Callable[[], None]) -> None:
        """``wait`` is called when another process has to be waited for, once each time."""
        self._config = config
        self._wait = wait
        self._lock = asyncio.Lock()
        self._held = ExitStack()
        self._holders = 0

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nobody else builds the book meanwhile. OutputError where its folder can't be written."""
        async with self._lock:
            if not self._holders:
                await self._acquire()
            self._holders += 1
        try:
            yield
        finally:
            self._holders -= 1
            if not self._holders:
                self._held.close()

    async def _acquire(self) -> None:
        is_told = False
        while True:
            try:
                self._held.enter_context(reserved(self._config, _give_up))
            except _Taken:
                if not is_told:
                    self._wait()
                is_told = True
                await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            else:
                return


class _Taken(Exception):
    """Another process is building."""


def _give_up() -> None:
    raise _Taken
