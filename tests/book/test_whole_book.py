"""The book itself, built from scratch twice with all four frameworks."""

from __future__ import annotations

import filecmp
import json
import re
from pathlib import Path
from typing import Any

import pytest
from d2lbook.__main__ import main

TABS = ("pytorch", "mxnet", "jax", "tensorflow")


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_two_builds_from_scratch_are_the_same_bytes(builds: tuple[Path, Path]) -> None:
    first, second = (folder / "_build" for folder in builds)
    names = files(first)
    assert names == files(second)
    assert {"html/index.html", "ipynb/jax/chapter_builders-guide/parameters.ipynb"} <= names
    assert {f"pdf/panduan-pembangun-{tab}.pdf" for tab in TABS} <= names
    _, different, unread = filecmp.cmpfiles(first, second, names, shallow=False)
    assert (different, unread) == ([], [])


def test_the_book_has_no_warning(
    builds: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(builds[0]), "-q", "build", "all"]) == 0
    assert capfd.readouterr().err == ""


def test_every_cell_of_every_tab_was_executed(builds: tuple[Path, Path]) -> None:
    executed = {tab: executed_pages(builds[0] / "_build/eval" / tab) for tab in TABS}
    pages = set(executed["pytorch"])
    assert len(pages) >= 3
    for by_page in executed.values():
        assert set(by_page) == pages
        for cells in by_page.values():
            assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
            shown = [cell for cell in cells if "#@hide" not in "".join(cell["source"])]
            assert sum(bool(cell["outputs"]) for cell in shown) > len(shown) / 2


def executed_pages(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The code cells of every notebook in this folder that has some."""
    notebooks = {path.stem: json.loads(path.read_text()) for path in folder.rglob("*.ipynb")}
    cells = {
        page: [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for page, notebook in notebooks.items()
    }
    return {page: code for page, code in cells.items() if code}


def test_a_second_build_and_a_change_of_prose_execute_nothing(
    builds: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = builds[1]
    assert main(["-C", str(folder), "build", "eval"]) == 0
    assert re.search(r"\b0 to execute, \d+ unchanged", capfd.readouterr().err)
    page = folder / "chapter_builders-guide/parameters.md"
    page.write_text(page.read_text().replace("\n## ", "\nSatu kalimat lagi.\n\n## ", 1))
    assert main(["-C", str(folder), "build", "eval", "html"]) == 0
    assert re.search(r"\b0 to execute, \d+ unchanged", capfd.readouterr().err)
    html = (folder / "_build/html/chapter_builders-guide/parameters.html").read_text()
    assert "Satu kalimat lagi." in html


def test_the_library_is_what_the_book_saves(builds: tuple[Path, Path]) -> None:
    folder = builds[0]
    before = modules(folder / "d2l")
    assert main(["-C", str(folder), "-q", "build", "lib"]) == 0
    assert modules(folder / "d2l") == before


def modules(package: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in package.glob("*.py")}
