"""Child processes that answer: asked, interrupted, killed, orphaned."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from d2lbook.preview.worker import SECONDS_TO_END, Worker, WorkerDied

PATIENCE = 60

CHILD = """\
import os, subprocess, sys, time
from d2lbook.preview.worker import answer_requests

def answer(request, send):
    print("This does not get between the answers.")
    match request:
        case {"add": numbers}:
            send(f"adding {len(numbers)}")
            return sum(numbers)
        case {"sleep": seconds}:
            send(os.getpid())
            time.sleep(seconds)
            return "slept"
        case {"repeat": text}:
            return text * 100_000
        case {"read": _}:
            child = [sys.executable, "-c", "print(len(input()))"]
            return subprocess.run(child, stderr=subprocess.DEVNULL).returncode
        case {"exit": code}:
            os._exit(code)

answer_requests(answer)
"""

PARENT = """\
import asyncio
import os
from d2lbook.preview.worker import Worker

def say(process):
    print(process, flush=True)

asyncio.run(Worker("child_of_tests").ask({"sleep": 1000}, say))
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "child_of_tests.py").write_text(CHILD)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)


def children() -> set[int]:
    """The processes that this one has started: fixtures of other tests may have some."""
    return {child.pid for child in psutil.Process().children()}


def work(use: Callable[[Worker], Awaitable[Any]]) -> Any:
    """What comes of using a worker, which is ended."""

    async def run() -> Any:
        before = children()
        worker = Worker("child_of_tests")
        try:
            return await asyncio.wait_for(use(worker), PATIENCE)
        finally:
            await worker.end()
            assert children() == before

    return asyncio.run(run())


def test_one_child_answers_one_request_after_the_other() -> None:
    events: list[str] = []

    async def use(worker: Worker) -> list[Any]:
        before = children()
        answers = [await worker.ask({"add": [1, 2]}, events.append)]
        answers.append(await worker.ask({"repeat": "ä"}))
        answers.append(await worker.ask({"add": [3, 4, 5]}, events.append))
        assert len(children() - before) == 1
        return answers

    assert work(use) == [3, "ä" * 100_000, 12]
    assert events == ["adding 2", "adding 3"]


def test_what_it_starts_reads_no_requests() -> None:
    async def use(worker: Worker) -> Any:
        return await worker.ask({"read": ""}), await worker.ask({"add": [1]})

    assert work(use) == (1, 1)


def test_work_may_be_dropped() -> None:
    async def use(worker: Worker) -> list[Any]:
        dropped = await worker.ask({"sleep": 1000}, lambda _: worker.drop())
        worker.drop()  # there is nothing to
        return [dropped, await worker.ask({"add": [1]})]

    assert work(use) == [None, 1]


def test_one_that_dies_is_replaced() -> None:
    async def use(worker: Worker) -> Any:
        with pytest.raises(WorkerDied, match="exit code 7"):
            await worker.ask({"exit": 7})
        with pytest.raises(WorkerDied, match="signal 9"):
            await worker.ask({"sleep": 1000}, lambda process: psutil.Process(process).kill())
        return await worker.ask({"add": [1]})

    assert work(use) == 1


def test_it_ends_while_it_works() -> None:
    async def use(worker: Worker) -> None:
        is_working = asyncio.Event()
        asking = asyncio.ensure_future(worker.ask({"sleep": 1000}, lambda _: is_working.set()))
        await is_working.wait()
        asking.cancel()

    work(use)


def test_it_ends_while_it_is_starting(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    begin = f"import pathlib, time\npathlib.Path({str(tmp_path / 'begun')!r}).touch()\n"
    (tmp_path / "child_of_tests.py").write_text(f"{begin}time.sleep(1)\n{CHILD}")

    async def use(worker: Worker) -> None:
        asking = asyncio.ensure_future(worker.ask({"sleep": 1000}))
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.01)
        asking.cancel()

    begun = time.monotonic()
    work(use)
    assert time.monotonic() - begun < SECONDS_TO_END
    assert capfd.readouterr().err == ""


def test_it_ends_when_its_parent_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    with parent.stdout as said:
        child = psutil.Process(int(said.readline()))
        parent.kill()
        parent.wait(PATIENCE)
    psutil.wait_procs([child], timeout=PATIENCE)
    assert not child.is_running()
