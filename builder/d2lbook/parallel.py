"""Work on several processors, in copies of this process.

The copies (``fork``) share what has been worked out so far, so that only the
results have to be sent back. Where there is no ``fork``, one processor, or too
little to do, the work is done here.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_work: Callable[[Any], Any]
"""What the copies do; it is set before they are made, and so never sent."""


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_in_processes(
    function: Callable[[Item], Result], items: Sequence[Item], *, worth: bool = True
) -> list[Result]:
    """The results of the function for all items, in their order.

    ``worth`` says whether there is enough to do to make copies of this process.
    What the function changes, it changes in the copy; items and results are
    pickled. An error that it raises for an item is raised here.
    """
    processes = min(usable_processors(), len(items))
    if not worth or processes < 2 or "fork" not in multiprocessing.get_all_start_methods():
        return [function(item) for item in items]
    global _work
    _work = function
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        return list(pool.map(_do, items))


def _do(item: Any) -> Any:
    return _work(item)
