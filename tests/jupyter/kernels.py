"""A kernel to run cells in, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

SECONDS = 60


class Kernel:
    """Runs cells one by one."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, code: str) -> str:
        """All that the cell shows; after its status, where that isn't ok."""
        shown: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                shown.append(content["text"])
            elif message["msg_type"] in {"execute_result", "display_data"}:
                shown.append(content["data"]["text/plain"])
            elif message["msg_type"] == "error":
                traceback = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(content["traceback"]))
                line = re.search(r"-> (\d+)", traceback)
                shown.append(f"line {line[1] if line else '?'}: {content['evalue']}")

        reply = self.client.execute_interactive(code, output_hook=keep, timeout=SECONDS)
        status = reply["content"]["status"]
        return ("" if status == "ok" else f"{status}: ") + "".join(shown).strip()


@contextmanager
def connected(connection: Path) -> Iterator[Kernel]:
    """A kernel that somebody else has started, by its connection file."""
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    try:
        wait_until_heard(client)
        yield Kernel(client)
    finally:
        client.stop_channels()


def wait_until_heard(client: BlockingKernelClient) -> None:
    """Wait until the kernel answers, and what it shows arrives.

    The client's own way takes a kernel that is still starting for a dead one,
    where it isn't the client that has started it.
    """
    for _ in range(SECONDS):
        client.kernel_info(reply=True, timeout=SECONDS)
        try:
            client.get_iopub_msg(timeout=1)
        except Empty:
            continue
        return
    raise TimeoutError("nothing is heard from the kernel")
