"""Every notebook is in one shard, and in no other; the shards take equally long."""

from __future__ import annotations

import math

import pytest
from d2lbook.book import Notebook
from d2lbook.execute.sharding import Shard, share_of
from hypothesis import given
from hypothesis import strategies as st

from tests.execute.workbench import notebook

TIMES = st.dictionaries(
    st.tuples(st.text("ab/", min_size=1, max_size=6), st.sampled_from(["one", "two"])),
    st.one_of(st.floats(0, 5000), st.just(math.inf)),
    max_size=40,
)
Times = dict[tuple[str, str], float]


def split(times: Times, count: int) -> list[frozenset[tuple[str, str]]]:
    notebooks = [notebook("1", page=page, tab=tab) for page, tab in times]

    def seconds(made: Notebook) -> float:
        return times[made.page.name, made.tab]

    return [share_of(Shard(number, count), notebooks, seconds) for number in range(1, count + 1)]


@given(TIMES, st.integers(1, 7))
def test_shards_are_complete_and_have_nothing_twice(times: Times, count: int) -> None:
    shares = split(times, count)
    assert sorted(name for share in shares for name in share) == sorted(times)


@given(TIMES, st.integers(1, 7))
def test_no_shard_has_more_than_its_part_and_one_notebook(times: Times, count: int) -> None:
    known = {name: time for name, time in times.items() if math.isfinite(time)}
    loads = [sum(known[name] for name in share) for share in split(known, count)]
    assert max(loads) <= sum(known.values()) / count + max(known.values(), default=0) + 1e-6


@given(TIMES, st.integers(1, 7))
def test_the_order_of_the_notebooks_changes_nothing(times: Times, count: int) -> None:
    assert split(dict(reversed(times.items())), count) == split(times, count)


def test_without_records_all_have_equally_many() -> None:
    shares = split({(f"p{number}", "one"): math.inf for number in range(11)}, 3)
    assert sorted(map(len, shares)) == [3, 4, 4]


def test_a_long_notebook_is_weighed_against_many_short_ones() -> None:
    times = {("long", "one"): 90.0} | {(f"p{number}", "one"): 10.0 for number in range(9)}
    assert [len(share) for share in split(times, 2)] == [1, 9]


def test_what_has_no_code_is_nobodys() -> None:
    assert share_of(Shard(1, 1), [notebook("#: Prose", "  ")], lambda _: 1.0) == frozenset()


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b", " 1/2"])
def test_what_is_no_shard(text: str) -> None:
    with pytest.raises(ValueError, match="1/3"):
        Shard.parse(text)


def test_a_shard_is_read() -> None:
    assert Shard.parse("2/10") == Shard(2, 10)
