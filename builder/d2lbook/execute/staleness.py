"""Which notebooks have to be executed: those for which the cache has no result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.execute.failures import damaged_result
from d2lbook.execute.jobs import Execution, by_position, runnable_cells
from d2lbook.execute.keys import Keys
from d2lbook.execute.results import DamagedResult, ResultStore

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

__all__ = ["Found", "look_up"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A notebook and what the cache has of it."""

    notebook: Notebook
    key: str
    """Empty: there is nothing to execute."""
    execution: Execution | None
    """None: it has to be executed."""
    warnings: tuple[Problem, ...] = ()


def look_up(
    config: Config, notebooks: Sequence[Notebook], environments: Mapping[str, Environment]
) -> list[Found]:
    """What the cache has of each notebook, in their order.

    ``environments`` has one for every tab with code. It is enough that they are
    described: only those of notebooks that have to be executed have to be made.
    """
    keys = Keys(config)
    store = ResultStore(config.state / "results")
    found: list[Found] = []
    for notebook in notebooks:
        if config.build.eval_notebook and runnable_cells(notebook):
            key = keys.of(notebook, environments[notebook.tab])
            found.append(_look_up_result(store, notebook, key))
        else:
            skipped = Execution(notebook=notebook, status="skipped")
            found.append(Found(notebook=notebook, key="", execution=skipped))
    return found


def _look_up_result(store: ResultStore, notebook: Notebook, key: str) -> Found:
    try:
        result = store.load(key)
    except DamagedResult as damage:
        warning = damaged_result(notebook, str(damage))
        return Found(notebook=notebook, key=key, execution=None, warnings=(warning,))
    if result is None:
        return Found(notebook=notebook, key=key, execution=None)
    outputs = by_position(notebook, result.outputs)
    cached = Execution(notebook=notebook, status="cached", outputs=outputs, seconds=result.seconds)
    return Found(notebook=notebook, key=key, execution=cached)
