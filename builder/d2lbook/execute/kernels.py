"""A kernel for one notebook, driven by nbclient.

No kernel is registered or looked up, and nothing of the user's Jupyter, IPython
or matplotlib settings is read. A kernel listens on sockets in a folder of its
own, not on the network; when it is no longer needed, all that the cells have
started ends with it.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import tempfile
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from queue import Empty
from typing import Any, TypeVar

import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from d2lbook.execute import preparation
from d2lbook.execute.jobs import Job
from d2lbook.execute.provisioner import ServerProvisioner
from d2lbook.execute.server_pool import ServerPool, Start
from d2lbook.execute.servers import End, KernelProcess

Done = TypeVar("Done")

LONGEST_SOCKET_PATH = 100
"""Systems allow 104 to 108 bytes."""

SECONDS_TO_START = 120
SECONDS_TO_END = 5
"""How long a kernel may tidy up after its last cell."""
SECONDS_TO_PUBLISH = 0.2
"""How long what a kernel has published may be on its way."""

A_DAY = 24 * 60 * 60

NO_LITERAL = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)
"""What ``ast.literal_eval`` raises."""


class KernelFault(Exception):
    """The kernel could not be started; the text is what it said."""


class KernelDied(Exception):
    """The kernel has ended in the middle of a cell."""

    def __init__(self, end: End) -> None:
        super().__init__(end)
        self.end = end


class CellError(Exception):
    """A cell has raised."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__(name, value)
        self.name = name
        self.value = value


class CellTimeout(Exception):
    """A cell has not ended in time."""


class ServerKernelManager(AsyncKernelManager):
    """Manages a kernel that a server starts."""

    def __init__(self, start: Start, folder: Path, seed: int) -> None:
        address = str(folder / "k")
        is_short = len(str(address).encode()) < LONGEST_SOCKET_PATH
        on_sockets = {"transport": "ipc", "ip": address} if is_short else {}
        super().__init__(connection_file=str(folder / "connection.json"), **on_sockets)
        self.spec = KernelSpec(argv=[], display_name="Python", language="python")
        self.provisioner: ServerProvisioner = ServerProvisioner(
            start.server, start.program, folder, seed, kernel_spec=self.spec, parent=self
        )

    @property
    def kernel_spec(self) -> KernelSpec:
        return self.spec


class Client(NotebookClient):
    """Runs cells. Nobody looks at live widgets, nor at what is put out into one."""

    def handle_comm_msg(self, outs: object, msg: object, cell_index: int) -> None:
        """Leave out what kernels and widgets say to each other: outputs stay where they are."""


class Kernel:
    """A kernel for one notebook, from its start to the end of all its processes."""

    def __init__(self, job: Job, notebook: NotebookNode, start: Start, folder: Path) -> None:
        self.job = job
        self.notebook = notebook
        self.log = folder / "log.txt"
        self.manager = ServerKernelManager(start, folder, job.seed)
        self.error: CellError | None = None
        self.client = Client(
            notebook,
            km=self.manager,
            iopub_timeout=A_DAY,  # what a cell has printed belongs to its time
            # Otherwise the kernel refuses what it is asked about the error.
            allow_errors=True,
            on_cell_error=self._keep_error,
            record_timing=False,
            store_widget_state=False,
        )

    async def start(self, variables: Mapping[str, str]) -> None:
        """Start it with these variables. Raises KernelFault or ServerLost when that fails."""
        try:
            async with asyncio.timeout(SECONDS_TO_START):
                await self.manager.start_kernel(cwd=str(self.job.folder), env=dict(variables))
                context = self.manager.context
                context.setsockopt(zmq.RCVHWM, 0)  # a full queue would lose outputs
                self.connection = self.client.kc = self.manager.client(context=context)
                self.connection.start_channels(stdin=False, hb=False, control=False)
                await self._unless_it_dies(self._connect())
        except (KernelDied, TimeoutError) as error:
            said = self.log.read_text("utf-8", errors="replace") if self.log.exists() else ""
            raise KernelFault(said) from error

    async def _connect(self) -> None:
        """Come to the point from which on nothing that the kernel publishes is lost."""
        while True:
            self.connection.kernel_info()
            with contextlib.suppress(Empty):
                await self.connection.get_iopub_msg(timeout=SECONDS_TO_PUBLISH)
                return

    async def run(self, index: int) -> None:
        """Run one cell of the notebook, which takes up its outputs.

        Raises CellError, CellTimeout, KernelDied, or ServerLost.
        """
        cell = self.notebook.cells[index]
        self.error = None
        # nbclient takes being cancelled for the death of the kernel, and forgets a
        # task when time is up; so both are done here.
        running = self.client.async_execute_cell(cell, index)
        await self._unless_it_dies(running, self.job.cell_timeout or None)
        for output in cell.outputs:
            # What a cell magic runs may raise and the cell still end well.
            if output["output_type"] == "error":
                raise CellError(output["ename"], output["evalue"])
        if self.error:
            raise self.error

    async def _unless_it_dies(
        self, doing: Coroutine[Any, Any, Done], seconds: int | None = None
    ) -> Done:
        """Wait until something is done with the kernel, and return what comes of it.

        Raises CellTimeout, KernelDied, or ServerLost.
        """
        task, ended = asyncio.create_task(doing), self.process.ended
        try:
            await asyncio.wait({task, ended}, timeout=seconds, return_when=FIRST_COMPLETED)
            if ended.done():
                await asyncio.wait({task}, timeout=SECONDS_TO_PUBLISH)
            elif not task.done():
                raise CellTimeout
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if ended.done() and (task.cancelled() or task.exception()):
            raise KernelDied(ended.result())
        return task.result()

    def _keep_error(self, execute_reply: dict[str, Any], **_: Any) -> None:
        content = execute_reply["content"]
        self.error = CellError(content.get("ename", ""), content.get("evalue", ""))

    async def failing_line(self) -> tuple[int, int] | None:
        """Number of the cell and line in it, from 1, where the last error was raised."""
        match await self._ask(preparation.FAILING_LINE):
            case [int(number), int(line)]:
                return number, line
        return None

    async def error_classes(self, error: CellError) -> list[str]:
        """The class of an error that a cell has raised just now, and those it is made from."""
        match await self._ask(preparation.ERROR_CLASSES):
            case [str(first), *others] if first.split(".")[-1] == error.name:
                return [first, *map(str, others)]
        # Of what a magic has raised in a process of its own, only the name is known.
        return [error.name]

    async def _ask(self, expression: str) -> Any:
        """What it is in the kernel, if that is a literal; None where it can't say.

        It is shown as the cells have it shown, which may be anything. Raises ServerLost.
        """
        answering = self.connection.execute(
            "",
            silent=True,
            user_expressions={"answer": expression},
            reply=True,
            timeout=SECONDS_TO_START,
        )
        try:
            reply = await self._unless_it_dies(answering)
            shown = reply["content"]["user_expressions"]["answer"]["data"]["text/plain"]
            return ast.literal_eval(shown)
        except (KernelDied, OSError, KeyError, *NO_LITERAL):
            return None

    @property
    def process(self) -> KernelProcess:
        """The kernel's process, once it was started."""
        process = self.manager.provisioner.process
        assert process
        return process

    @property
    def memory(self) -> int:
        """The most bytes of memory that its process had; 0 where nobody knows."""
        ended = self.process.ended
        is_known = ended.done() and not ended.cancelled() and not ended.exception()
        return ended.result().memory if is_known else 0

    async def finish(self) -> None:
        """Let it run its exit handlers and end by itself."""
        await self.manager.request_shutdown()
        await asyncio.wait({self.process.ended}, timeout=SECONDS_TO_END)

    async def end(self) -> None:
        """End all its processes at once, and close what belongs to it here."""
        if self.client.kc:
            self.client.kc.stop_channels()
        await self.manager.cleanup_resources()


@asynccontextmanager
async def running_kernel(
    job: Job, notebook: NotebookNode, servers: ServerPool, start: Start
) -> AsyncIterator[Kernel]:
    """A prepared kernel for the notebook; it and all it has started end with the context.

    Raises KernelFault when the kernel can't be started, ServerLost when it has
    lost its server.
    """
    with tempfile.TemporaryDirectory(prefix="d2l-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        kernel = Kernel(job, notebook, start, folder)
        try:
            await kernel.start(servers.variables(job, folder))
            yield kernel
            await kernel.finish()
        finally:
            await kernel.end()
