"""Room for the kernels of one machine: so many at once, within its memory, one per GPU."""

from __future__ import annotations

import asyncio
import contextlib
from bisect import insort
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
"""Where Linux tells what the processes of a container may have."""

PART_USED = 0.9
"""Of the available memory; the rest is for what nobody has recorded."""


@dataclass(eq=False)
class _Waiting:
    """A kernel that there is no room for yet."""

    turn: int
    memory: int
    gpus: int
    granted: asyncio.Future[tuple[str, ...]]


class Capacity:
    """What kernels that run at once share."""

    def __init__(self, slots: int, memory: int, gpus: Sequence[str] = ()) -> None:
        """So many kernels, bytes of memory for all of them together, and these GPUs."""
        self.gpus = tuple(gpus)
        self._slots = slots
        self._memory = self._all_memory = memory
        self._free_gpus = list(gpus)
        self._waiting: list[_Waiting] = []

    @asynccontextmanager
    async def reserved(
        self, memory: int, gpus: int = 0, *, turn: int = 0
    ) -> AsyncIterator[tuple[str, ...]]:
        """Wait until there is room for a kernel with these needs; gives the GPUs it gets.

        Of those that wait, the one with the lowest ``turn`` is let in first, or the one that
        came first. What needs more than there is gets all there is.
        """
        wanted = _Waiting(
            turn=turn,
            memory=min(memory, self._all_memory),
            gpus=min(gpus, len(self.gpus)),
            granted=asyncio.get_running_loop().create_future(),
        )
        insort(self._waiting, wanted, key=lambda waiting: waiting.turn)
        self._let_in()
        try:
            yield await wanted.granted
        finally:
            if wanted in self._waiting:
                self._waiting.remove(wanted)
            else:
                self._slots += 1
                self._memory += wanted.memory
                self._free_gpus += wanted.granted.result()
            self._let_in()

    def _let_in(self) -> None:
        for wanted in tuple(self._waiting):
            if not self._slots or wanted.memory > self._memory:
                return  # otherwise small ones would keep a large one waiting for ever
            if wanted.granted.done() or wanted.gpus > len(self._free_gpus):
                continue
            self._waiting.remove(wanted)
            self._slots -= 1
            self._memory -= wanted.memory
            gpus = tuple(self._free_gpus[: wanted.gpus])
            del self._free_gpus[: wanted.gpus]
            wanted.granted.set_result(gpus)


def available_memory() -> int:
    """The bytes of memory that kernels may have now, on this machine or in this container."""
    # Takes time: an executor has a thread import it while its servers import what notebooks do.
    import psutil  # type: ignore[import-untyped]

    available: int = psutil.virtual_memory().available
    with contextlib.suppress(OSError, ValueError):  # not in a container, or "max"
        limit = int((CGROUP / "memory.max").read_text())
        available = min(available, limit - int((CGROUP / "memory.current").read_text()))
    return max(0, int(PART_USED * available))
