"""How things stand with each notebook of a book: what a build would do, and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from d2lbook.book import Notebook, Output, Outputs
from d2lbook.config import Config
from d2lbook.execute.devices import find_gpus, gpus_needed, made_without_gpu, without_gpu
from d2lbook.execute.jobs import Execution, runnable_cells
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.staleness import Change, Found, changes, look_up

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}\b")
"""``<object at 0x7f…>``: another number in every execution."""

Read = Callable[[Sequence[Output]], Iterable[str]]
"""Says what there is to read in the outputs of a cell where they are shown."""

State = Literal["fresh", "stale", "failed", "skipped"]


@dataclass(frozen=True, kw_only=True)
class Status:
    """How things stand with one notebook."""

    notebook: Notebook
    state: State
    """``failed``: it did the last time, and nothing has changed since, or it would do so for
    want of a GPU; ``skipped``: there is nothing to execute, or it is left out for the same
    reason."""
    seconds: float | None = None
    """How long its last execution took, also one that failed; None where there was none."""
    memory: int = 0
    """The most bytes that its kernel had then; 0: nobody knows."""
    changes: tuple[Change, ...] = ()
    """Of a stale one, what has changed since it was executed."""
    reason: str = ""
    """Why it is stale, where nothing has changed; why it failed; why it is skipped."""
    gpus: int = 0
    """How many GPUs it needs."""
    addresses: tuple[int, ...] = ()
    """Lines of the page where cells begin whose outputs show memory addresses."""

    def as_json(self) -> dict[str, Any]:
        """The same as values that JSON has."""
        return {
            "page": self.notebook.page.name,
            "path": self.notebook.page.path,
            "tab": self.notebook.tab,
            "state": self.state,
            "seconds": self.seconds,
            "memory": self.memory,
            "changes": [{"kind": each.kind, "name": each.name} for each in self.changes],
            "reason": self.reason,
            "gpus": self.gpus,
            "memory_addresses": list(self.addresses),
        }


def survey(
    config: Config,
    notebooks: Sequence[Notebook],
    environments: Mapping[str, Environment],
    keeper: Keeper,
    read: Read,
) -> list[Status]:
    """The status of each notebook, in their order.

    Notebooks of a tab without an environment are stale. Memory addresses are told where they
    are in what ``read`` finds.
    """
    described = [each for each in notebooks if _can_run(config, each, environments)]

    def gpus() -> int:
        return len(find_gpus())

    object_to = made_without_gpu(config, gpus)
    results = look_up(config, described, environments, keeper, object_to=object_to)
    found = {id(each.notebook): each for each in without_gpu(config, results, gpus)}
    return [_status(config, each, found.get(id(each)), keeper, read) for each in notebooks]


def _can_run(config: Config, notebook: Notebook, environments: Mapping[str, Environment]) -> bool:
    is_idle = not config.build.eval_notebook or not runnable_cells(notebook)
    return is_idle or notebook.tab in environments


def _status(
    config: Config, notebook: Notebook, found: Found | None, keeper: Keeper, read: Read
) -> Status:
    record = keeper.records.of(notebook)
    stale = Status(
        notebook=notebook,
        state="stale",
        seconds=record.seconds if record else None,
        memory=record.memory if record else 0,
        gpus=gpus_needed(config, notebook),
    )
    if found is None:
        return replace(stale, reason="it has no environment")
    if found.inputs is None:
        reason = "it has no code" if config.build.eval_notebook else "[build] eval_notebook"
        return Status(notebook=notebook, state="skipped", reason=reason, gpus=stale.gpus)
    if found.execution and found.execution.status != "cached":
        return _declined(stale, found.execution)
    if found.execution:
        addresses = tuple(_addresses(notebook, found.execution.outputs, read))
        seconds = found.execution.seconds
        return replace(stale, state="fresh", seconds=seconds, addresses=addresses)
    if found.objection:
        return replace(stale, reason=found.objection)
    if record is None:
        return replace(stale, reason="it was never executed")
    if record.inputs != found.inputs:
        return replace(stale, changes=tuple(changes(notebook, record.inputs, found.inputs)))
    if record.failure:
        return replace(stale, state="failed", reason=record.failure)
    return replace(stale, reason="its result is no longer there")


def _declined(stale: Status, execution: Execution) -> Status:
    """What is stale, but would not be executed for want of a GPU."""
    if execution.problem:
        return replace(stale, state="failed", reason=execution.problem.what)
    return replace(stale, state="skipped", reason=execution.notes[0].what)


def _addresses(notebook: Notebook, outputs: Outputs, read: Read) -> Iterator[int]:
    for cell in runnable_cells(notebook):
        if any(map(ADDRESS.search, read(outputs[cell.position]))):
            yield cell.line_of(0)
