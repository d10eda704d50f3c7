"""Searches for a bounded time, or tries again what was found; see the package."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
import traceback
import warnings
from importlib.util import find_spec
from pathlib import Path

from tests.fuzzing.inputs import INPUTS
from tests.fuzzing.properties import PROPERTIES
from tests.fuzzing.search import Search


def main() -> int:
    if files := sys.argv[1:]:
        failing = [file for file in files if not holds(Path(file))]
        return int(bool(failing))
    seconds = float(os.environ.get("FUZZ_SECONDS") or 60)
    number = int(os.environ.get("FUZZ_SEED") or random.getrandbits(31))
    search = guided if find_spec("atheris") else drawn
    print(f"seed {number}, {seconds:g} s, inputs {search.__name__}", flush=True)
    found = [name for name in INPUTS if search(name, seconds / len(INPUTS), number)]
    return int(bool(found))


def guided(name: str, seconds: float, number: int) -> bool:
    """Whether Atheris finds something in this time."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.fuzzing.guided"]
    done = subprocess.run(
        [*command, name, str(seconds), str(number)], capture_output=True, text=True, check=False
    )
    count = done.stderr.rpartition("Done ")[2].partition(" ")[0]
    return told(name, Search(name, number).file, count if done.returncode == 0 else None)


def drawn(name: str, seconds: float, number: int) -> bool:
    """Whether Hypothesis finds something in this time."""
    warnings.simplefilter("ignore")
    search = Search(name, number)
    numbers = random.Random(number)
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            search.test(numbers.getrandbits(32), 100)()
    except Exception:  # noqa: BLE001 - it is what is looked for, and it is kept
        return told(name, search.file, None)
    return told(name, search.file, str(search.count))


def told(name: str, file: Path, count: str | None) -> bool:
    """Tell what came of a search: so many inputs, or None where something was found."""
    print(f"{name}: {f'holds for {count} inputs' if count else f'FAILS, see {file}'}", flush=True)
    return count is None


def holds(file: Path) -> bool:
    """Whether the property holds now for the input in this file."""
    found = json.loads(file.read_text(encoding="utf-8"))
    try:
        PROPERTIES[found["property"]](found["input"])
    except Exception:  # noqa: BLE001 - it is what was looked for
        traceback.print_exc()
        return False
    print(f"{file}: {found['property']} holds")
    return True


if __name__ == "__main__":
    sys.exit(main())
