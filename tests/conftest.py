"""What all tests share: tiny books, golden files, the corpus."""

from __future__ import annotations

import os
import signal
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# How fast this machine is, is not what properties are about.
# What nobody has thought of is for `make fuzz` to find; tests say the same each time.
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")

os.environ.pop("GITHUB_ACTIONS", None)  # more is said there

pytest_plugins = ["tests.browser"]

ROOT = Path(__file__).parent.parent
"""The repository."""

SHARED = ROOT.parent / "shared"
"""Test data beside the repository; a clone alone doesn't have it."""

MakeBook = Callable[[dict[str, str]], Path]


def heed_interruption() -> None:
    """For ``preexec_fn``: let signals end a child that would ignore them, as these tests may.

    What a shell starts in the background ignores Ctrl-C, what ``nohup`` starts a hangup, and
    that is inherited.
    """
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write what golden files expect anew"
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def make_book(tmp_path: Path) -> MakeBook:
    """Writes a tiny book from texts by file name, and returns its folder."""

    def make(files: dict[str, str]) -> Path:
        folder = tmp_path / "book"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(content), encoding="utf-8")
        return folder

    return make


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of a whole real book, with ``golden/`` beside it."""
    folder = SHARED / "corpus" / "d2l-en"
    if not folder.is_dir():
        pytest.skip("the corpus of a real book is not beside this clone")
    return folder


@pytest.fixture(scope="session")
def seed_page() -> Path:
    """The chapter section that must always build, unchanged."""
    page = SHARED / "seed" / "parameters.md"
    if not page.is_file():
        pytest.skip("the seed section is not beside this clone")
    return page
