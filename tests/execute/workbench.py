"""A tiny book whose notebooks run in this process's own interpreter."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from d2lbook.book import Cell, Notebook, Page
from d2lbook.config import parse_config
from d2lbook.errors import Problem
from d2lbook.execute.environments import Environment
from d2lbook.execute.executors import Executor
from d2lbook.execute.jobs import Execution, Observer
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.schedule import execute_notebooks
from d2lbook.execute.staleness import look_up


def notebook(*cells: str, page: str = "chapter/page", tab: str = "python") -> Notebook:
    """A notebook of these cells: of prose when they start with ``#:``, of code otherwise.

    The lines of the page: each cell stands in a fence, with a blank line between
    two fences.
    """
    made: list[Cell] = []
    line = 1
    for position, source in enumerate(cells):
        count = source.count("\n") + 1
        lines = tuple(range(line + 1, line + 1 + count))
        kind = "prose" if source.startswith("#:") else "code"
        made.append(
            Cell(
                kind="prose" if kind == "prose" else "code",
                source=source,
                lines=lines,
                position=position,
            )
        )
        line += count + 3
    whole = Page(name=page, path=f"{page}.md", cells=tuple(made))
    return Notebook(page=whole, tab=tab, cells=tuple(made))


class Workbench:
    """A book in a folder, and what happens when its notebooks are executed."""

    def __init__(self, root: Path, config: str = "", tabs: Sequence[str] = ("python",)) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        self.config, _ = parse_config(config, root)
        described = self.config.environments
        self.environments = {
            tab: replace(
                environment(tab), preload=described[tab].preload if tab in described else None
            )
            for tab in tabs
        }
        self.warnings: list[Problem] = []
        """What was said about the cache."""

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def execute(
        self,
        *notebooks: Notebook,
        observer: Observer | None = None,
        executor: Executor | None = None,
        force: bool = False,
    ) -> list[Execution]:
        keeper = Keeper(self.config, self.warnings.append)
        found = look_up(self.config, notebooks, self.environments, keeper, force=force)
        done = execute_notebooks(self.config, found, self.environments, keeper, observer, executor)
        keeper.close([each.page.name for each in notebooks])
        return done

    def execute_one(self, *cells: str) -> Execution:
        return self.execute(notebook(*cells))[0]

    def stale(self, *notebooks: Notebook) -> list[Notebook]:
        keeper = Keeper(self.config, self.warnings.append)
        found = look_up(self.config, notebooks, self.environments, keeper)
        return [each.notebook for each in found if each.execution is None]


def environment(tab: str = "python", **variables: str) -> Environment:
    return Environment(
        tab=tab, python=Path(sys.executable), variables=variables, digest="d1", preload=None
    )


def printed(execution: Execution) -> str:
    """All that the cells have printed."""
    return "".join(
        output["text"]
        for outputs in execution.outputs.values()
        for output in outputs
        if output["output_type"] == "stream"
    )
