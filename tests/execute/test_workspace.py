from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from d2lbook.config import parse_config
from d2lbook.execute.workspace import copy_changed, link_changed, prepare_workspace
from d2lbook.source.files import resource_files

from tests.execute.workbench import notebook


def test_resources_are_files_and_what_folders_hold_but_nothing_that_was_built(
    tmp_path: Path,
) -> None:
    for name in ("img/a.svg", "img/deep/b.svg", "data.csv", "x.md", "d2l/__pycache__/c.pyc",
                 "_build/html/a.svg", ".d2lbook/x"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    config, _ = parse_config("[build]\nresources = img *.csv d2l missing _build .d2lbook", tmp_path)
    found = {file.relative_to(tmp_path).as_posix() for file in resource_files(config)}
    assert found == {"img/a.svg", "img/deep/b.svg", "data.csv"}


def test_every_tab_has_the_resources_where_its_notebooks_expect_them(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    config, _ = parse_config("[build]\ntabs = a, b\nresources = data.csv", tmp_path)
    prepare_workspace(config, [notebook(page="x/y/page", tab=tab) for tab in ("a", "b")])
    assert (tmp_path / "_build/eval/a/x/y").is_dir()
    assert (tmp_path / "_build/eval/b/data.csv").read_text() == "1"


def test_copies_that_are_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target, other = (tmp_path / name for name in ("source", "a/target", "b/target"))
    source.write_text("one")
    link_changed(source, target)
    link_changed(source, target)
    assert target.samefile(source)
    other.parent.mkdir()
    other.write_text("old")
    monkeypatch.setattr(os, "link", _cannot)
    link_changed(source, other)
    assert other.read_text() == "one"
    assert not other.samefile(source)


def _cannot(*_: object) -> None:
    raise OSError(errno.EPERM, "no links on this disk")


def test_only_what_has_changed_is_copied(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "folder" / "target"
    source.write_text("one")
    copy_changed(source, target)
    before = target.stat()
    copy_changed(source, target)
    assert target.stat().st_ino == before.st_ino
    source.write_text("two")
    os.utime(source, ns=(before.st_mtime_ns + 10**9,) * 2)
    copy_changed(source, target)
    assert target.read_text() == "two"
    assert [path.name for path in target.parent.iterdir()] == ["target"]
