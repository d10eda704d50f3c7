"""The results in bounds; no kernel runs here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from d2lbook.config import parse_config
from d2lbook.errors import ConfigError, OutputError
from d2lbook.execute.executors import FakeExecutor
from d2lbook.execute.pruning import prune
from d2lbook.execute.results import ResultStore

from tests.execute.test_schedule import answer
from tests.execute.workbench import Workbench, notebook

DAY = 86_400
KEYS = [f"{number:064x}" for number in range(5)]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ResultStore:
    """Five results of 100 bytes, used one day after the other, the last of them today."""
    store = ResultStore(tmp_path)
    now = time.time_ns()
    for age, key in zip(range(4, -1, -1), KEYS, strict=True):
        store.save(key, b"x" * 100)
        monkeypatch.setattr(time, "time_ns", lambda age=age: now - age * DAY * 10**9)
        store.mark_used([key])
    return store


def left(store: ResultStore) -> list[int]:
    return [KEYS.index(entry.key) for entry in store.entries()]


def test_what_was_used_longest_ago_goes_first(store: ResultStore) -> None:
    assert [entry.key for entry in prune(store, size=300)] == KEYS[:2]
    assert left(store) == [2, 3, 4]
    assert prune(store, size=300) == []
    store.mark_used([KEYS[2]])
    prune(store, size=100)
    assert left(store) == [2]


def test_what_is_in_use_stays_even_if_it_is_too_much(store: ResultStore) -> None:
    prune(store, size=200, keep={KEYS[0], KEYS[1]})
    assert left(store) == [0, 1]
    prune(store, size=0, keep={KEYS[1], "f" * 64})
    assert left(store) == [1]


def test_what_was_not_used_for_long_goes(store: ResultStore) -> None:
    prune(store, older=2.5 * DAY, keep={KEYS[0]})
    assert left(store) == [0, 2, 3, 4]
    prune(store)
    assert left(store) == [0, 2, 3, 4]


def test_a_clock_that_was_set_back_keeps_nothing_for_ever(
    store: ResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    prune(store, older=2.5 * DAY)
    assert left(store) == [2, 3, 4]


def test_what_killed_writers_have_left_goes(store: ResultStore) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    folder = store.path(KEYS[0]).parent
    theirs, ours = (folder / f".{KEYS[0]}.json.{pid}-0" for pid in (ended.pid, os.getpid()))
    theirs.touch()
    ours.touch()
    prune(store)
    assert (theirs.exists(), ours.exists()) == (False, True)
    assert len(left(store)) == 5


def test_an_empty_folder(tmp_path: Path) -> None:
    assert prune(ResultStore(tmp_path / "none"), size=0, older=0) == []


def test_what_cannot_be_removed_is_told(store: ResultStore) -> None:
    store.path(KEYS[0]).unlink()
    store.path(KEYS[0]).mkdir()
    with pytest.raises(OutputError, match=str(store.folder)):
        prune(store, size=0)


def test_a_build_prunes_what_no_page_uses(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, "[execute]\ncache_size = 1kB\n")
    pages = [notebook(f"'{name}'", page=name) for name in "abc"]
    for version in range(8):
        bench.execute(*pages, notebook(f"{version}", page="d"), executor=FakeExecutor(answer))
    kept = ResultStore(tmp_path / ".d2lbook/results").entries()
    assert sum(entry.size for entry in kept) <= 1000
    assert bench.stale(*pages) == []
    assert bench.stale(notebook("7", page="d")) == []
    assert bench.stale(notebook("0", page="d")) != []


def test_a_build_of_some_tabs_keeps_what_the_others_use(tmp_path: Path) -> None:
    config = "[build]\ntabs = one, two\n[execute]\ncache_size = 0\n"
    bench = Workbench(tmp_path, config, tabs=("one", "two"))
    one, two = (notebook("1", page="page", tab=tab) for tab in ("one", "two"))
    two_again = notebook("2", page="page", tab="two")
    bench.environments["two"] = bench.environments["one"]
    bench.execute(one, executor=FakeExecutor(answer))
    bench.execute(two_again, executor=FakeExecutor(answer))
    assert bench.stale(one, two_again) == []
    assert two.tab == "two"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("12", 12),
        ("1.5 kB", 1500),
        ("2mb", 2_000_000),
        ("1GB", 10**9),
        ("unlimited", None),
    ],
)
def test_sizes(tmp_path: Path, text: str, size: int | None) -> None:
    config, _ = parse_config(f"[execute]\ncache_size = {text}\n", tmp_path)
    assert config.execute.cache_size == size


@pytest.mark.parametrize("text", ["", "-1", "1GiB", "big", "1 2"])
def test_what_is_no_size(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="it has to be a size, such as 500MB"):
        parse_config(f"[execute]\ncache_size = {text}\n", tmp_path)
