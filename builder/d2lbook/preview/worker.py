"""Child processes that work, one request at a time: both ends of the line.

Requests and answers are lines of JSON on the child's standard streams. A child
leads a session of its own, so that Ctrl-C reaches the server alone, which then
ends the child. It can be told to drop the work at hand, by SIGINT; where its
parent dies without a word, it does so and ends by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping
from typing import IO, Any

LONGEST_LINE = 1 << 27
SECONDS_TO_END = 20
"""Kernels may take some to tidy up."""
SECONDS_BETWEEN_LOOKS = 1.0

Send = Callable[[Any], None]
"""Tells the server something on the way to the answer."""


class WorkerDied(Exception):
    """The child has ended before it answered; the text is how."""


class Worker:
    """The server's end: a child process that runs a module, started when first asked."""

    def __init__(self, module: str, *words: str) -> None:
        # Modules are looked for where this process's are, not in the current folder.
        self._command = (sys.executable, "-P", "-m", module, *words)
        self._process: Process | None = None
        self._is_asked = False

    async def ask(
        self, request: Mapping[str, Any], on_event: Callable[[Any], None] = lambda _: None
    ) -> Any:
        """The answer to a request; None where it was dropped. Raises WorkerDied.

        ``on_event`` takes what the child has to say before.
        """
        process = self._process = self._process or await self._start()
        assert process.stdin
        assert process.stdout
        self._is_asked = True
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            await process.stdin.drain()
            while line := await process.stdout.readline():
                told = json.loads(line)
                if "answer" in told:
                    return told["answer"]
                on_event(told["event"])
        except ConnectionError:
            pass  # how it ended says more
        finally:
            self._is_asked = False
        self._process = None
        raise WorkerDied(_ending(await process.wait()))

    def drop(self) -> None:
        """Let the child drop the work at hand, if there is any."""
        if self._process and self._is_asked:
            self._interrupt(self._process)

    async def end(self) -> None:
        """End the child, and with it all that it has started."""
        process, self._process = self._process, None
        if not process:
            return
        assert process.stdin
        process.stdin.close()
        self._interrupt(process)
        try:
            await asyncio.wait_for(process.wait(), SECONDS_TO_END)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            limit=LONGEST_LINE,
            start_new_session=True,
            preexec_fn=_not_yet,
        )

    @staticmethod
    def _interrupt(process: Process) -> None:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)


def _not_yet() -> None:
    """Let SIGINT wait until the child can heed it, which has to import much before."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def answer_requests(answer: Callable[[Any, Send], Any]) -> None:
    """The child's end: answer each request, until there are no more.

    ``answer`` may be broken off by KeyboardInterrupt; its answer is None then.
    """
    requests, replies = _take_streams()
    is_working = False

    def interrupt(_number: int, _frame: object) -> None:
        nonlocal is_working
        if is_working:
            is_working = False
            raise KeyboardInterrupt

    def reply(kind: str, value: Any) -> None:
        # What fits into a pipe is written at once or not at all, also when interrupted.
        line = json.dumps({kind: value}).encode() + b"\n"
        while line:
            line = line[os.write(replies, line) :]

    is_dropped = signal.SIGINT in signal.sigpending()
    signal.signal(signal.SIGINT, interrupt)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_follow_parent, args=(os.getppid(),), daemon=True).start()
    try:
        for line in requests:
            result = None
            try:
                try:
                    if is_dropped:
                        raise KeyboardInterrupt
                    is_working = True
                    result = answer(json.loads(line), lambda event: reply("event", event))
                finally:
                    is_working = is_dropped = False
            except KeyboardInterrupt:
                pass
            reply("answer", result)
    except BrokenPipeError:
        return  # nobody listens any more


def _take_streams() -> tuple[IO[str], int]:
    """The standard streams, for us alone: nothing that is printed or started gets at them."""
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def _follow_parent(parent: int) -> None:
    """Drop the work at hand once the parent has died; there are no more requests then."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGINT)
