"""The book itself, built from scratch twice with all four frameworks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from d2lbook.__main__ import main
from d2lbook.config import read_config

from tests.book.frameworks import require
from tests.conftest import ROOT


def copy_book(folder: Path) -> Path:
    """What git knows of the book, without the tool and the tests, in this folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = ROOT / name
        if name.split("/")[0] not in {"builder", "tests", "benchmarks", ".ci"} and source.is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return folder


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    config, _ = read_config(ROOT)
    require(config, *config.tabs)
    first, second = (copy_book(tmp_path_factory.mktemp(name)) for name in ("first", "second"))
    for folder in (first, second):
        assert main(["-C", str(folder), "-q", "build", "all"]) == 0
    return first, second
