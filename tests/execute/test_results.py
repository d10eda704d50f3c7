from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from d2lbook.errors import OutputError
from d2lbook.execute.results import DamagedResult, Result, ResultStore, decode, encode

KEY = "ab" + "0" * 62
RESULT = Result(
    outputs=(
        (),
        ({"output_type": "stream", "name": "stdout", "text": "tajuk ☃ \ud800\n"},),
        ({"output_type": "display_data", "data": {"image/png": "aGk="}, "metadata": {}},),
    ),
    seconds=1.5,
    has_gpu=True,
)


def test_what_is_kept_is_read() -> None:
    assert decode(KEY, encode(KEY, RESULT)) == RESULT


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda content: b"", "its digest is wrong"),
        (lambda content: content[:-10], "its digest is wrong"),
        (lambda content: content.replace(b"1.5", b"2.5"), "its digest is wrong"),
        (lambda content: b"\0" * len(content), "its digest is wrong"),
        (lambda content: content.split(b"\n", 1)[1], "its digest is wrong"),
        (lambda content: encode("cd" * 32, RESULT), "it is another notebook's"),
        (lambda content: signed(b"not JSON"), "it is no result"),
        (lambda content: signed(b"[" * 100_000), "it is no result"),
        (lambda content: signed(b"[]"), "it is no result"),
        (lambda content: made(outputs=[[{"output_type": "widget"}]]), "it is no result"),
        (lambda content: made(outputs=[[{"output_type": "stream", "name": 1, "text": ""}]]), "it is no result"),
        (lambda content: made(outputs=[[{"output_type": "display_data", "data": "x"}]]), "it is no result"),
        (lambda content: made(outputs=[[["stream"]]]), "it is no result"),
        (lambda content: made(seconds="long"), "it is no result"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_written_is_damaged(
    damage: Callable[[bytes], bytes], why: str
) -> None:
    with pytest.raises(DamagedResult, match=why):
        decode(KEY, damage(encode(KEY, RESULT)))


def signed(payload: bytes) -> bytes:
    """An entry with the right digest."""
    return hashlib.sha256(payload).hexdigest().encode() + b"\n" + payload


def made(**fields: object) -> bytes:
    return signed(json.dumps({"key": KEY, "outputs": [], "seconds": 1.0, **fields}).encode())


def test_a_store_keeps_one_file_for_each_key(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    assert store.load(KEY) is None
    store.save(KEY, b"one")
    store.save(KEY, b"two")
    assert store.load(KEY) == b"two"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{KEY}.json"]
    store.remove(KEY)
    store.remove(KEY)
    assert store.load(KEY) is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file")
    with pytest.raises(OutputError, match="can't write"):
        ResultStore(tmp_path / "results").save(KEY, b"")


def test_the_order_of_use_holds_when_the_clock_is_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"{number:064x}" for number in range(4)]
    store = ResultStore(tmp_path)
    for key, now in zip(keys, (1000, 2000, 10, 1999), strict=True):
        monkeypatch.setattr(time, "time_ns", lambda now=now: now * 10**9)
        store.save(key, b"x")
        store.mark_used([key])
    assert [entry.key for entry in store.entries()] == keys
    store.mark_used([keys[0]])
    assert [entry.key for entry in store.entries()] == [*keys[1:], keys[0]]


def test_many_writers_and_readers_at_once_see_whole_entries(tmp_path: Path) -> None:
    """As builds of several books do with one shared folder."""
    program = """
        import sys
        from pathlib import Path
        from d2lbook.execute.results import Result, ResultStore, decode, encode

        store, number = ResultStore(Path(sys.argv[1])), int(sys.argv[2])
        for turn in range(150):
            key = f"{turn % 3:064x}"
            output = {"output_type": "stream", "name": "stdout", "text": "x" * 30_000 * (number + 1)}
            store.save(key, encode(key, Result(outputs=((output,),), seconds=number)))
            result = decode(key, store.load(key))
            assert len(result.outputs[0][0]["text"]) == 30_000 * (result.seconds + 1)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3
