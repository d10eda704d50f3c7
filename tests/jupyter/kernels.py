"""A kernel to run cells in, one by one."""

from __future__ import annotations

import re
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient


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

        reply = self.client.execute_interactive(code, output_hook=keep, timeout=60)
        status = reply["content"]["status"]
        return ("" if status == "ok" else f"{status}: ") + "".join(shown).strip()
