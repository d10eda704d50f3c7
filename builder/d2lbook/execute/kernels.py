"""Kernels of an environment's own interpreter, driven by nbclient.

No kernel is registered or looked up, and nothing of the user's Jupyter, IPython
or matplotlib settings is read. A kernel listens on sockets in a folder of its
own, not on the network; it leads a process group, and when it is no longer
needed the whole group, with whatever the cells have started, is ended.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient import NotebookClient
from nbformat import NotebookNode

from d2lbook.execute import preparation
from d2lbook.execute.jobs import Job
from d2lbook.execute.variables import kernel_variables

LONGEST_SOCKET_PATH = 100
"""Systems allow 104 to 108 bytes."""

SECONDS_TO_START = 120
SECONDS_TO_END = 5
"""How long a kernel may tidy up after its last cell."""

A_DAY = 24 * 60 * 60

OPTIONS = ("--InteractiveShellApp.ignore_cwd=True", "--HistoryManager.hist_file=:memory:")


class KernelFault(Exception):
    """The kernel could not be started; the text is what it said."""


class CellError(Exception):
    """A cell has raised."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name, value)
        self.name = name
        self.value = value


class CellTimeout(Exception):
    """A cell has not ended in time."""


class EnvironmentKernelManager(AsyncKernelManager):
    """Manages a kernel that runs in a given interpreter."""

    def __init__(self, python: Path, folder: Path) -> None:
        address = str(folder / "k")
        is_short = len(os.fsencode(address)) < LONGEST_SOCKET_PATH
        on_sockets = {"transport": "ipc", "ip": address} if is_short else {}
        super().__init__(connection_file=str(folder / "connection.json"), **on_sockets)
        self.spec = KernelSpec(
            argv=[str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}", *OPTIONS],
            display_name="Python",
            language="python",
        )
        self.provisioner = LocalProvisioner(kernel_spec=self.spec, parent=self)

    @property
    def kernel_spec(self) -> KernelSpec:
        return self.spec


class Kernel:
    """A kernel for one notebook, from its start to the end of all its processes."""

    def __init__(self, job: Job, notebook: NotebookNode, folder: Path) -> None:
        self.job = job
        self.notebook = notebook
        self.folder = folder
        self.log = folder / "log.txt"
        self.manager = EnvironmentKernelManager(job.environment.python, folder)
        self.children: list[psutil.Process] = []
        self.error: CellError | None = None
        self.client = NotebookClient(
            notebook,
            km=self.manager,
            iopub_timeout=A_DAY,  # what a cell has printed belongs to its time
            # Otherwise the kernel refuses what it is asked about the error.
            allow_errors=True,
            on_cell_error=self._keep_error,
            record_timing=False,
            store_widget_state=False,
        )

    async def start(self, limits: Mapping[str, str]) -> None:
        """Start and prepare it. Raises KernelFault when that fails."""
        variables = kernel_variables(self.job, self.folder, limits, os.environ)
        try:
            with self.log.open("wb") as log:
                await self.manager.start_kernel(
                    cwd=str(self.job.folder), env=variables, stdout=log, stderr=log
                )
            context = self.manager.context
            context.setsockopt(zmq.RCVHWM, 0)  # a full queue would lose outputs
            self.connection = self.client.kc = self.manager.client(context=context)
            self.connection.start_channels()
            await self.connection.wait_for_ready(timeout=SECONDS_TO_START)
            self.connection.allow_stdin = False
            reply = await self._ask(preparation.code(self.job.seed))
        except (OSError, RuntimeError) as error:
            said = self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""
            raise KernelFault(f"{said}\n{error}") from error
        if reply["status"] != "ok":
            raise KernelFault(f"{reply.get('ename')}: {reply.get('evalue')}")

    async def run(self, index: int) -> None:
        """Run one cell of the notebook, which takes up its outputs.

        Raises CellError, CellTimeout, or nbclient's DeadKernelError.
        """
        cell = self.notebook.cells[index]
        running = asyncio.create_task(self.client.async_execute_cell(cell, index))
        try:
            # nbclient takes being cancelled for the death of the kernel, and
            # forgets a task when time is up; so both are done here.
            await asyncio.wait({running}, timeout=self.job.cell_timeout or None)
            if not running.done():
                raise CellTimeout
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        running.result()
        for output in cell.outputs:
            # What a cell magic runs may raise and the cell still end well.
            if output["output_type"] == "error":
                raise CellError(output["ename"], output["evalue"])
        if self.error:
            raise self.error

    def _keep_error(self, execute_reply: dict[str, Any], **_: Any) -> None:
        content = execute_reply["content"]
        self.error = CellError(content.get("ename", ""), content.get("evalue", ""))

    async def failing_line(self) -> tuple[int, int] | None:
        """Number of the cell and line in it, from 1, where the last error was raised."""
        try:
            reply = await self._ask("", {"place": preparation.FAILING_LINE})
            shown = reply["user_expressions"]["place"]["data"]["text/plain"]
        except (OSError, KeyError):
            return None
        found = ast.literal_eval(shown)
        return (found[0], found[1]) if found else None

    async def _ask(self, code: str, expressions: Mapping[str, str] = {}) -> dict[str, Any]:
        """Run code unseen; the content of the reply. Raises TimeoutError."""
        reply = await self.connection.execute(
            code,
            silent=True,
            user_expressions=dict(expressions),
            reply=True,
            timeout=SECONDS_TO_START,
        )
        content: dict[str, Any] = reply["content"]
        return content

    @property
    def process(self) -> subprocess.Popen[bytes] | None:
        """The kernel's process; None before it was started."""
        assert isinstance(self.manager.provisioner, LocalProvisioner)
        return self.manager.provisioner.process

    def exit_code(self) -> int | None:
        """How the kernel's process has ended: minus the signal, if it was one; None if it runs."""
        return self.process.poll() if self.process else None

    async def finish(self) -> None:
        """Let it run its exit handlers and end by itself."""
        self._find_children()
        await self.manager.request_shutdown()
        if self.process:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.to_thread(self.process.wait), SECONDS_TO_END)

    async def end(self) -> None:
        """End all its processes at once, and close what belongs to it here."""
        self._kill()
        if self.process:
            await asyncio.to_thread(self.process.wait)
        if self.client.kc:
            self.client.kc.stop_channels()
        await self.manager.cleanup_resources()

    def _find_children(self) -> None:
        """Take note of what the cells have started, also outside of the process group."""
        if self.process:
            with contextlib.suppress(psutil.Error):
                self.children += psutil.Process(self.process.pid).children(recursive=True)

    def _kill(self) -> None:
        self._find_children()
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        for child in self.children:
            with contextlib.suppress(psutil.Error):
                child.kill()


@asynccontextmanager
async def running_kernel(
    job: Job, notebook: NotebookNode, limits: Mapping[str, str]
) -> AsyncIterator[Kernel]:
    """A prepared kernel for the notebook; it and all it has started end with the context.

    ``limits`` are variables as of ``kernel_variables``. Raises KernelFault when
    the kernel can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="d2l-", ignore_cleanup_errors=True) as folder:
        kernel = Kernel(job, notebook, Path(folder))
        try:
            await kernel.start(limits)
            yield kernel
            await kernel.finish()
        finally:
            await kernel.end()
