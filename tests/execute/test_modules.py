from __future__ import annotations

import os
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from d2lbook.execute.modules import LocalModules, find_roots, imports, link_modules


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    files = {
        "d2l/__init__.py": "",
        "d2l/torch.py": "from . import shared\nimport numpy",
        "d2l/jax.py": "",
        "d2l/shared.py": "def late():\n    import helpers",
        "helpers.py": "from d2l.broken import *",
        "d2l/broken.py": "import other_one\nthis is not Python",
        "other_one.py": "",
        "setup.py": "",
        "json/__init__.py": "",
        "jax/page.md": "",
        "chapter/index.md": "",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_modules_of_a_book_are_packages_and_files_but_setup_and_pythons_own(source: Path) -> None:
    assert set(find_roots(source)) == {"d2l", "helpers", "other_one"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from d2l import jax as d2l", {"d2l/__init__.py", "d2l/jax.py"}),
        ("import d2l.jax", {"d2l/__init__.py", "d2l/jax.py"}),
        ("from d2l.jax import *", {"d2l/__init__.py", "d2l/jax.py"}),
        ("def f():\n    import other_one", {"other_one.py"}),
        ("%matplotlib inline\n!pip list\nimport other_one", {"other_one.py"}),
        ("%%time\nimport other_one", {"other_one.py"}),
        ("import other_one\nx = = 1", {"other_one.py"}),
        ("%%bash\nimport other_one", set()),
        ("'import other_one'", set()),
        ("import numpy, json, setup", set()),
    ],
)
def test_modules_a_cell_imports(source: Path, code: str, found: set[str]) -> None:
    assert set(LocalModules(source).digests([code])) == found


def test_imports_are_followed_through_modules_that_are_relative_late_or_broken(
    source: Path,
) -> None:
    found = LocalModules(source).digests(["from d2l import torch"])
    assert set(found) == {
        "d2l/__init__.py",
        "d2l/broken.py",
        "d2l/shared.py",
        "d2l/torch.py",
        "helpers.py",
        "other_one.py",
    }


def test_modules_that_import_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("import two")
    (tmp_path / "two.py").write_text("import one")
    assert set(LocalModules(tmp_path).digests(["import one"])) == {"one.py", "two.py"}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("from . import b", {"p.q", "p.q.b"}),
        ("from .b import c", {"p.q.b", "p.q.b.c"}),
        ("from ..b import c", {"p.b", "p.b.c"}),
        ("from ..b import (c,\n  d)", {"p.b", "p.b.c", "p.b.d"}),
    ],
)
def test_relative_names(code: str, names: set[str]) -> None:
    assert imports(code, package="p.q") == names


def test_links_are_made_renewed_and_removed(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "modules"
    link_modules(find_roots(source), folder)
    assert {path.name for path in folder.iterdir()} == {"d2l", "helpers.py", "other_one.py"}
    (source / "other_one.py").unlink()
    (folder / "helpers.py").unlink()
    (folder / "helpers.py").symlink_to(tmp_path)
    link_modules(find_roots(source), folder)
    assert {path.name: path.readlink() for path in folder.iterdir()} == {
        "d2l": source / "d2l",
        "helpers.py": source / "helpers.py",
    }
    assert [path.name for path in folder.parent.iterdir()] == ["modules"]


@pytest.mark.parametrize("newer", [True, False])
def test_bytecode_of_what_was_changed_within_the_second_is_removed(
    source: Path, tmp_path: Path, *, newer: bool
) -> None:
    folder = tmp_path / "state" / "modules"
    link_modules(find_roots(source), folder)
    bytecode = [
        Path(cache_from_source(str(module)))
        for module in (folder / "helpers.py", source / "d2l/jax.py")
    ]
    for module, path in zip((source / "helpers.py", source / "d2l/jax.py"), bytecode, strict=True):
        path.parent.mkdir()
        path.touch()
        os.utime(path, ns=(0, 5_000_000_000))
        os.utime(module, ns=(0, 5_000_000_000 if newer else 4_999_999_999))
    link_modules(find_roots(source), folder)
    assert [path.exists() for path in bytecode] == [not newer] * 2
