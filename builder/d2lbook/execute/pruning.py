"""Keeps the results of a book in bounds: what was used longest ago goes first."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator

from d2lbook.execute.results import Entry, ResultStore
from d2lbook.files import left_over, unwritable


def prune(
    store: ResultStore,
    *,
    size: int | None = None,
    older: float | None = None,
    keep: Collection[str] = (),
) -> list[Entry]:
    """Remove results until all together take at most ``size`` bytes, and return them.

    With ``older``, those that were not used for so many seconds go in any case (where
    the clock was set back, seconds before the latest use of any). What has one of
    the keys in ``keep`` stays. What writers that were killed have left is removed
    too. Raises OutputError when something can't be removed.
    """
    entries = store.entries()
    doomed = list(_doomed(entries, size, older, keep))
    try:
        for path in left_over(store.folder):
            path.unlink(missing_ok=True)
        for entry in doomed:
            store.path(entry.key).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(store.folder, error) from error
    return doomed


def _doomed(
    entries: list[Entry], size: int | None, older: float | None, keep: Collection[str]
) -> Iterator[Entry]:
    """Of these, the least recently used first, those that have to go."""
    total = sum(entry.size for entry in entries)
    now = max([time.time_ns(), *(entry.used for entry in entries)])
    for entry in entries:
        is_old = older is not None and now - entry.used > older * 1e9
        is_too_much = size is not None and total > size
        if entry.key not in keep and (is_old or is_too_much):
            total -= entry.size
            yield entry
