"""``d2lbook status``, ``d2lbook cache`` and the options of ``build`` that narrow it down, as a user has them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook

CONFIG = """\
[execute]
cache = {shared}
cache_size = 10MB
"""
INDEX = "# Book\n\n```toc\nc/one\nc/two\nc/three\n```\n"
CELL = "# Page\n\n```{{.python .input}}\n{}\n```\n"


class Runner:
    """Runs commands on one book."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capfd = capfd

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        """What a command says on its two streams; it has to end with this exit code."""
        assert main(["-C", str(self.folder), *words]) == code
        out, err = self.capfd.readouterr()
        return out, err

    def outputs(self, page: str) -> list[object]:
        notebook = json.loads((self.folder / f"_build/eval/python/{page}.ipynb").read_text())
        return [output for cell in notebook["cells"] for output in cell.get("outputs", [])]


@pytest.fixture
def book(make_book: MakeBook, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Runner:
    folder = make_book(
        {
            "config.ini": CONFIG.format(shared=(tmp_path / "shared").as_uri()),
            "index.md": INDEX,
            "c/one.md": CELL.format("import time; time.time()"),
            "c/two.md": CELL.format("object()"),
            "c/three.md": CELL.format("1 / 0"),
        }
    )
    return Runner(folder, capfd)


def test_a_day_in_the_life_of_a_book(book: Runner, tmp_path: Path) -> None:
    _, err = book("build", "eval", "--only", "c/one")
    assert "note: 2 of 4 notebooks are shown without outputs; they were not selected" in err
    assert len(book.outputs("c/one")) == 1
    assert book.outputs("c/two") == []

    _, err = book("build", "eval", code=1)
    assert "2 to execute, 1 unchanged" in err
    out, err = book("status")
    lines = [re.sub(r"\d+\.\d s", "N s", line) for line in out.splitlines()]
    assert err == ""
    assert lines == [
        "skipped  index    python            it has no code",
        "fresh    c/one    python     N s",
        "fresh    c/two    python     N s  memory addresses in the outputs of c/two.md:4",
        "failed   c/three  python     N s  c/three.md:4: ZeroDivisionError: division by zero",
        "4 notebooks: 2 fresh, 1 failed, 1 skipped; what is not fresh took N s the last time",
    ]

    before = book.outputs("c/one")
    (book.folder / "c/three.md").write_text(CELL.format("3"))
    book("build", "eval", "--force", "--only", "c/o*", "--only", "c/two.md")
    assert book.outputs("c/one") != before
    assert book.outputs("c/three") == []
    statuses = {each["page"]: each for each in json.loads(book("status", "--json")[0])}
    assert statuses["c/three"]["state"] == "stale"
    assert statuses["c/three"]["changes"] == [{"kind": "code", "name": "line 4"}]
    assert statuses["c/two"]["memory_addresses"] == [4]

    assert "2 results (0.0 MB) in " in book("cache")[0]
    assert f"\nshared: {(tmp_path / 'shared').as_uri()} (read-write)\n" in book("cache")[0]
    assert book("cache", "prune", "--size", "0")[0].startswith(
        "removed 0 results (0.0 MB); there are 2"
    )
    (book.folder / "c/one.md").write_text("No code any more.\n")
    assert book("cache", "prune", "--size", "0")[0].startswith(
        "removed 1 result (0.0 MB); there are 1"
    )
    shared = [*(tmp_path / "shared").rglob("*.json")]
    assert len(shared) == 2
    for path in shared:
        path.unlink()
    assert book("cache", "push")[0] == f"pushed 1 results to {(tmp_path / 'shared').as_uri()}\n"
    assert len([*(tmp_path / "shared").rglob("*.json")]) == 1
    assert book("cache", "prune", "--size", "0", "--all")[0].startswith("removed 1 result")
    assert "1 fresh" in book("status")[0]


def test_as_much_as_there_is_may_be_left(book: Runner) -> None:
    config = book.folder / "config.ini"
    config.write_text(config.read_text().replace("10MB", "1B"))
    book("build", "eval", code=1)
    out, _ = book("cache", "prune", "--all", "--size", "unlimited")
    assert out.startswith("removed 0 results")
    out, _ = book("cache", "prune", "--all")
    assert "there are 0 results" in out


def test_an_environment_that_is_not_there_is_told_and_no_failure(book: Runner) -> None:
    (book.folder / "config.ini").write_text("[env python]\nrequirements = none.txt\n")
    out, err = book("status")
    assert "stale    c/two    python            it has no environment\n" in out
    assert err.startswith("config.ini:2: warning: [python] can't read none.txt: No such file")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["build", "ipynb", "--force"],
            "--force: nothing is executed for ipynb; it belongs to: eval, pdf, epub, html, ",
        ),
        (
            ["build", "lib", "tabcheck", "--only", "x", "--since", "y"],
            "--only, --since: nothing is executed for lib, tabcheck",
        ),
        (["build", "lib", "--shard", "1/2"], "--shard: nothing is executed for lib"),
        (["build", "html", "--only", "c/for"], "--only 'c/for' fits no page; did you mean: c/two"),
        (
            ["build", "ipynb", "html", "--since", ""],
            "'' names no revisions of git; write one, such as ",
        ),
        (["cache", "--all"], "'d2lbook cache show' has no option --all; it belongs to: prune"),
        (
            ["cache", "push", "--size", "1GB"],
            "'d2lbook cache push' has no option --size; it belongs to: prune",
        ),
        (["status", "--tab", "x"], "unknown tab 'x'; known are: python, all"),
    ],
)
def test_usage(book: Runner, words: list[str], message: str) -> None:
    assert book(*words, code=2)[1].startswith(f"error: {message}")
    assert not (book.folder / "_build").exists()


@pytest.mark.parametrize("words", [["--size", "huge"], ["--older", "3 moons"]])
def test_amounts_that_cannot_be(book: Runner, words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["-C", str(book.folder), "cache", "prune", *words])
    assert re.search(r"'(huge|3 moons)' is not an? ", book.capfd.readouterr().err)


def test_a_book_that_is_not_executed_has_nothing_to_force(book: Runner) -> None:
    (book.folder / "config.ini").write_text("[build]\neval_notebook = False\n")
    told = book("build", "html", "--force", code=2)[1]
    assert (
        told
        == "error: --force: this book is not executed; see eval_notebook in [build] of config.ini\n"
    )
    assert "4 skipped" in book("status")[0]


@pytest.mark.parametrize("mode", ["read-only", "off"])
def test_what_may_only_be_read_is_not_pushed_to(
    book: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setenv("D2LBOOK_CACHE_MODE", mode)
    told = f"nothing is pushed: the shared results are {mode} here"
    remedy = "set D2LBOOK_CACHE_MODE=read-write to push all the same"
    assert book("cache", "push", code=2)[1] == f"error: {told}; {remedy}\n"
    assert not (tmp_path / "shared").exists()
