"""The child process that executes notebooks; what comes of them it leaves in the cache."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection
from pathlib import Path

from d2lbook.config import Config, read_config
from d2lbook.errors import BookError
from d2lbook.execute.environments import Progress
from d2lbook.execute.executors import LocalExecutor, start_servers
from d2lbook.execute.jobs import Execution, Observer
from d2lbook.execute.progress import outcome
from d2lbook.execute.selection import Selection
from d2lbook.execute.server_pool import ServerPool
from d2lbook.memory import Memory
from d2lbook.parallel import usable_processors
from d2lbook.pipeline import Build, Reporter, chosen_tabs
from d2lbook.preview.outcome import Executed, complaint
from d2lbook.preview.worker import Send, answer_requests

NICENESS = 10
"""What is executed, in kernels too, leaves the processors to what the author waits for."""

SERVERS_PER_TAB = 2
"""Notebooks that import other things need another one; each takes as much memory as it imports."""


class Telling(Observer):
    """Tells the server what has come of each notebook."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.keys: dict[tuple[str, str], str] = {}
        """By page and tab."""

    def finished(self, execution: Execution) -> None:
        notebook = execution.notebook
        key = self.keys[notebook.page.name, notebook.tab]
        failures = [complaint(execution.problem)] if execution.problem else []
        self.send({"key": key, "line": outcome(execution), "failures": failures})


class Executor:
    """Executes notebooks of one book; ``tab`` is as on the command line."""

    def __init__(self, root: Path, tab: str) -> None:
        self.root = root
        self.tab = tab
        self.config: Config | None = None
        self.memory = Memory()
        self.servers: ServerPool | None = None
        """What keeps kernels warm from one request to the next."""

    def execute(self, keys: Collection[str], send: Send) -> Executed:
        """Execute the notebooks that depend on what these keys name."""
        observer = Telling(send)
        try:
            build = self._build(frozenset(keys), observer)
            for found in build.found_results:
                if found.inputs:
                    notebook = found.notebook
                    observer.keys[notebook.page.name, notebook.tab] = found.inputs.key
            _ = build.executions
        except BookError as error:
            return {"errors": [complaint(each) for each in error.problems]}
        return {"errors": []}

    def _build(self, keys: frozenset[str], observer: Telling) -> Build:
        config, _ = read_config(self.root)
        tabs = chosen_tabs(config, self.tab)
        if config != self.config:
            self.close()
            self.config, self.memory = config, Memory()
        if self.servers and self.servers.size > SERVERS_PER_TAB * len(tabs):
            self.close()
        slots = config.execute.jobs or usable_processors()
        self.servers = self.servers or start_servers(slots)
        said: set[Progress] = set()

        def on_environment(step: Progress) -> None:
            if step not in said:
                said.add(step)
                observer.send({"line": f"{step.tab}: {step.text}"})

        reporter = Reporter(
            warn=lambda _: None,  # the builder tells it
            note=lambda _: None,
            caution=lambda problem: observer.send({"line": problem.line("warning")}),
            on_environment=on_environment,
            observer=observer,
        )
        executor = LocalExecutor(slots, self.servers)
        return Build(config, tabs, reporter, Selection(keys=keys), self.memory, executor)

    def close(self) -> None:
        """End what has been started for more than one request."""
        if self.servers:
            self.servers.close()
        self.servers = None


def main() -> None:
    """Answer requests of the server."""
    executor = Executor(Path(sys.argv[1]), sys.argv[2])
    os.nice(NICENESS)
    try:
        answer_requests(lambda request, send: executor.execute(request["keys"], send))
    finally:
        executor.close()


if __name__ == "__main__":
    main()
