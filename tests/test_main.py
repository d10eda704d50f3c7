"""The command line itself."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from d2lbook import __version__
from d2lbook.__main__ import COMMANDS, FORMER, main, refuse_predecessor
from d2lbook.commands import clear
from d2lbook.errors import UsageError

from tests.conftest import MakeBook


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"d2lbook {__version__}\n"


@pytest.mark.parametrize("command", FORMER)
def test_former_commands_say_what_to_do(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "html", "--s3", "address"]) == UsageError.exit_code
    assert capsys.readouterr().err == f"error: there is no 'd2lbook {command}'; {FORMER[command]}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert f"usage: d2lbook {command}" in capsys.readouterr().out


def test_the_predecessor_beside_us_is_refused(tmp_path: Path) -> None:
    refuse_predecessor(tmp_path)
    (tmp_path / "d2lbook2-2.0.dist-info").mkdir()
    refuse_predecessor(tmp_path)
    (tmp_path / "d2lbook-1.0.3.dist-info").mkdir()
    with pytest.raises(UsageError, match="pip uninstall d2lbook d2lbook2"):
        refuse_predecessor(tmp_path)


def test_nothing_heavy_is_imported_before_a_command_runs() -> None:
    code = "import sys, d2lbook.__main__ as m; m.command_line(); print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"markdown_it", "pygments", "jinja2", "nbclient", "nbformat", "typst", "rich", "isort"}
    assert not heavy & set(told.stdout.split())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_tells_a_command_to_stop_lets_it_tidy_up(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tidied = []

    def run(_: object) -> int:
        try:
            os.kill(os.getpid(), number)
        finally:
            tidied.append(number)
        return 0

    monkeypatch.setattr(clear, "run", run)
    before = signal.signal(number, signal.SIG_DFL)  # it may be ignored here
    try:
        assert main(["clear"]) == 130
    finally:
        signal.signal(number, before)
    assert tidied
    assert "interrupted" in capsys.readouterr().err


def test_what_may_not_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", "data/x")

    monkeypatch.setattr(clear, "run", run)
    assert main(["clear"]) == 7
    told = "error: data/x can't be read or written: Permission denied; check the rights\n"
    assert capsys.readouterr().err == told


def test_what_the_terminal_cannot_show_is_escaped(make_book: MakeBook) -> None:
    book = make_book({"config.ini": "[project]\nname = 中\n", "index.md": "# ü\n"})
    command = [sys.executable, "-m", "d2lbook", "-C", str(book), "build", "pkg"]
    variables = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    told = subprocess.run(command, check=False, capture_output=True, text=True, env=variables)
    assert told.returncode == 0
    assert told.stdout.endswith("\\u4e2d.zip\n")
    assert told.stderr == ""


@pytest.mark.parametrize("command", [["status"], ["status", "--json"], ["build", "ipynb"]])
def test_output_that_goes_to_a_full_disk(make_book: MakeBook, command: list[str]) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    book = make_book({"config.ini": "", "index.md": "# B\n\n```{.python .input}\n1\n```\n"})
    with full.open("w") as stream:
        words = [sys.executable, "-m", "d2lbook", "-C", str(book), *command]
        told = subprocess.run(words, check=False, stdout=stream, stderr=subprocess.PIPE, text=True)
    assert told.returncode == 7
    assert told.stderr == (
        "error: can't write what there is to say: No space left on device; check the space on that disk\n"
    )
