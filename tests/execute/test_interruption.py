"""What is left when the making of environments is cut short, and two at once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from d2lbook.config import Config
from d2lbook.execute.environment_store import list_environments
from d2lbook.execute.environments import find_environment, is_ready

from tests.conftest import heed_interruption
from tests.execute.conftest import Machine, MakeConfig
from tests.execute.packages import make_slow_package

PATIENCE = 60


@pytest.fixture
def signs(tmp_path: Path) -> Iterator[Path]:
    """The folder by which a test and the building of the slow package speak."""
    folder = tmp_path / "signs"
    folder.mkdir()
    (folder / "wait").touch()
    yield folder
    (folder / "wait").unlink(missing_ok=True)


@pytest.fixture
def slow(machine: Machine, configure: MakeConfig, signs: Path) -> Config:
    """A book whose environment takes until ``signs/wait`` is gone."""
    make_slow_package(machine.wheels, "slow", signs)
    return configure({"one": "requirements = one.txt"}, one="ipykernel\nslow\n")


def start(config: Config) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "d2lbook", "env", "-C", str(config.root)]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=heed_interruption,
    )


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def builder(signs: Path) -> int:
    """The process that builds the slow package, once it is at it."""
    until((signs / "builder").exists)
    return int((signs / "builder").read_text())


def is_running(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def finish(config: Config, signs: Path) -> str:
    (signs / "wait").unlink(missing_ok=True)
    command = start(config)
    said, _ = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, said
    assert is_ready(find_environment(config, "one"))
    return said


def unfinished(machine: Machine) -> list[Path]:
    return list(machine.environments.glob(".making-*"))


def test_interrupted(machine: Machine, slow: Config, signs: Path) -> None:
    command = start(slow)
    child = builder(signs)
    command.send_signal(signal.SIGINT)
    said, _ = command.communicate(timeout=PATIENCE)
    assert command.returncode == 130
    assert "Traceback" not in said
    until(lambda: not is_running(child))
    assert not list_environments()
    assert not unfinished(machine)
    assert not is_ready(find_environment(slow, "one"))
    finish(slow, signs)


def test_killed(machine: Machine, slow: Config, signs: Path) -> None:
    command = start(slow)
    child = builder(signs)
    command.kill()
    command.communicate(timeout=PATIENCE)
    assert not list_environments()
    assert unfinished(machine)
    assert not is_ready(find_environment(slow, "one"))
    installer = psutil.Process(child).ppid()  # goes on alone, and may write until it has ended
    (signs / "wait").unlink()
    until(lambda: not is_running(installer))
    finish(slow, signs)
    assert not unfinished(machine)


def test_two_at_once(machine: Machine, slow: Config, signs: Path) -> None:
    first = start(slow)
    builder(signs)
    second = start(slow)
    assert second.stdout
    assert second.stdout.readline() == "one: another process is making it\n"
    (signs / "wait").unlink()
    for command in (first, second):
        said, _ = command.communicate(timeout=PATIENCE)
        assert command.returncode == 0
        assert str(find_environment(slow, "one").python) in said
    assert len(list_environments()) == 1
    assert not unfinished(machine)
