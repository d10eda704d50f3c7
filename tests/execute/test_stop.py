"""A build that is told to stop leaves no process, and the next goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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
import sys
from pathlib import Path
from tests.execute.workbench import Workbench, notebook
from tests.execute.test_stop import ENDLESS, QUICK

bench = Workbench(Path(sys.argv[1]), "[execute]\\njobs = 2\\n")
bench.execute(*(notebook(code, page=f"{number}/page")
                for number, code in enumerate([QUICK, ENDLESS, ENDLESS, QUICK])))
"""


def wait_for(*paths: Path) -> None:
    deadline = time.monotonic() + 120
    while not all(path.exists() for path in paths):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_no_process_is_left_and_what_was_finished_is_kept(
    tmp_path: Path, number: signal.Signals
) -> None:
    build = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interruption,
    )
    notes = [tmp_path / f"_build/eval/python/{page}/ids.json" for page in (1, 2)]
    wait_for(*notes)
    os.kill(build.pid, number)
    _, said = build.communicate(timeout=30)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert_gone([number for path in notes for number in json.loads(path.read_text())])

    bench = Workbench(tmp_path)
    codes = [QUICK, ENDLESS, ENDLESS, QUICK]
    made = [notebook(code, page=f"{page}/page") for page, code in enumerate(codes)]
    assert bench.stale(*made) == made[1:]
    assert [done.status for done in bench.execute(made[0], made[3])] == ["cached", "executed"]
    assert not list(tmp_path.rglob(".*.json.*"))
