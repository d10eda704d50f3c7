"""A process that starts kernels, at the builder's end: see ``forkserver.py``."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

SCRIPT = Path(__file__).with_name("forkserver.py")

SECONDS_TO_IMPORT = 300
SECONDS_TO_END = 5


class ServerLost(Exception):
    """A server has ended unasked; the text is what it said."""


class Server:
    """A running server. It belongs to no event loop, so it may outlive the one it was made in."""

    def __init__(
        self,
        python: Sequence[str],
        arguments: Sequence[str],
        variables: Callable[[Path], Mapping[str, str]],
    ) -> None:
        """Start it. Raises OSError.

        ``python`` is the command that runs a script; ``arguments`` are those of
        ``forkserver.py`` but FD; ``variables`` gives the environment variables for
        a folder with settings.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="d2l-", ignore_cleanup_errors=True)
        self.log = Path(self._folder.name, "log.txt")
        self.control, theirs = socket.socketpair()
        self.control.setblocking(False)
        self._is_importing = True
        mode, *modules = arguments
        try:
            with theirs, self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    [*python, str(SCRIPT), mode, str(theirs.fileno()), *modules],
                    env=dict(variables(self.log.parent)),
                    cwd=self.log.parent,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        except BaseException:
            self.control.close()
            self._folder.cleanup()
            raise

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    async def unfit(self) -> Mapping[str, str]:
        """Wait until its modules are imported; returns those that should not be, and why.

        Raises ServerLost, or TimeoutError.
        """
        loop = asyncio.get_running_loop()
        text = b""
        async with asyncio.timeout(SECONDS_TO_IMPORT):
            while not text.endswith(b"\n"):
                piece = await loop.sock_recv(self.control, 65536)
                if not piece:
                    raise ServerLost(self.said())
                text += piece
        self._is_importing = False
        unfit: dict[str, str] = json.loads(text)["unfit"]
        return unfit

    async def launch(self, folder: Path) -> KernelProcess:
        """Start the kernel that ``request.json`` in this folder describes. Raises ServerLost."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                request = os.fsencode(folder) + b"\n"
                socket.send_fds(self.control, [request], [theirs.fileno()])
            except OSError:
                ours.close()
                raise ServerLost(self.said()) from None
        reader, writer = await asyncio.open_connection(sock=ours)
        return KernelProcess(reader, writer, folder)

    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def stop(self) -> None:
        """Let it end, with all kernels it has started."""
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_WR)
        if self._is_importing:  # it would not notice
            self.process.kill()

    def close(self) -> None:
        """Let it end, and wait until it has."""
        self.stop()
        # The system closes its end when it ends; waiting for the process itself is polling.
        with self.control, contextlib.suppress(OSError):
            self.control.settimeout(SECONDS_TO_END)
            while self.control.recv(65536):
                pass
        try:
            self.process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._folder.cleanup()


class End(NamedTuple):
    """How the process of a kernel has ended."""

    code: int
    """Minus the signal, if it was one."""
    memory: int
    """The most it had, in bytes."""


class KernelProcess:
    """The process of one kernel, with all that the cells have started in it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, folder: Path
    ) -> None:
        self.folder = folder
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Is done when the kernel listens."""
        self.ended = asyncio.create_task(self._watch(reader))
        """Is done when it has ended; raises ServerLost when nobody knows how."""
        self._writer = writer

    async def _watch(self, reader: asyncio.StreamReader) -> End:
        while line := await reader.readline():
            message = json.loads(line)
            if "exit" in message:
                return End(code=message["exit"], memory=message["memory"])
            self.ready.set_result(None)
        raise ServerLost

    async def wait_until_ready(self) -> None:
        """Wait until it is ready, or has ended."""
        events: set[asyncio.Future[Any]] = {self.ready, self.ended}
        await asyncio.wait(events, return_when=asyncio.FIRST_COMPLETED)

    def send_signal(self, number: int) -> None:
        self._writer.write(bytes([number]))

    async def close(self) -> None:
        """Kill what still runs, and wait until it is gone."""
        with contextlib.suppress(OSError):
            self._writer.write_eof()
        await asyncio.wait({self.ended}, timeout=SECONDS_TO_END)
        if not self.ended.done() or self.ended.exception():
            self.ended.cancel()
            kill_strays(self.folder)
        self._writer.close()


def kill_strays(folder: Path) -> None:
    """Kill the processes of a kernel whose server is gone: those with its variables."""
    import psutil  # type: ignore[import-untyped]  # takes time, and is hardly ever needed

    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("IPYTHONDIR", "").startswith(str(folder)):
                process.kill()
