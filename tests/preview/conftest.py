"""Previews of tiny books, as a user starts them."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import MakeBook, heed_interruption

PATIENCE = 120

CODE = """\
```{.python .input}
%%tab pytorch
print("a", "torch")
```

```{.python .input}
%%tab jax
print("a", "jax")
```
"""

BOOK = {
    "config.ini": "[project]\ntitle = Tiny\n[build]\ntabs = pytorch, jax\nresources = img\n",
    "index.md": "# Book\n\nHello.\n\n```toc\nc/index\n```\n",
    "c/index.md": "# Chapter\n\n```toc\npage\n```\n",
    "c/page.md": f"# Page\n\nFirst words.\n\n{CODE}\nLast words.\n",
    "img/dot.svg": "",
}


class Preview:
    """A running ``d2lbook serve``."""

    def __init__(self, book: Path, *options: str, port: str = "0") -> None:
        self.book = book
        command = [sys.executable, "-m", "d2lbook", "-C", str(book), "serve", *options]
        self.process = subprocess.Popen(
            [*command, "--port", port] if port else command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=heed_interruption,
        )
        self.lines: list[str] = []
        self._has_more = threading.Condition()
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        self.address = re.findall(r"http://[^;\s]+", self.wait_for("serving"))[0]

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                with self._has_more:
                    self.lines.append(line.rstrip("\n"))
                    self._has_more.notify_all()

    def wait_for(self, text: str, since: int = 0) -> str:
        """The first line with this text among those from a number on."""

        def found() -> list[str]:
            return [line for line in self.lines[since:] if text in line]

        with self._has_more:
            assert self._has_more.wait_for(found, PATIENCE), self.lines
            return found()[0]

    def ready(self) -> Preview:
        """This, once it has built the book."""
        self.wait_for(" s")
        return self

    def write(self, name: str, text: str) -> None:
        path = self.book / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.book / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def end(self, number: int = signal.SIGINT) -> int:
        """The exit code after a signal; no process is left."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._listener.join()
        _, left = psutil.wait_procs(children, timeout=PATIENCE)
        assert not left
        return code


StartPreview = Callable[..., Preview]


@pytest.fixture
def book(make_book: MakeBook) -> Path:
    return make_book(BOOK)


@pytest.fixture
def start(book: Path) -> Iterator[StartPreview]:
    """Starts previews of the tiny book; they end with the test."""
    started: list[Preview] = []

    def run(*options: str, port: str = "0") -> Preview:
        started.append(Preview(book, *options, port=port))
        return started[-1]

    yield run
    for preview in started:
        if preview.process.poll() is None:
            preview.end()
