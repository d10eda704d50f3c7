"""A kernel of a ``Server``, in the way that Jupyter wants kernels to be managed."""

from __future__ import annotations

import json
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from d2lbook.execute.servers import KernelProcess, Server, ServerLost


class ServerProvisioner(KernelProvisionerBase):
    """Starts one kernel, which a ``Server`` does, and passes on what is asked of its process."""

    def __init__(
        self, server: Server, program: Sequence[str], folder: Path, seed: int, **traits: Any
    ) -> None:
        """``program``: that of the kernel, as in ``request.json``; ``folder``: for that file."""
        super().__init__(**traits)
        self.server = server
        self.program = program
        self.folder = folder
        self.seed = seed
        self.process: KernelProcess | None = None

    @property
    def has_process(self) -> bool:
        return self.process is not None

    async def pre_launch(self, **options: Any) -> dict[str, Any]:
        manager: Any = self.parent
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=[], **options)

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:  # noqa: ARG002
        """Start it in folder ``cwd`` with variables ``env``; returns when it listens, or has ended.

        Raises ServerLost.
        """
        request = {
            "program": self.program,
            "folder": options["cwd"],
            "variables": options["env"],
            "seed": self.seed,
        }
        (self.folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        self.process = await self.server.launch(self.folder)
        await self.process.wait_until_ready()
        return self.connection_info

    async def poll(self) -> int | None:
        is_over = self.process and self.process.ended.done()
        return await self.wait() if is_over else None

    async def wait(self) -> int | None:
        try:
            return (await self.process.ended).code if self.process else None
        except ServerLost:  # and that others tell
            return -signal.SIGKILL

    async def send_signal(self, signum: int) -> None:
        if self.process:
            self.process.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002
        if self.process:
            await self.process.close()
