"""Notebooks on a real Ray cluster, of several machines in name, all of them on this one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from d2lbook.__main__ import main
from d2lbook.execute.cluster import NETWORK_ADDRESS

from tests.conftest import ROOT, MakeBook, heed_interruption

PATIENCE = 300
"""Seconds; a cluster starts many processes."""

needs_ray = pytest.mark.skipif(not find_spec("ray"), reason="Ray is not installed")


class Machines:
    """A running cluster, and builds of a book on it."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = {**os.environ, **variables}
        self.builds: list[subprocess.Popen[str]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.execute.ray_cluster"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=self.variables,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.address = self.stdout.readline().strip()
        if not self.address:
            self.close()
            pytest.fail("the cluster does not start")

    def kill_that_runs(self, kernel: psutil.Process) -> None:
        print(kernel.pid, file=self.stdin, flush=True)
        assert self.stdout.readline() == "killed\n"

    def build(self, book: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "d2lbook", "-C", str(book), "build", "eval"]
        build = subprocess.Popen(
            [*command, "--executor", "ray", "--address", self.address, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**self.variables, **variables},
            preexec_fn=heed_interruption,
        )
        self.builds.append(build)
        return build

    def close(self) -> None:
        """End the cluster and all builds, and see that they have ended."""
        for build in self.builds:
            build.kill()
            build.communicate()
        self.stdin.close()
        self.process.wait(PATIENCE)
        self.stdout.close()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    made = Machines(
        {
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": "a" * 40,
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_agent_register_timeout_ms": f"{1000 * PATIENCE}",
            "RAY_raylet_start_wait_time_s": f"{PATIENCE}",
            "D2LBOOK_CACHE": str(tmp_path_factory.mktemp("cache")),
        }
    )
    try:
        yield made
    finally:
        made.close()


def page(code: str) -> str:
    return f"# Page\n\n```{{.python .input}}\n{code}\n```\n"


def printed(book: Path, name: str) -> str:
    notebook = json.loads((book / f"_build/eval/python/{name}.ipynb").read_text())
    return "".join(
        "".join(output.get("text", ()))
        for cell in notebook["cells"]
        for output in cell.get("outputs", ())
    )


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.05)


def started(runs: Path) -> list[int]:
    """The kernels that a page has told of in this file."""
    return [int(line) for line in runs.read_text().split()] if runs.exists() else []


NOTE = "import os\nwith open({path!r}, 'a') as file:\n    print(os.getpid(), file=file)\n"
SLEEP_ONCE = (
    NOTE + "import time\ntime.sleep(600 * (len(open({path!r}).readlines()) == 1))\nprint('again')"
)


@needs_ray
def test_a_book_is_executed_on_a_cluster_that_loses_a_machine(
    machines: Machines, make_book: MakeBook, tmp_path: Path
) -> None:
    lost, failing = tmp_path / "lost", tmp_path / "failing"
    show = (
        "print(repr(os.environ.get('CUDA_VISIBLE_DEVICES')), [x for x in os.environ if 'RAY' in x])"
    )
    book = make_book(
        {
            "config.ini": "[build]\nresources = data\n",
            "index.md": "# Book\n\n```toc\nc/lost\nc/gpu\nc/plain\nc/failing\n```\n",
            "util.py": "answer = 42",
            "data/table.csv": "7",
            "c/plain.md": page(
                f"import os, util\nprint(util.answer, open('../data/table.csv').read())\n{show}"
            ),
            "c/gpu.md": page(f"import os\ndef gpu(): pass\ngpu()\n{show}"),
            "c/failing.md": page(NOTE.format(path=str(failing)) + "1 / 0"),
            "c/lost.md": page(SLEEP_ONCE.format(path=str(lost))),
        }
    )
    build = machines.build(book)
    wait_for(lambda: len(started(lost)) == 1)
    first = psutil.Process(started(lost)[0])
    machines.kill_that_runs(first)
    wait_for(lambda: not first.is_running())
    told, _ = build.communicate(timeout=PATIENCE)
    assert build.returncode == 1, told
    assert "c/failing.md:7: error: [python] ZeroDivisionError: division by zero" in told
    assert len(started(lost)) == 2
    assert len(started(failing)) == 1
    (book / "c/failing.md").write_text(page("1"))
    build = machines.build(book)
    told, _ = build.communicate(timeout=PATIENCE)
    assert build.returncode == 0, told
    assert "1 to execute, 3 unchanged" in told
    assert printed(book, "c/plain") == "42 7\n'' []\n"
    assert printed(book, "c/gpu") == "'0' []\n"
    assert printed(book, "c/lost") == "again\n"


@needs_ray
def test_ctrl_c_ends_what_runs_in_the_cluster(
    machines: Machines, make_book: MakeBook, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    book = make_book({"config.ini": "", "index.md": page(SLEEP_ONCE.format(path=str(runs)))})
    build = machines.build(book)
    wait_for(lambda: len(started(runs)) == 1)
    kernel = psutil.Process(started(runs)[0])
    build.send_signal(signal.SIGINT)
    told, _ = build.communicate(timeout=PATIENCE)
    assert build.returncode == 130, told
    wait_for(lambda: not kernel.is_running())
    assert len(started(runs)) == 1


@needs_ray
def test_who_has_no_token_can_run_nothing(machines: Machines, make_book: MakeBook) -> None:
    book = make_book({"config.ini": "", "index.md": page("1")})
    build = machines.build(book, RAY_AUTH_TOKEN="b" * 40)
    told, _ = build.communicate(timeout=PATIENCE)
    assert build.returncode == 9, told
    assert f"error: no cluster of Ray can be used at {machines.address}; see --address" in told


@needs_ray
def test_where_nobody_answers_it_is_said_at_once(
    make_book: MakeBook, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    book = make_book({"config.ini": "", "index.md": page("1")})
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and nobody listens
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        words = ["-C", str(book), "build", "eval", "--executor", "ray"]
        assert main([*words, "--address", address]) == 9
        monkeypatch.setenv("RAY_ADDRESS", address)
        assert main(words) == 9
    told = f"error: nobody answers at {address}: Connection refused; see --address"
    assert capfd.readouterr().err.count(told) == 2


@pytest.mark.parametrize("address", ["", "auto", "local", "host"])
def test_what_is_no_address_of_the_network_is_left_to_ray(address: str) -> None:
    assert not NETWORK_ADDRESS.fullmatch(address)


@pytest.mark.parametrize(
    ("address", "host"),
    [("a.b:1", "a.b"), ("ray://a:1", "a"), ("[::1]:1", "::1"), ("::1:1", "::1")],
)
def test_the_host_in_an_address(address: str, host: str) -> None:
    found = NETWORK_ADDRESS.fullmatch(address)
    assert found
    assert (found["host"], found["port"]) == (host, "1")


def test_without_ray_it_is_said_how_to_get_it(
    make_book: MakeBook, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    book = make_book({"config.ini": "", "index.md": page("1")})
    monkeypatch.setattr("d2lbook.execute.cluster.find_spec", lambda name: None)
    assert main(["-C", str(book), "build", "eval", "--executor", "ray"]) == 2
    assert "pip install 'd2lbook2[ray]'" in capfd.readouterr().err


def test_an_address_is_that_of_a_cluster(
    make_book: MakeBook, capfd: pytest.CaptureFixture[str]
) -> None:
    book = make_book({"config.ini": "", "index.md": page("1")})
    assert main(["-C", str(book), "build", "eval", "--address", "x:1"]) == 2
    assert "it goes with --executor ray" in capfd.readouterr().err
