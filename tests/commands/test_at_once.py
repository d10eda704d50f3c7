"""Two builds of one book at the same time, and builds that are killed. Real kernels, real signals."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook, heed_interruption

PATIENCE = 120
PAGE = """\
# Page

```{.python .input}
import pathlib, time
home = pathlib.Path('../../../..')
(home / 'started').touch()
while (home / 'wait').exists():
    time.sleep(0.02)
print('done')
```
"""
WAITING = "waiting for another build of this book to end\n"


@pytest.fixture
def folder(make_book: MakeBook) -> Path:
    book = {"config.ini": "", "index.md": "# Book\n\n```toc\nc/page\n```\n", "c/page.md": PAGE}
    made = make_book(book)
    (made / "wait").touch()
    return made


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def run(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "d2lbook", "-C", str(folder), *words]
        process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_interruption,
        )
        started.append(process)
        return process

    yield run
    (folder / "wait").unlink(missing_ok=True)
    for process in started:
        process.kill()
        process.communicate(timeout=PATIENCE)


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def end(process: subprocess.Popen[str]) -> str:
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    return said


def test_the_second_waits_and_finds_all_done(
    folder: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    first = start("build", "eval")
    until((folder / "started").exists)
    second = start("build", "eval")
    assert second.stderr
    assert second.stderr.readline() == WAITING
    (folder / "wait").unlink()
    assert "1 to execute, 0 unchanged" in end(first)
    assert end(second) == "0 to execute, 1 unchanged\n"


def test_clearing_waits_and_checks_do_not(
    folder: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    first = start("build", "eval")
    until((folder / "started").exists)
    assert end(start("build", "outputcheck")) == ""
    assert "1 stale" in status(folder)
    clearing = start("clear")
    assert clearing.stderr
    assert clearing.stderr.readline() == WAITING
    assert (folder / "_build").exists()
    (folder / "wait").unlink()
    end(first)
    end(clearing)
    assert not (folder / "_build").exists()


def test_who_waits_can_be_interrupted(
    folder: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    first = start("build", "eval")
    until((folder / "started").exists)
    second = start("build", "eval")
    assert second.stderr
    assert second.stderr.readline() == WAITING
    second.send_signal(signal.SIGINT)
    _, said = second.communicate(timeout=PATIENCE)
    assert second.returncode == 130
    assert said.startswith("interrupted; ")
    assert first.poll() is None


def test_a_build_that_is_killed_holds_up_nobody(
    folder: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    first = start("build", "eval")
    until((folder / "started").exists)
    children = psutil.Process(first.pid).children(recursive=True)
    second = start("build", "eval")
    assert second.stderr
    assert second.stderr.readline() == WAITING
    first.kill()
    (folder / "wait").unlink()
    assert "1 to execute, 0 unchanged" in end(second)
    psutil.wait_procs(children, timeout=PATIENCE)
    assert "1 fresh" in status(folder)


KILLED_WHILE_WRITING = """\
import os, pathlib, sys
from d2lbook.__main__ import main

replace = pathlib.Path.replace

def die(path, target):
    if "results" in path.parts:
        os.kill(os.getpid(), 9)
    return replace(path, target)

pathlib.Path.replace = die
main(["-C", sys.argv[1], "-q", "build", "eval"])
"""


def test_killed_in_the_middle_of_keeping_a_result(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "wait").unlink()
    program = textwrap.dedent(KILLED_WHILE_WRITING)
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], check=False, timeout=PATIENCE
    )
    assert done.returncode == -signal.SIGKILL
    (part,) = (folder / ".d2lbook/results").rglob("*.json.*")
    assert "it was never executed" in status(folder)
    capfd.readouterr()
    assert main(["-C", str(folder), "build", "eval"]) == 0
    assert "damaged" not in capfd.readouterr().err
    assert "1 fresh" in status(folder)
    assert not part.exists()


def status(folder: Path) -> str:
    command = [sys.executable, "-m", "d2lbook", "-C", str(folder), "status"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
