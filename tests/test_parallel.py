"""Work in copies of this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
import typst
from d2lbook import parallel
from d2lbook.errors import RenderError, SourceError
from d2lbook.parallel import in_a_copy, map_in_processes, map_in_two_steps
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.fixture(params=[1, 2, 3])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(parallel, "usable_processors", lambda: request.param)
    return int(request.param)


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_results_are_in_the_order_of_the_items(processors: int, count: int) -> None:
    assert map_in_processes(lambda item: item * 2, range(count)) == [i * 2 for i in range(count)]


def test_the_work_is_shared_out(processors: int) -> None:
    found = set(map_in_processes(lambda _: os.getpid(), range(6)))
    assert len(found) == processors
    assert (os.getpid() in found) == (processors == 1)


def test_too_little_work_is_done_here() -> None:
    assert set(map_in_processes(lambda _: os.getpid(), range(6), worth=False)) == {os.getpid()}


def test_what_starts_threads_does_so_in_a_copy() -> None:
    here = os.getpid()
    assert in_a_copy(os.getpid) != here
    # Typst's own threads, in copies of a process that has called it before.
    assert map_in_processes(lambda _: in_a_copy(typeset), range(3)) == [in_a_copy(typeset)] * 3


def typeset() -> bytes:
    content = typst.Compiler().compile(b"= Title", format="pdf", timestamp=0)
    assert isinstance(content, bytes)
    return content


def test_an_error_in_a_copy_comes_back() -> None:
    def fail() -> None:
        raise SourceError.at("p.md", 7, "no")

    with pytest.raises(SourceError, match="no") as error:
        in_a_copy(fail)
    assert "p.md:7" in str(error.value)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 100), min_size=1), st.integers(1, 4))
def test_all_have_as_much_to_do(efforts: list[int], processors: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(parallel, "usable_processors", lambda: processors)
        found = map_in_two_steps(
            efforts,
            first=lambda effort: (effort, None),
            between=lambda _: None,
            second=lambda kept, _: [(os.getpid(), effort) for effort in kept],
            effort=lambda effort: effort,
        )
    assert [effort for _, effort in found] == efforts
    sums: Counter[int] = Counter()
    for process, effort in found:
        sums[process] += effort
    assert len(sums) == min(processors, len(efforts))
    assert max(sums.values()) - min(sums.values()) <= max(efforts)


def test_everybody_knows_of_all_half_way(processors: int) -> None:
    results = map_in_two_steps(
        ["a", "bb", "ccc", "dddd", "e"],
        first=lambda item: ((item, os.getpid()), len(item)),
        between=lambda told: (told, sum(told)),
        second=lambda kept, shared: [(item, pid == os.getpid(), *shared) for item, pid in kept],
    )
    lengths = [1, 2, 3, 4, 1]
    assert results == [(item, True, lengths, 11) for item in ("a", "bb", "ccc", "dddd", "e")]


@pytest.mark.parametrize("step", ["first", "second"])
def test_errors_come_back(processors: int, step: str) -> None:
    def fail(name: str, item: int) -> None:
        if name == step and item == 3:
            raise SourceError.at("p.md", item, "no")

    def first(item: int) -> tuple[int, int]:
        fail("first", item)
        return item, item

    def second(items: list[int], _: None) -> list[None]:
        return [fail("second", item) for item in items]

    with pytest.raises(SourceError) as caught:
        map_in_two_steps(range(6), first=first, between=lambda _: None, second=second)
    assert caught.value.problems[0].line() == "p.md:3: error: no"


def test_a_copy_that_dies_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "usable_processors", lambda: 2)
    with pytest.raises(RenderError, match="was killed"):
        map_in_processes(lambda item: os._exit(1) if item else item, range(4))


def test_a_copy_that_dies_half_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "usable_processors", lambda: 2)

    def die(told: list[int]) -> bytes:
        os.kill(told[0], signal.SIGKILL)
        os.waitid(os.P_PID, told[0], os.WEXITED | os.WNOWAIT)
        return b" " * 1_000_000

    with pytest.raises(RenderError, match="was killed"):
        map_in_two_steps(
            range(2),
            first=lambda item: (item, os.getpid()),
            between=die,
            second=lambda kept, _: kept,
        )


LEFT_ALONE = """
import os
from d2lbook import parallel

parallel.usable_processors = lambda: 2

def killed(processes):
    print(*processes, flush=True)
    os.kill(os.getpid(), 9)

parallel.map_in_two_steps(
    range(2), first=lambda item: (item, os.getpid()), between=killed, second=lambda kept, _: kept
)
"""


def test_no_copy_outlives_a_process_that_is_killed() -> None:
    # The streams end once all that have them are gone.
    ran = subprocess.run(
        [sys.executable, "-c", LEFT_ALONE], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == -signal.SIGKILL
    assert len(ran.stdout.split()) == 2
    assert ran.stderr == ""
