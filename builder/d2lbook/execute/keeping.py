"""Keeps what comes of notebooks: the results in the cache, and a record of each execution."""

from __future__ import annotations

from collections.abc import Callable, Collection

from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.execute.cache import open_cache
from d2lbook.execute.jobs import Execution, runnable_cells
from d2lbook.execute.keys import Inputs, Keys
from d2lbook.execute.records import Record, Records
from d2lbook.execute.results import Result


class Keeper:
    """What one build knows of earlier ones and leaves for later ones.

    ``warn`` is told what is wrong with the cache; that stops nothing. Raises
    UsageError when an environment variable asks for a cache mode there is not.
    """

    def __init__(self, config: Config, warn: Callable[[Problem], None]) -> None:
        self.tabs = config.tabs
        self.warn = warn
        self.cache = open_cache(config, warn)
        self.records = Records(config)
        self.keys = Keys(config)
        self._told: set[str] = set()

    def keep(self, inputs: Inputs, execution: Execution) -> None:
        """Keep what came of executing a notebook that depended on this when it was looked up."""
        notebook = execution.notebook
        if problem := execution.problem:
            before = self.records.of(notebook)
            failed = Record(
                inputs=inputs,
                seconds=execution.seconds,
                cells=execution.cell_seconds,
                memory=max(execution.memory, before.memory if before else 0),
                failure=f"{problem.place}: {problem.what}",
                seconds_before=_seconds_to_the_end(before),
            )
            self.records.save(notebook, failed)
            self.cache.forget(inputs.key)
        elif changed := self.keys.changed(inputs):
            self._tell_changed(changed)
        else:
            outputs = tuple(execution.outputs[cell.position] for cell in runnable_cells(notebook))
            result = Result(outputs=outputs, seconds=execution.seconds, has_gpu=execution.has_gpu)
            self.cache.save(inputs.key, result)
            record = Record(
                inputs=inputs,
                seconds=execution.seconds,
                cells=execution.cell_seconds,
                memory=execution.memory,
            )
            self.records.save(notebook, record)

    def _tell_changed(self, names: Collection[str]) -> None:
        """Nobody knows whether a notebook has seen a file before or after it was changed."""
        for name in names:
            if name not in self._told:
                self._told.add(name)
                what = f"{name} was changed while notebooks ran that depend on it"
                self.warn(Problem(what=what, remedy="they are executed again next time"))

    def recall(self, inputs: Inputs, execution: Execution) -> None:
        """Remember that the result of a notebook, as it is now, was in the cache."""
        record = self.records.of(execution.notebook)
        if record is None or record.failure or record.inputs != inputs:
            # Found here or on another machine: what it took is that of the last time here.
            cells, memory = (record.cells, record.memory) if record else ((), 0)
            record = Record(inputs=inputs, seconds=execution.seconds, cells=cells, memory=memory)
            self.records.save(execution.notebook, record)

    def close(self, pages: Collection[str]) -> None:
        """Share what is to be shared; remove what is too much, but nothing that these pages use."""
        self.cache.close(lambda: self.records.keys(pages, self.tabs))


def _seconds_to_the_end(record: Record | None) -> float | None:
    """How long a notebook took when it last did not fail."""
    if record is None:
        return None
    return record.seconds_before if record.failure else record.seconds
