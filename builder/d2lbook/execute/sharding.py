"""Splits the notebooks of a book among machines that know nothing of each other.

Each of them works out the same split and takes its part, so every notebook is
somebody's and nobody's twice. What is split is all notebooks, whether they are
stale or not: that may look different on each machine. The split is even in
recorded time, so all machines have to begin with the same records (the same
copy of ``.d2lbook``) or with none.
"""

from __future__ import annotations

import hashlib
import heapq
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Self

from d2lbook.book import Notebook
from d2lbook.execute.jobs import runnable_cells

Name = tuple[str, str]
"""Of a notebook: its page's name and its tab."""


@dataclass(frozen=True)
class Shard:
    """One of so many parts."""

    number: int
    """Counted from 1."""
    count: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """``2/3`` → the second of three. Raises ValueError."""
        match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
        if not match or int(match[1]) > int(match[2]):
            raise ValueError(f"'{text}' is no shard; the first of three is 1/3")
        return cls(int(match[1]), int(match[2]))


def share_of(
    shard: Shard, notebooks: Iterable[Notebook], seconds: Callable[[Notebook], float]
) -> frozenset[Name]:
    """The notebooks of this shard; ``seconds`` says how long each takes (inf: nobody knows).

    The longest first, each goes to whoever has the least to do so far: nobody
    has a third more than in the best of all splits (Graham 1969, "Bounds on
    multiprocessing timing anomalies"). What nobody knows counts like the median
    of what is known. Equal ones are in an order that looks like chance, so that
    one tab's are not all on one machine.
    """
    times = {
        (each.page.name, each.tab): seconds(each) for each in notebooks if runnable_cells(each)
    }
    known = [time for time in times.values() if math.isfinite(time)]
    usual = median(known) if known else 1.0
    weights = {name: time if math.isfinite(time) else usual for name, time in times.items()}
    loads = [(0.0, 0, number) for number in range(1, shard.count + 1)]
    share = set()
    for name in sorted(weights, key=lambda name: (-weights[name], _shuffled(name))):
        load, members, number = heapq.heappop(loads)
        heapq.heappush(loads, (load + weights[name], members + 1, number))
        if number == shard.number:
            share.add(name)
    return frozenset(share)


def _shuffled(name: Name) -> bytes:
    return hashlib.sha256("\0".join(name).encode()).digest()
