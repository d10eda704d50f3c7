"""The library's functions for devices, in every framework, with GPUs and without."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.book.frameworks import CONFIG, run_in

PROBE = """
import json
from d2l import {module} as d2l

count = d2l.num_gpus()
here = {{
    "count": count,
    "none_left": d2l.try_gpu(count) == d2l.cpu(),
    "all": len(d2l.try_all_gpus()),
    "seconds": [d2l.copy_time(size, d2l.try_gpu(), 2) for size in (1, 10**6)],
}}
d2l.cpu, d2l.gpu = lambda: "cpu", lambda i=0: f"gpu {{i}}"

def with_gpus(count):
    d2l.num_gpus = lambda: count
    return [d2l.try_gpu(), d2l.try_gpu(1), d2l.try_all_gpus()]

print(json.dumps([here, *map(with_gpus, range(3))]))
"""

TABS = pytest.mark.parametrize("tab", CONFIG.tabs)


@cache
def probe(tab: str) -> Any:
    module = Path(CONFIG.libraries[tab].file).stem
    return run_in(tab, PROBE.format(module=module))


@TABS
def test_on_this_machine(tab: str) -> None:
    here = probe(tab)[0]
    assert here["none_left"]
    assert here["all"] == max(here["count"], 1)
    assert all(0 < seconds < 60 for seconds in here["seconds"])


@TABS
def test_a_gpu_that_is_not_there_is_the_cpu(tab: str) -> None:
    assert probe(tab)[1:] == [
        ["cpu", "cpu", ["cpu"]],
        ["gpu 0", "cpu", ["gpu 0"]],
        ["gpu 0", "gpu 1", ["gpu 0", "gpu 1"]],
    ]
