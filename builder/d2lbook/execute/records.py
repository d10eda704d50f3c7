"""What is known of the last execution of each notebook: a small file for each, by tab and page.

Without them nothing is lost but the order of execution and the reason why a
notebook is stale; so what can't be read or written is passed over.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import OutputError
from d2lbook.execute.keys import Inputs
from d2lbook.files import write_file

USUAL_MEMORY = 1_500_000_000
"""In bytes: 1.5 times what a kernel has once it has imported the largest of the frameworks."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """The last execution of a notebook here, or the last time its result was found."""

    inputs: Inputs
    """What it depended on then."""
    seconds: float
    """How long it took, to its end or until it failed."""
    cells: tuple[float, ...] = ()
    """How many seconds each cell took that was run then; empty: nobody knows."""
    memory: int = 0
    """The most bytes that its kernel had then, or, if it failed, ever since it last did not;
    0: nobody knows."""
    failure: str = ""
    """The line that told why it failed; empty when it didn't."""
    seconds_before: float | None = None
    """Of one that failed, how long it took when it last did not; None: it always has failed."""


class Records:
    """The records of one book."""

    def __init__(self, config: Config) -> None:
        self.folder = config.state / "runs"
        self._largest_of: dict[str, int] = {}

    def of(self, notebook: Notebook) -> Record | None:
        """The record of a notebook; None where nothing is known."""
        return self._read(notebook.page.name, notebook.tab)

    def _read(self, page: str, tab: str) -> Record | None:
        try:
            kept = json.loads(self._path(page, tab).read_bytes())
            before = kept["seconds_before"]
            return Record(
                inputs=Inputs.from_json(kept["inputs"]),
                seconds=float(kept["seconds"]),
                cells=tuple(map(float, kept["cells"])),
                memory=int(kept["memory"]),
                failure=str(kept["failure"]),
                seconds_before=None if before is None else float(before),
            )
        except (OSError, ValueError, TypeError, LookupError):
            return None

    def seconds(self, notebook: Notebook) -> float:
        """How long a notebook takes; of one that never came to its end, infinitely long.

        One that failed in its last execution may take as long as that, or as before.
        """
        record = self.of(notebook)
        if record is None:
            return math.inf
        if not record.failure:
            return record.seconds
        before = math.inf if record.seconds_before is None else record.seconds_before
        return max(record.seconds, before)

    def memory(self, notebook: Notebook) -> int:
        """The bytes of memory that its kernel may come to have; a guess where nobody knows.

        One that is not known may be like the largest of its tab.
        """
        record = self.of(notebook)
        return (record.memory if record else 0) or self._largest(notebook.tab) or USUAL_MEMORY

    def _largest(self, tab: str) -> int:
        if tab not in self._largest_of:
            folder = self.folder / tab
            pages = (path.relative_to(folder).with_suffix("") for path in folder.rglob("*.json"))
            records = (self._read(str(page), tab) for page in pages)
            known = (record.memory for record in records if record)
            self._largest_of[tab] = max(known, default=0)
        return self._largest_of[tab]

    def keys(self, pages: Iterable[str], tabs: Sequence[str]) -> set[str]:
        """The keys that the notebooks of these pages last had."""
        records = (self._read(page, tab) for page in pages for tab in tabs)
        return {record.inputs.key for record in records if record}

    def save(self, notebook: Notebook, record: Record) -> None:
        """Keep a record, if that can be done."""
        kept = {
            "inputs": record.inputs.as_json(),
            "seconds": record.seconds,
            "cells": [round(seconds, 4) for seconds in record.cells],
            "memory": record.memory,
            "failure": record.failure,
            "seconds_before": record.seconds_before,
        }
        with contextlib.suppress(OutputError):
            path = self._path(notebook.page.name, notebook.tab)
            write_file(path, json.dumps(kept, indent=1, sort_keys=True) + "\n")

    def _path(self, page: str, tab: str) -> Path:
        return self.folder / tab / f"{page}.json"
