"""JupyterLab as ``d2lbook lab`` starts it, on a tiny book."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

TOKEN = "secret"
SECONDS_TO_START = 120

BOOK = {
    "config.ini": "[build]\ntabs = mxnet, jax\n[env jax]\nvariables = COLOUR=red\n",
    "index.md": "# Book\n\n```toc\nchapter/page\n```\n",
    "helper.py": "answer = 42\n",
    "chapter/page.md": (
        "# Page\r\n"
        "\r\n"
        "```{.python .input  n=5}\r\n"
        "%load_ext d2lbook.tab\r\n"
        "tab.interact_select('mxnet', 'jax')\r\n"
        "```\r\n"
        "\r\n\r\n"
        "```{.python .input}\r\n"
        "%%tab jax\r\n"
        "1 + 1\r\n"
        "```\r\n"
        "The end"
    ),
}


@dataclass(frozen=True)
class Server:
    """A running Jupyter server."""

    book: Path
    """The folder it serves."""
    runtime: Path
    """Where it keeps the connection files of its kernels."""
    address: str

    def ask(self, method: str, path: str, content: Any = None) -> tuple[int, Any]:
        """The status and the JSON of its answer."""
        request = urllib.request.Request(
            f"{self.address}api/{quote(path, safe='/?=&')}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, body = error.code, error.read()
        return status, json.loads(body) if body else None

    def notebook(self, path: str) -> dict[str, Any]:
        """The page as a notebook."""
        status, model = self.ask("GET", f"contents/{path}?type=notebook&content=1")
        assert status == 200, model
        assert (model["type"], model["format"]) == ("notebook", "json")
        return model["content"]

    def save(self, path: str, notebook: dict[str, Any]) -> tuple[int, Any]:
        """Save a notebook, as JupyterLab does."""
        model = {"type": "notebook", "format": "json", "content": notebook}
        return self.ask("PUT", f"contents/{path}", model)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if importlib.util.find_spec("jupyterlab") is None:
        pytest.skip("JupyterLab is not installed: pip install 'd2lbook2[jupyter]'")
    folder = tmp_path_factory.mktemp("lab")
    book, runtime = folder / "book", folder / "runtime"
    for name, text in BOOK.items():
        path = book / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    variables = {
        "HOME": str(folder),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_TOKEN": TOKEN,
    }
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "d2lbook", "-C", str(book), "lab", "--", *options],
            env=os.environ | variables,
            stdout=log,
            stderr=log,
        )
    try:
        yield Server(book, runtime, wait_for_address(process, runtime, folder / "log.txt"))
    finally:
        process.terminate()
        # A Jupyter server that is told to end while it starts a kernel may go on waiting for it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def wait_for_address(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """The address of a starting server, once it answers there."""
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        for said in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                port = json.loads(said.read_text(encoding="utf-8"))["port"]
                address = f"http://127.0.0.1:{port}/"
                urllib.request.urlopen(f"{address}api", timeout=10).close()
                return address
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text(encoding='utf-8')}")
