"""What frameworks have compiled; that JAX uses it, is in ``book/test_warm_frameworks``."""

from __future__ import annotations

import os
from pathlib import Path

from d2lbook.execute.compiled import compiled_folder, compiled_variables, prune_compiled


def test_what_was_used_longest_ago_is_deleted(tmp_path: Path) -> None:
    for age in range(10):
        file = tmp_path / str(age)
        file.write_bytes(b"x" * 100)
        os.utime(file, (1e9 - age, 1e9 - 100))
    prune_compiled(tmp_path, size=350)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["0", "1", "2"]
    prune_compiled(tmp_path / "none", size=350)


def test_files_in_folders_are_deleted_too(tmp_path: Path) -> None:
    (tmp_path / "autotune").mkdir()
    for age, name in enumerate(("new", "autotune/old", "older")):
        file = tmp_path / name
        file.write_bytes(b"x" * 100)
        os.utime(file, (1e9 - age, 1e9 - 100))
    prune_compiled(tmp_path, size=150)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["new"]


def test_each_kind_of_processor_has_a_folder(tmp_path: Path) -> None:
    assert compiled_folder(tmp_path) == compiled_folder(tmp_path)
    assert compiled_folder(tmp_path).parent == tmp_path / "compiled"


def test_a_user_s_own_folder_is_left_to_them(tmp_path: Path) -> None:
    assert compiled_variables(tmp_path, {})["JAX_COMPILATION_CACHE_DIR"] == str(tmp_path)
    assert compiled_variables(tmp_path, {"JAX_COMPILATION_CACHE_DIR": "mine"}) == {}
