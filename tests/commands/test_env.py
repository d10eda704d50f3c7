"""The command ``d2lbook env``."""

from __future__ import annotations

import io
import re
import sys

import pytest
from d2lbook.__main__ import main
from d2lbook.commands.progress import environment_progress
from d2lbook.config import Config
from d2lbook.execute.environments import Progress, find_environment

from tests.execute.conftest import Machine, MakeConfig, configure, machine

__all__ = ["configure", "machine"]


@pytest.fixture
def book(machine: Machine, configure: MakeConfig) -> Config:
    sections = {"one": "requirements = one.txt", "two": "requirements = two.txt"}
    return configure(sections, one="ipykernel", two="ipykernel==1.0")


def env(config: Config, *words: str) -> int:
    return main(["env", "-C", str(config.root), *words])


def test_make(book: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert env(book) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"{tab}: {find_environment(book, tab).python}" for tab in ("one", "two")
    ]
    assert sorted(line for line in err.splitlines() if line.endswith("ready")) == [
        "one: ready",
        "two: ready",
    ]
    assert env(book) == 0
    assert capsys.readouterr() == (out, "")


def test_make_one_quietly(book: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert env(book, "--tab", "two", "-q") == 0
    assert capsys.readouterr() == ("", "")
    assert env(book, "list") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["two", "0"]


def test_a_tab_in_capitals(book: Config, capsys: pytest.CaptureFixture[str]) -> None:
    assert env(book, "--tab", "TWO") == 0
    assert capsys.readouterr().out.startswith("two: ")


def test_list_and_prune(book: Config, machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    env(book, "-q")
    digest = find_environment(book, "one").digest
    env(book, "list")
    first, _, total = capsys.readouterr().out.splitlines()
    assert re.fullmatch(rf"one +{digest} +\d+ MB  used \d{{4}}-\d\d-\d\d \d\d:\d\d", first)
    assert total.endswith(f"MB in {machine.environments}")

    (book.root / "one.txt").write_text("ipykernel==1.0\nanother\n")
    env(book, "prune")
    assert capsys.readouterr().out == f"removed {machine.environments}/one-{digest}\n"
    env(book, "prune")
    assert capsys.readouterr().out == "there was nothing to remove\n"
    env(book, "prune", "--all")
    assert capsys.readouterr().out.startswith(f"removed {machine.environments}/two-")


def test_lock(book: Config, capsys: pytest.CaptureFixture[str]) -> None:
    (book.root / "two.in").write_text("ipykernel")
    assert env(book, "lock") == 5
    out, err = capsys.readouterr()
    assert out == f"two: {book.root / 'two.txt'}\n"
    assert err.startswith("config.ini:4: error: [one] there is no one.in")
    assert "    --hash=sha256:" in (book.root / "two.txt").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tab", "tow"], "unknown tab 'tow'; known are: one, two"),
        (["list", "--all"], "'d2lbook env list' has no option --all; it belongs to: prune"),
        (["--upgrade"], "'d2lbook env make' has no option --upgrade; it belongs to: lock"),
        (["prune", "--tab", "one"], "'d2lbook env prune' has no option --tab; it belongs to: "),
    ],
)
def test_usage(
    book: Config, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert env(book, *words) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_board_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with environment_progress(verbosity=0) as show:
        show(Progress(tab="one", text="fetching packages"))
        show(Progress(tab="two", text="[not markup]"))
        show(Progress(tab="one", text="ready", finished=True))
    assert re.search(r"one ready .*\n.*two \[not markup\] ", terminal.getvalue())
