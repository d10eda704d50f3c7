"""Disks that are full, files and environments that change, clocks that go back. Real kernels."""

from __future__ import annotations

import json
import os
import re
import resource
import shlex
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest
from d2lbook.__main__ import main
from d2lbook.execute import interpreters

from tests.conftest import ROOT, MakeBook
from tests.execute.packages import make_wheel

INDEX = "# Book\n\n```toc\npage\n```\n"
LARGE = "print('x' * 300_000)"
PATIENCE = 300
NOT_KEPT = (
    r"warning: results can't be kept: can't write \S+: {}; check the rights and the space on that "
    r"disk; what is not kept is executed again next time"
)


def page(*cells: str) -> str:
    return "\n".join(["# Page", *(f"\n```{{.python .input}}\n{cell}\n```" for cell in cells), ""])


def outputs(folder: Path) -> str:
    """What the cells of the page have printed, as it was built."""
    notebook = json.loads((folder / "_build/eval/python/page.ipynb").read_text())
    found = (output for cell in notebook["cells"] for output in cell.get("outputs", []))
    return "".join("".join(output["text"]) for output in found)


def build(folder: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """What a build, which has to succeed, says on standard error."""
    assert main(["-C", str(folder), "build", "eval"]) == 0
    return capfd.readouterr().err


def test_a_full_disk(make_book: MakeBook) -> None:
    config = "[build]\nwarning_is_error = True\n"
    text = page(LARGE, "print('the end')")
    folder = make_book({"config.ini": config, "index.md": INDEX, "page.md": text})
    state = folder / ".d2lbook"
    state.mkdir()
    command = [sys.executable, "-m", "d2lbook", "-C", str(folder), "build", "eval"]
    mount = f"mount -t tmpfs -o size=128k none {state} || exit 99"
    # The disk is there for this command only, and goes with it.
    done = subprocess.run(
        [
            "unshare",
            "--mount",
            "sh",
            "-c",
            f"{mount}; {shlex.join(command)}; ls -RA {state}/results",
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("only root can make a small disk")
    assert outputs(folder).endswith("the end\n")
    (warning,) = (line for line in done.stderr.splitlines() if ": " in line and "]" not in line)
    assert re.fullmatch(NOT_KEPT.format("No space left on device"), warning)
    assert ".json" not in done.stdout


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    program = f"""
import sys
from pathlib import Path
from tests.execute.workbench import Workbench, notebook
bench = Workbench(Path(sys.argv[1]))
done = bench.execute(notebook({LARGE!r}, page="large"), notebook("print(1)", page="small"))
print([each.status for each in done], *(each.line("warning") for each in bench.warnings), sep="\\n")
"""
    limit = 100_000
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    statuses, warning = done.stdout.splitlines()
    assert statuses == "['executed', 'executed']"
    assert re.fullmatch(NOT_KEPT.format("File too large"), warning)
    results = [path for path in (tmp_path / ".d2lbook/results").rglob("*") if "json" in path.name]
    assert len(results) == 1


def test_no_room_beside_the_book(make_book: MakeBook) -> None:
    folder = make_book({"config.ini": "", "index.md": "# Book\n\nText.\n"})
    done = subprocess.run(
        [sys.executable, "-m", "d2lbook", "-C", str(folder), "build", "pdf"],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
    )
    assert done.returncode == 7
    assert re.fullmatch(
        "error: can't write .*: File too large; check the space on that disk\n", done.stderr
    )


def test_a_module_that_is_changed_while_a_notebook_runs(
    make_book: MakeBook, capfd: pytest.CaptureFixture[str]
) -> None:
    change = (
        "import pathlib, util\n_ = pathlib.Path(util.__file__).resolve().write_text('value = 2')"
    )
    text = page(change, "print(util.value)")
    folder = make_book(
        {"config.ini": "", "index.md": INDEX, "page.md": text, "util.py": "value = 1"}
    )
    told = "util.py was changed while notebooks ran that depend on it; they are executed again"
    assert f"warning: {told} next time\n" in build(folder, capfd)
    assert outputs(folder) == "1\n"
    assert "1 to execute, 0 unchanged" in build(folder, capfd)
    assert outputs(folder) == "2\n"


def test_data_with_the_size_and_the_time_it_had_before(
    make_book: MakeBook, capfd: pytest.CaptureFixture[str]
) -> None:
    text = page("print(open('data/table.csv').read())")
    config = "[build]\nresources = data\n"
    folder = make_book(
        {"config.ini": config, "index.md": INDEX, "page.md": text, "data/table.csv": "one"}
    )
    table = folder / "data/table.csv"
    os.utime(table, (0, 0))
    build(folder, capfd)
    table.write_text("two")
    os.utime(table, (0, 0))
    assert "1 to execute" in build(folder, capfd)
    assert outputs(folder) == "two\n"


def test_a_clock_that_is_set_back(
    make_book: MakeBook, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_book({"config.ini": "", "index.md": INDEX, "page.md": page("print(1)")})
    build(folder, capfd)
    before = time.time()
    monkeypatch.setattr(time, "time", lambda: before - 1e8)
    monkeypatch.setattr(time, "time_ns", lambda: int((before - 1e8) * 1e9))
    assert "0 to execute, 1 unchanged" in build(folder, capfd)
    (folder / "page.md").write_text(page("print(2)"))
    os.utime(folder / "page.md", (1, 1))
    assert "1 to execute" in build(folder, capfd)
    assert outputs(folder) == "2\n"
    assert main(["-C", str(folder), "status", "--json"]) == 0
    statuses = json.loads(capfd.readouterr().out)
    seconds = [each["seconds"] for each in statuses if each["state"] == "fresh"]
    assert len(seconds) == 1
    assert 0 < seconds[0] < PATIENCE


def test_an_environment_that_is_updated_between_builds(
    make_book: MakeBook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An interpreter of the user's own, with whatever this one has, and a package more."""
    environment = tmp_path / "environment"
    venv.create(environment, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    own = Path(pytest.__file__).parent.parent
    (packages / "own.pth").write_text(f"{own}\n")
    config = f"[env python]\npython = {environment}/bin/python\n"
    text = page("import framework\nprint(framework.__version__)")
    folder = make_book({"config.ini": config, "index.md": INDEX, "page.md": text})

    def install(version: str) -> None:
        wheel = make_wheel(tmp_path / version, "framework", version)
        subprocess.run([sys.executable, "-m", "zipfile", "-e", wheel, packages], check=True)
        interpreters.inspect.cache_clear()

    install("1.0")
    build(folder, capfd)
    assert "0 to execute, 1 unchanged" in build(folder, capfd)
    (packages / "framework-1.0.dist-info").rename(packages / "gone")
    # Of another size, as Python goes by time and size, and both are installed within a second.
    install("2.0.1")
    main(["-C", str(folder), "status"])
    assert "changed: environment\n" in capfd.readouterr().out
    assert "1 to execute" in build(folder, capfd)
    assert outputs(folder) == "2.0.1\n"
