"""What is executed when: no kernel runs here, a worker that only takes note is asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from d2lbook.preview.executions import Executions
from d2lbook.preview.outcome import Complaint, Unexecuted
from d2lbook.preview.reservation import Reservation
from d2lbook.preview.worker import Worker, WorkerDied


class Noting:
    """Stands for the child process: a test says what it answers."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.tell: Callable[[Any], None] = print
        self.answer: asyncio.Future[Any]

    async def ask(self, request: Mapping[str, Any], on_event: Callable[[Any], None]) -> Any:
        self.asked.append(request["keys"])
        self.tell = on_event
        self.answer = asyncio.get_running_loop().create_future()
        return await self.answer

    def drop(self) -> None:
        self.answer.set_result(None)

    async def finish(self, *failing: str) -> None:
        """Answer what was asked last; those which are named have failed."""
        for key in self.asked[-1]:
            failures = [complaint(f"{key} failed")] if key in failing else []
            self.tell({"key": key, "line": key, "failures": failures})
        await self.reply({"errors": []})

    async def reply(self, answer: Any) -> None:
        self.answer.set_result(answer)
        await settle()


class Free:
    """Nobody else builds."""

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        yield


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def complaint(line: str) -> Complaint:
    return {"place": "", "tab": "", "what": line, "remedy": "", "detail": "", "line": line}


def notebooks(*keys: str) -> list[Unexecuted]:
    """Keys are those of page and tab: ``a1``, ``a2``, ``b1``; after them a version."""
    return [{"page": key[0], "tab": key[1], "key": key} for key in keys]


def play(use: Callable[[Executions, Noting], Awaitable[None]]) -> list[list[str]]:
    """What the worker was asked for, one request after the other."""

    async def run() -> list[list[str]]:
        worker = Noting()
        executions = Executions(
            cast(Worker, worker), cast(Reservation, Free()), lambda: None, lambda _: None
        )
        running = asyncio.ensure_future(executions.run())
        await use(executions, worker)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return worker.asked

    return asyncio.run(run())


async def want(executions: Executions, *keys: str, again: bool = False) -> None:
    executions.want(notebooks(*keys), again=again)
    await settle()


@pytest.fixture(autouse=True)
def processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("d2lbook.preview.executions.usable_processors", lambda: 2)


def test_whole_pages_as_many_as_there_are_processors() -> None:
    async def use(executions: Executions, worker: Noting) -> None:
        await want(executions, "a1", "b1", "b2", "b3", "c1")
        assert executions.left == 5
        await worker.finish()
        assert executions.left == 1
        await worker.finish()
        assert executions.left == 0

    assert play(use) == [["a1", "b1", "b2", "b3"], ["c1"]]


def test_what_was_changed_last_comes_first() -> None:
    async def use(executions: Executions, worker: Noting) -> None:
        await want(executions, "a1", "a2", "b1", "b2", "c1", "c2")
        await want(executions, "a1", "a2", "b1", "b2", "c1x", "c2")
        await worker.finish()
        await worker.finish()
        await worker.finish()

    assert play(use) == [["a1", "a2"], ["c1x", "c2"], ["b1", "b2"]]


def test_what_is_no_longer_wanted_is_dropped() -> None:
    async def use(executions: Executions, worker: Noting) -> None:
        await want(executions, "a1", "a2", "b1")
        await want(executions, "a1", "a2")
        assert len(worker.asked) == 1
        worker.tell({"key": "a1", "line": "", "failures": []})
        await want(executions, "a2x")
        await worker.finish()
        await want(executions)

    assert play(use) == [["a1", "a2"], ["a2x"]]


def test_what_has_failed_waits_for_a_change() -> None:
    async def use(executions: Executions, worker: Noting) -> None:
        await want(executions, "a1", "a2")
        await worker.finish("a1")
        assert [each["line"] for each in executions.failures] == ["a1 failed"]
        await want(executions, "a1")
        assert len(worker.asked) == 1
        await want(executions, "a1", again=True)
        assert executions.failures == []
        await worker.finish("a1")
        await want(executions, "a1x")
        assert executions.failures == []

    assert play(use) == [["a1", "a2"], ["a1"], ["a1x"]]


@pytest.mark.parametrize("death", [False, True])
def test_what_hinders_all_is_told_once(death: bool) -> None:
    async def use(executions: Executions, worker: Noting) -> None:
        await want(executions, "a1", "a2", "b1")
        for _ in range(2):
            if death:
                worker.answer.set_exception(WorkerDied("signal 9"))
                await settle()
            else:
                await worker.reply({"errors": [complaint("no environment")]})
        told: Sequence[str] = [each["line"] for each in executions.failures]
        assert len(told) == 1
        assert ("has ended: signal 9" in told[0]) if death else told == ["no environment"]
        await want(executions, "a1", "a2", "b1")

    assert play(use) == [["a1", "a2"], ["b1"]]
