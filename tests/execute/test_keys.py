from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from d2lbook.book import Notebook
from d2lbook.config import parse_config
from d2lbook.execute.environments import Environment
from d2lbook.execute.keys import Keys

from tests.execute.workbench import environment, notebook

CONFIG = "[build]\ndependencies = data/*.csv tables\n"
CODE = ("import util", "util.value")
NOTEBOOK = notebook(*CODE)
ENVIRONMENT = environment()


def key(
    root: Path,
    made: Notebook = NOTEBOOK,
    where: Environment = ENVIRONMENT,
    config: str = CONFIG,
) -> str:
    return Keys(parse_config(config, root)[0]).of(made, where).key


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "tables").mkdir()
    (tmp_path / "data" / "x.csv").write_text("1")
    (tmp_path / "tables" / "y.txt").write_text("1")
    (tmp_path / "util.py").write_text("value = 1")
    (tmp_path / "other.py").write_text("")
    return tmp_path


def test_prose_positions_file_times_and_other_files_change_nothing(root: Path) -> None:
    before = key(root)
    (root / "other.py").write_text("changed")
    (root / "data" / "notes.txt").write_text("not declared")
    for file in root.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes())
    assert key(root, notebook("#: Prose", *CODE, "#: more")) == before
    assert key(root, notebook(*CODE, page="chapter/renamed")) == before
    assert key(root, notebook(*CODE, "  \n")) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda root: key(root, notebook(*CODE, "1")),
        lambda root: key(root, notebook("\n".join(CODE))),
        lambda root: key(root, notebook(*CODE, page="elsewhere/page")),
        lambda root: key(root, where=environment(NAME="value")),
        lambda root: key(root, where=replace(environment(), digest="d2")),
        lambda root: key(root, config=f"{CONFIG}[execute]\nseed = 7\n"),
        lambda root: (root / "util.py").write_text("value = 2") and key(root),
        lambda root: (root / "data" / "x.csv").write_text("2") and key(root),
        lambda root: (root / "data" / "z.csv").write_text("1") and key(root),
        lambda root: (root / "tables" / "y.txt").write_text("2") and key(root),
    ],
    ids=["code", "cells", "folder", "variables", "environment", "seed", "module", "data",
         "new data", "data in a folder"],
)  # fmt: skip
def test_what_can_change_outputs_changes_the_key(root: Path, change: Callable[[Path], str]) -> None:
    before = key(root)
    assert change(root) != before


@pytest.mark.parametrize("code", ["open('../data/x.csv')", "open(HERE.parent / 'x.csv')"])
def test_data_that_a_module_names_is_that_of_who_imports_it(root: Path, code: str) -> None:
    config = "[build]\nresources = data\n"
    (root / "util.py").write_text("import other")
    (root / "other.py").write_text(code)
    before, other = (key(root, each, config=config) for each in (NOTEBOOK, notebook("1")))
    (root / "data" / "x.csv").write_text("2")
    assert key(root, config=config) != before
    assert key(root, notebook("1"), config=config) == other


def test_paths_in_a_module_may_start_where_it_lies(root: Path) -> None:
    config = "[build]\nresources = data\n"
    (root / "deep").mkdir()
    (root / "deep" / "__init__.py").write_text("FILES = (HERE / '../data/').iterdir()")
    made = notebook("import deep", page="some/where/page")
    before = key(root, made, config=config)
    (root / "data" / "y.csv").write_text("1")
    assert key(root, made, config=config) != before


def test_what_lies_beside_the_modules_of_a_package_is_data_but_for_pages(root: Path) -> None:
    (root / "tables" / "__init__.py").write_text("")
    (root / "tables" / "unused.py").write_text("")
    made = notebook("import tables")
    before = key(root, made, config="")
    for name in ("unused.py", "page.md", ".hidden"):
        (root / "tables" / name).write_text("changed")
    assert key(root, made, config="") == before
    (root / "tables" / "y.txt").write_text("2")
    assert key(root, made, config="") != before


def test_the_cells_not_their_text_together_make_the_key(root: Path) -> None:
    assert key(root, notebook("a\nb", "c")) != key(root, notebook("a", "b\nc"))
