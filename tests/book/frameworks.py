"""Running code in the environments of the book's frameworks."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from d2lbook.config import Config, read_config
from d2lbook.execute.environments import find_environment, is_ready

ROOT = Path(__file__).parent.parent.parent
CONFIG = read_config(ROOT)[0]


SYSTEM_LIBRARIES = {"mxnet": ("libgomp.so.1", "libquadmath.so.0")}
"""What a framework needs that no package of Python's gives."""


def require(config: Config, *tabs: str) -> None:
    """Skip the test where the environment of one of these tabs can't be used, and say why."""
    for tab in tabs:
        if not is_ready(find_environment(config, tab)):
            pytest.skip(f"the {tab} environment is not made yet: run d2lbook env")
        for library in SYSTEM_LIBRARIES.get(tab, ()):
            try:
                ctypes.CDLL(library)
            except OSError:
                pytest.skip(f"{library} is not there: apt-get install libgomp1 libquadmath0")


def run_in(tab: str, code: str, given: Any = None) -> Any:
    """What the code prints, as JSON, in the tab's environment; skips where there is none.

    ``given`` is its standard input, as JSON.
    """
    require(CONFIG, tab)
    environment = find_environment(CONFIG, tab)
    path = {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}
    told = subprocess.run(
        [environment.python, "-W", "ignore", "-c", code],
        env=os.environ | dict(environment.variables) | path,
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)
