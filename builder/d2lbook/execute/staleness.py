"""Which notebooks have to be executed, and why: those for which the cache has no result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.execute.failures import damaged_result
from d2lbook.execute.jobs import Execution, by_position, runnable_cells
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.keys import Inputs
from d2lbook.execute.outputs import oddities
from d2lbook.execute.results import Result

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

__all__ = ["Change", "Found", "changes", "inputs_of", "look_up"]


@dataclass(frozen=True, kw_only=True)
class Found:
    """A notebook and what the cache has of it."""

    notebook: Notebook
    inputs: Inputs | None
    """What its outputs depend on; None: there is nothing to execute."""
    execution: Execution | None
    """None: it has to be executed."""
    is_missing: bool = False
    """Whether it would have to be executed, but was not chosen."""
    objection: str = ""
    """Why it has to be executed although the cache has a result for it."""


Choose = Callable[[Notebook, Inputs], bool]
"""Says whether a notebook may be executed."""

Object = Callable[[Notebook, Result], str]
"""Says why a result in the cache does not do for a notebook; empty: it does."""


def look_up(
    config: Config,
    notebooks: Sequence[Notebook],
    environments: Mapping[str, Environment],
    keeper: Keeper,
    *,
    choose: Choose | None = None,
    force: bool = False,
    object_to: Object = lambda *_: "",
) -> list[Found]:
    """What the cache has of each notebook, in their order.

    ``environments`` has one for every tab with code. It is enough that they are
    described: only those of notebooks that have to be executed have to be made.
    What is not chosen (None: all is) is never executed; with ``force`` what is chosen always is,
    else where the cache has no result to which ``object_to`` has nothing to say.
    Raises SourceError when a file that a notebook depends on can't be read.
    """
    inputs = inputs_of(config, notebooks, environments, keeper)
    candidates = [
        _Candidate(notebook, its, bool(its and (choose is None or choose(notebook, its))))
        for notebook, its in zip(notebooks, inputs, strict=True)
    ]
    loaded = keeper.cache.load(
        each.inputs.key for each in candidates if each.inputs and not (force and each.is_chosen)
    )
    for each in candidates:
        if each.inputs and (why := loaded.damage.get(each.inputs.key)):
            keeper.warn(damaged_result(each.notebook, why))
    return [_found(each, loaded.results, object_to) for each in candidates]


def inputs_of(
    config: Config,
    notebooks: Sequence[Notebook],
    environments: Mapping[str, Environment],
    keeper: Keeper,
) -> list[Inputs | None]:
    """What each notebook depends on; None where there is nothing to execute (see ``look_up``)."""
    return [
        keeper.keys.of(notebook, environments[notebook.tab])
        if config.build.eval_notebook and runnable_cells(notebook)
        else None
        for notebook in notebooks
    ]


class _Candidate(NamedTuple):
    notebook: Notebook
    inputs: Inputs | None
    is_chosen: bool


def _found(candidate: _Candidate, results: Mapping[str, Result], object_to: Object) -> Found:
    notebook, inputs, is_chosen = candidate
    skipped = Execution(notebook=notebook, status="skipped")
    if inputs is None:
        return Found(notebook=notebook, inputs=None, execution=skipped)
    result = results.get(inputs.key)
    objection = object_to(notebook, result) if result and is_chosen else ""
    if result and not objection:
        outputs = by_position(notebook, result.outputs)
        cached = Execution(
            notebook=notebook,
            status="cached",
            outputs=outputs,
            warnings=tuple(oddities(notebook, outputs)),
            seconds=result.seconds,
        )
        return Found(notebook=notebook, inputs=inputs, execution=cached)
    if is_chosen:
        return Found(notebook=notebook, inputs=inputs, execution=None, objection=objection)
    return Found(notebook=notebook, inputs=inputs, execution=skipped, is_missing=True)


Kind = Literal["code", "environment", "variable", "module", "data", "folder", "seed", "d2lbook"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that a notebook's outputs depend on, and that has changed."""

    kind: Kind
    name: str = ""
    """Which variable, which file, which line of the page; empty where there is only one."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}".rstrip()


def changes(notebook: Notebook, before: Inputs, now: Inputs) -> Iterator[Change]:
    """What makes the difference between two states of what a notebook depends on."""
    if before.cells != now.cells:
        yield Change(kind="code", name=_first_change(notebook, before, now))
    if before.environment != now.environment:
        yield Change(kind="environment")
    yield from _differing("variable", before.variables, now.variables)
    yield from _differing("module", before.modules, now.modules)
    yield from _differing("data", before.data, now.data)
    if before.folder != now.folder:
        yield Change(kind="folder")
    if before.seed != now.seed:
        yield Change(kind="seed")
    if before.preparation != now.preparation:
        yield Change(kind="d2lbook")


def _first_change(notebook: Notebook, before: Inputs, now: Inputs) -> str:
    """The line of the first cell that differs; empty where only cells are gone."""
    pairs = zip(runnable_cells(notebook), now.cells, strict=True)
    for index, (cell, digest) in enumerate(pairs):
        if before.cells[index : index + 1] != (digest,):
            return f"line {cell.line_of(0)}"
    return ""


def _differing(kind: Kind, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            yield Change(kind=kind, name=name)
