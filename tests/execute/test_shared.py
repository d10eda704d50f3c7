"""Results that machines share: in a folder, in an S3 bucket, and what goes wrong with both."""

from __future__ import annotations

import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from d2lbook.config import parse_config
from d2lbook.errors import ConfigError, UsageError
from d2lbook.execute.executors import FakeExecutor
from d2lbook.execute.jobs import Execution, Job
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.shared import SharedResults, shown
from s3fs import S3FileSystem

from tests.execute import s3
from tests.execute.test_schedule import answer
from tests.execute.workbench import Workbench, notebook

A, B = (notebook(f"'{name}'", page=f"chapter/{name}") for name in "ab")
KEYS = [f"{number:064x}" for number in range(20)]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3.s3_server() as address:
        yield address


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> None:
    """In one process fsspec would go on with the settings of another test."""
    S3FileSystem.clear_instance_cache()


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store that is empty."""
    if request.param == "folder":
        return (tmp_path / "shared results").as_uri()
    address = request.getfixturevalue("server")
    for name, value in s3.variables(address).items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3.BUCKET}/{request.node.name}"


@pytest.fixture
def machine(tmp_path: Path) -> Callable[..., Workbench]:
    """The clone of a book on another machine, with what its configuration says."""

    def make(name: str, url: str, mode: str = "read-write") -> Workbench:
        lines = f"[execute]\ncache = {url.replace('%', '%%')}\ncache_mode = {mode}\n"
        return Workbench(tmp_path / name, lines)

    return make


def run(bench: Workbench, *notebooks: object) -> list[str]:
    """Execute; the statuses, and what was said."""
    executor = FakeExecutor(answer)
    done = bench.execute(*(notebooks or (A, B)), executor=executor)  # type: ignore[arg-type]
    return [each.status for each in done]


def refuse(job: Job) -> Execution:
    raise AssertionError("nothing has to be executed")


def test_what_one_machine_has_executed_another_has_not_to(
    url: str, machine: Callable[..., Workbench]
) -> None:
    one, two = machine("one", url), machine("two", url)
    first = one.execute(A, B, executor=FakeExecutor(answer))
    second = two.execute(A, B, executor=FakeExecutor(refuse))
    assert [each.status for each in second] == ["cached", "cached"]
    assert [each.outputs for each in second] == [each.outputs for each in first]
    assert (one.warnings, two.warnings) == ([], [])
    # It is the book's own from then on.
    alone = Workbench(two.root)
    assert run(alone) == ["cached", "cached"]


def test_read_only(url: str, machine: Callable[..., Workbench]) -> None:
    reader = machine("reader", url, "read-only")
    assert run(reader) == ["executed", "executed"]
    writer = machine("writer", url)
    assert run(writer, A) == ["executed"]
    assert run(machine("another reader", url, "read-only")) == ["cached", "executed"]
    assert reader.warnings == []


def test_off(url: str, machine: Callable[..., Workbench]) -> None:
    assert run(machine("one", url)) == ["executed", "executed"]
    assert run(machine("two", url, "off")) == ["executed", "executed"]


def test_the_variable_is_heeded_before_the_configuration(
    url: str, machine: Callable[..., Workbench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("D2LBOOK_CACHE_MODE", "read-only")
    assert run(machine("one", url)) == ["executed", "executed"]
    monkeypatch.setenv("D2LBOOK_CACHE_MODE", "read-write")
    assert run(machine("two", url, "off")) == ["executed", "executed"]
    monkeypatch.setenv("D2LBOOK_CACHE_MODE", "")
    assert run(machine("three", url)) == ["cached", "cached"]
    monkeypatch.setenv("D2LBOOK_CACHE_MODE", "readonly")
    with pytest.raises(
        UsageError, match="D2LBOOK_CACHE_MODE can't be 'readonly'; it has to be read-write or"
    ):
        run(machine("four", url))


@pytest.mark.parametrize(
    "content", [b"", b"half of it", pickle.dumps(print)], ids=["empty", "cut", "pickle"]
)
def test_a_damaged_entry_is_told_executed_and_mended(
    url: str, machine: Callable[..., Workbench], content: bytes
) -> None:
    one, two = machine("one", url), machine("two", url)
    run(one, A)
    key = next(one.root.glob(".d2lbook/results/*/*.json")).stem
    shared = SharedResults(url, writable=True)
    shared.send(key, content)
    shared.finish()
    assert run(two) == ["executed", "executed"]
    assert [warning.line("warning") for warning in two.warnings] == [
        "chapter/a.md: warning: [python] the cached result is damaged "
        "(its digest is wrong, in the shared results) and is not used"
    ]
    three = machine("three", url)
    assert (run(three), three.warnings) == (["cached", "cached"], [])


def test_a_damaged_result_of_ones_own_is_mended_from_the_shared(
    url: str, machine: Callable[..., Workbench]
) -> None:
    one = machine("one", url)
    run(one)
    for path in one.root.glob(".d2lbook/results/*/*.json"):
        path.write_bytes(b"")
    assert run(one) == ["cached", "cached"]
    assert len(one.warnings) == 2
    assert run(one) == ["cached", "cached"]
    assert len(one.warnings) == 2


def test_many_are_fetched_at_once(url: str) -> None:
    shared = SharedResults(url, writable=True)
    for key in KEYS:
        shared.send(key, key.encode())
    shared.finish()
    again = SharedResults(url, writable=False)
    assert again.fetch([*KEYS, "f" * 64]) == {key: key.encode() for key in KEYS}
    again.finish()
    assert (shared.problem, again.problem) == (None, None)


def test_nobody_answers(machine: Callable[..., Workbench], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in s3.variables(f"http://127.0.0.1:{s3.free_port()}").items():
        monkeypatch.setenv(name, value)
    bench = machine("one", f"s3://{s3.BUCKET}/x")
    assert run(bench) == ["executed", "executed"]
    (warning,) = bench.warnings
    assert warning.what.startswith(f"the shared results in s3://{s3.BUCKET}/x can't be used: ")
    assert warning.remedy == "this build does without them"
    assert run(bench) == ["cached", "cached"]


def test_a_bucket_that_is_not_there_is_not_made(
    server: str, machine: Callable[..., Workbench], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in s3.variables(server).items():
        monkeypatch.setenv(name, value)
    bench = machine("one", "s3://nowhere/x")
    assert run(bench) == ["executed", "executed"]
    assert len(bench.warnings) == 1
    assert httpx.head(f"{server}/nowhere").status_code == 404


def test_a_server_that_takes_calls_and_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        for name, value in s3.variables(f"http://127.0.0.1:{mute.getsockname()[1]}").items():
            monkeypatch.setenv(name, value)
        shared = SharedResults("s3://results/x", writable=True, patience=3)
        assert shared.fetch(KEYS) == {}
        shared.finish()
    assert shared.problem
    assert shared.problem.what.endswith("can't be used: it does not answer within 3 s")


class Odd:
    """A store that does what a test says."""

    def __init__(self, load: Callable[[], bytes | None], save: Callable[[], None]) -> None:
        self.calls = 0
        self._load, self._save = load, save

    def load(self, key: str) -> bytes | None:
        self.calls += 1
        return self._load()

    def save(self, key: str, content: bytes) -> None:
        self.calls += 1
        self._save()


def nothing() -> None:
    return None


def denied() -> None:
    raise PermissionError(13, "Access\n denied")


def test_who_said_no_is_not_asked_again() -> None:
    store = Odd(denied, nothing)
    shared = SharedResults("x://name:secret@host/y", writable=True, opening=lambda _: store)
    assert shared.fetch(KEYS[:1]) == {}
    assert shared.fetch(KEYS) == {}
    shared.send(KEYS[0], b"")
    shared.finish()
    assert store.calls == 1
    assert shared.problem
    assert shared.problem.what == (
        "the shared results in x://host/y can't be used: PermissionError: [Errno 13] Access denied"
    )


def test_what_cannot_be_sent_is_told_in_the_end() -> None:
    shared = SharedResults("x://y", writable=True, opening=lambda _: Odd(nothing, denied))
    assert shared.fetch(KEYS) == {}
    for key in KEYS:
        shared.send(key, b"")
    shared.finish()
    assert shared.problem


def test_one_that_is_slow_is_waited_for_as_long_as_something_comes() -> None:
    turns = threading.Semaphore(0)

    def load() -> bytes:
        turns.acquire(timeout=10)
        threading.Timer(0.05, turns.release).start()
        return b"x"

    shared = SharedResults("x://y", writable=True, patience=1, opening=lambda _: Odd(load, nothing))
    turns.release()
    assert len(shared.fetch(KEYS)) == len(KEYS)
    shared.finish()


def test_without_the_library_for_it() -> None:
    def opening(_: str) -> Odd:
        raise ImportError("Install s3fs to access S3")

    shared = SharedResults("s3://y", writable=True, opening=opening)
    shared.fetch(KEYS)
    assert shared.problem
    assert shared.problem.what.endswith(
        "Install s3fs to access S3; for s3:// run pip install 'd2lbook2[s3]'"
    )


@pytest.mark.parametrize("url", ["shared", "file://shared/x", "file:shared", "s3:/x", "s3://"])
def test_what_is_no_url_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match=r"cache can't be .*; it has to be a URL, such as s3://"):
        parse_config(f"[execute]\ncache = {url}\n", tmp_path)


def test_what_is_of_an_unknown_kind_is_a_warning(machine: Callable[..., Workbench]) -> None:
    bench = machine("one", "nosuch://x/y")
    assert run(bench) == ["executed", "executed"]
    assert len(bench.warnings) == 1


def test_the_mode_has_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it has to be read-write or read-only or off"):
        parse_config("[execute]\ncache_mode = on\n", tmp_path)


def test_passwords_are_not_shown() -> None:
    assert shown("sftp://me:secret@host/folder") == "sftp://host/folder"
    assert shown("s3://bucket/folder") == "s3://bucket/folder"


def test_a_keeper_that_is_never_used_asks_nobody(machine: Callable[..., Workbench]) -> None:
    bench = machine("one", "s3://nowhere/x")
    Keeper(bench.config, bench.warnings.append).close(())
    assert bench.warnings == []
