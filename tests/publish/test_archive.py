"""The zip of notebooks: the same bytes for the same files, wherever they come from."""

from __future__ import annotations

import os
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from d2lbook.errors import OutputError
from d2lbook.publish.archive import write_archive


def files_in(folder: Path, time: int) -> dict[str, str | Path]:
    picture = folder / "a.png"
    picture.write_bytes(b"picture" * 100)
    picture.chmod(0o600)
    os.utime(picture, (time, time))
    return {"b/two.ipynb": "{}", "a.png": picture, "a.ipynb": "é" * 1000}


def test_the_same_bytes(tmp_path: Path) -> None:
    first = files_in(tmp_path, 1_000_000_000)
    write_archive(tmp_path / "one.zip", first)
    second = files_in(tmp_path, 1_700_000_000)
    write_archive(tmp_path / "two.zip", dict(reversed(second.items())))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_the_content(tmp_path: Path) -> None:
    write_archive(tmp_path / "x" / "book.zip", files_in(tmp_path, 0))
    with ZipFile(tmp_path / "x" / "book.zip") as archive:
        assert archive.namelist() == ["a.ipynb", "a.png", "b/two.ipynb"]
        assert archive.read("a.ipynb").decode() == "é" * 1000
        assert archive.read("a.png") == b"picture" * 100
        kinds = [(entry.compress_type, entry.external_attr >> 16) for entry in archive.infolist()]
    assert kinds == [(ZIP_DEFLATED, 0o100644), (ZIP_STORED, 0o100644), (ZIP_DEFLATED, 0o100644)]


def test_a_file_that_is_not_there_leaves_the_old_zip(tmp_path: Path) -> None:
    archive = tmp_path / "book.zip"
    archive.write_bytes(b"old")
    with pytest.raises(OutputError, match=r"none\.png"):
        write_archive(archive, {"a": "text", "b": tmp_path / "none.png"})
    assert [path.name for path in tmp_path.iterdir()] == ["book.zip"]
    assert archive.read_bytes() == b"old"
