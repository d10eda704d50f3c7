"""Running code in the environments of the book's frameworks."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from d2lbook.config import read_config
from d2lbook.execute.environments import find_environment, is_ready

ROOT = Path(__file__).parent.parent.parent
CONFIG = read_config(ROOT)[0]


def run_in(tab: str, code: str, given: Any = None) -> Any:
    """What the code prints, as JSON, in the tab's environment; skips where there is none.

    ``given`` is its standard input, as JSON.
    """
    environment = find_environment(CONFIG, tab)
    if not is_ready(environment):
        pytest.skip(f"the {tab} environment is not made yet: run d2lbook env")
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
