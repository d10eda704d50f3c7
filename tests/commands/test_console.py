"""What is said where, and how often."""

from __future__ import annotations

import json

import pytest
from d2lbook.__main__ import main
from d2lbook.commands.console import Console
from d2lbook.errors import Problem

from tests.conftest import MakeBook

ODD = Problem(what="odd")


def test_a_warning_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(-1)
    console.warn(ODD)
    console.warn(Problem(what="odd"))
    console.warn(Problem(what="even"))
    assert capsys.readouterr().err == "warning: odd\nwarning: even\n"
    assert console.exit_code == 0


def test_warnings_can_count_as_errors(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(0, strict=True)
    assert console.exit_code == 0
    console.warn(ODD)
    assert capsys.readouterr().err == "error: odd\n"
    assert console.exit_code == 1


@pytest.mark.parametrize(
    ("verbosity", "out", "err"),
    [(-1, "", ""), (0, "r\n", "note: odd\n"), (1, "r\n", "note: odd\nd\n")],
)
def test_how_loud(verbosity: int, out: str, err: str, capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(verbosity)
    console.note(ODD)
    console.result("r")
    console.detail("d")
    assert capsys.readouterr() == (out, err)


@pytest.mark.parametrize(
    "command",
    [
        "activate all index.md",
        "build ipynb",
        "cache",
        "clear",
        "env lock",
        "report",
        "slides index.md",
        "status --json",
    ],
)
def test_every_command_tells_what_is_no_longer_needed(
    command: str, make_book: MakeBook, capfd: pytest.CaptureFixture[str]
) -> None:
    config = "[build]\ntabs = jax\nrsts = api.rst\n"
    folder = make_book({"config.ini": config, "index.md": "# Book\n"})
    assert main(["-C", str(folder), *command.split()]) == 0
    out, err = capfd.readouterr()
    assert err.count("config.ini:3: note: [build] rsts is no longer needed: ") == 1
    if "--json" in command:
        assert [each["page"] for each in json.loads(out)] == ["index"]
