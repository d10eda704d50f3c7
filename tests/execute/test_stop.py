"""A build that is told to stop leaves no process, and the next goes on where it was."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.conftest import heed_interruption
from tests.execute.test_run import assert_gone
from tests.execute.workbench import Workbench, notebook

QUICK = "print('quick')"
ENDLESS = (
    "import json, os, pathlib, subprocess, time\n"
    "child = subprocess.Popen(['sleep', '1000'])\n"
    "pathlib.Path('ids.part').write_text(json.dumps([os.getpid(), child.pid]))\n"
    "os.replace('ids.part', 'ids.json')\n"
    "time.sleep(1000)"
)
PROGRAM = """
import os, sys, tempfile
from pathlib import Path
from tests.execute.workbench import Workbench, notebook
from tests.execute.test_stop import ENDLESS, QUICK

tempfile.tempdir = sys.argv[2]
os.environ["D2LBOOK_TEST"] = sys.argv[1]
bench = Workbench(Path(sys.argv[1]), "[execute]\\njobs = 2\\n" + sys.argv[3])
bench.execute(*(notebook(code, page=f"{number}/page")
                for number, code in enumerate([QUICK, ENDLESS, ENDLESS, QUICK])))
"""


WARM, ORDINARY = "", "[env python]\npreload = no\n"


@dataclass(frozen=True)
class Building:
    """A build of which two notebooks run, and do not end."""

    process: subprocess.Popen[str]
    notes: list[Path]
    temporary: Path

    def started(self) -> list[int]:
        """What its cells have started, and they themselves."""
        return [number for note in self.notes for number in json.loads(note.read_text())]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Building]]:
    with tempfile.TemporaryDirectory() as temporary:

        def start(environment: str) -> Building:
            process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(tmp_path), temporary, environment],
                cwd=Path(__file__).parents[2],
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                preexec_fn=heed_interruption,
            )
            notes = [tmp_path / f"_build/eval/python/{page}/ids.json" for page in (1, 2)]
            wait_for(*notes)
            return Building(process, notes, Path(temporary))

        yield start


def wait_for(*paths: Path) -> None:
    deadline = time.monotonic() + 120
    while not all(path.exists() for path in paths):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def processes_of(folder: Path) -> list[int]:
    """All processes that a build in this folder has started: they have its variable."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("D2LBOOK_TEST") == str(folder):
                found.append(process.pid)
    return found


@pytest.mark.parametrize("environment", [WARM, ORDINARY], ids=["warm", "ordinary"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_process_is_left_and_what_was_finished_is_kept(
    tmp_path: Path, start: Callable[[str], Building], number: signal.Signals, environment: str
) -> None:
    build = start(environment)
    assert len(processes_of(tmp_path)) >= 5  # two kernels, what they have started, a server
    os.kill(build.process.pid, number)
    _, said = build.process.communicate(timeout=30)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert_gone([*build.started(), *processes_of(tmp_path)])
    assert not list(build.temporary.iterdir())

    bench = Workbench(tmp_path)
    codes = [QUICK, ENDLESS, ENDLESS, QUICK]
    made = [notebook(code, page=f"{page}/page") for page, code in enumerate(codes)]
    assert bench.stale(*made) == made[1:]
    assert [done.status for done in bench.execute(made[0], made[3])] == ["cached", "executed"]
    assert not list(tmp_path.rglob(".*.json.*"))


@pytest.mark.parametrize("environment", [WARM, ORDINARY], ids=["warm", "ordinary"])
def test_a_build_that_is_killed_leaves_no_process_and_no_file_behind(
    tmp_path: Path, start: Callable[[str], Building], environment: str
) -> None:
    build = start(environment)
    build.process.kill()
    build.process.communicate(timeout=30)
    assert_gone([*build.started(), *processes_of(tmp_path)])
    deadline = time.monotonic() + 30
    while list(build.temporary.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    bench = Workbench(tmp_path)
    (done,) = bench.execute(notebook(QUICK, page="0/page"))
    assert done.status == "cached"
