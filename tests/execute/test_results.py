from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.errors import OutputError
from d2lbook.execute.results import DamagedResult, Result, ResultStore

KEY = "ab" + "0" * 62
RESULT = Result(
    outputs=(
        (),
        ({"output_type": "stream", "name": "stdout", "text": "tajuk ☃ \ud800\n"},),
        ({"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}},),
    ),
    seconds=1.5,
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "results")
    store.save(KEY, RESULT)
    assert store.load(KEY) == RESULT
    assert store.load("cd" + "0" * 62) is None


def test_saving_leaves_one_file(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.save(KEY, RESULT)
    store.save(KEY, RESULT)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{KEY}.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-10],
        lambda content: content.replace(b"1.5", b"2.5"),
        lambda content: b"\0" * len(content),
        lambda content: content.split(b"\n", 1)[1],
    ],
    ids=["empty", "cut", "changed", "zeroed", "without digest"],
)
def test_a_damaged_entry_is_told_from_one_that_is_not_there(tmp_path: Path, damage) -> None:
    store = ResultStore(tmp_path)
    store.save(KEY, RESULT)
    (path,) = (path for path in tmp_path.rglob("*") if path.is_file())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(DamagedResult):
        store.load(KEY)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(OutputError, match="can't write"):
        ResultStore(tmp_path / "results").save(KEY, RESULT)
