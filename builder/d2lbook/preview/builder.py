"""The child process that builds the site: what is still good of the last build, it keeps."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from d2lbook.book import Notebook
from d2lbook.config import Config, read_config
from d2lbook.errors import BookError, Problem, SourceError
from d2lbook.execute.jobs import Execution, Observer
from d2lbook.execute.staleness import Found, look_up
from d2lbook.html.folder import MANIFEST
from d2lbook.html.site import Written
from d2lbook.memory import Memory
from d2lbook.pipeline import Build, Reporter, chosen_tabs
from d2lbook.preview.outcome import Complaint, Outcome, Unexecuted, complaint, no_site
from d2lbook.preview.paths import executed_notebook, is_page, is_state
from d2lbook.preview.worker import Send, answer_requests
from d2lbook.targets.pages import write_pages

Notebooks = dict[tuple[str, str], Found]
"""What the cache has of notebooks, by page and tab."""


class Builder:
    """Builds the site of one book; ``tab`` is as on the command line."""

    def __init__(self, root: Path, tab: str) -> None:
        self.root = root
        self.tab = tab
        self.config: Config | None = None
        self.memory = Memory()
        self.found: Notebooks = {}
        self.written: Written | None = None
        """What was written last; None: everything has to be written."""
        self.signs: object = None

    def build(self, changed: Collection[str] | None) -> Outcome:
        """Build the site after these files have changed; None: nobody knows which."""
        start = time.monotonic()
        warnings: list[Problem] = []
        files = changed is None or not all(is_page(path) or is_state(path) for path in changed)
        self._forget(changed or (), files=files)
        try:
            config = self._read_config()
            if self.signs != _signs(config):
                self.written = None
            build = self._build(config, warnings)
            self.written = write_pages(build, self.written)
            if changed is None:
                self._rehearse(build, self.written)
            self.signs = _signs(config)
        except SourceError as error:
            # Pages are read before any is written.
            return no_site(*map(complaint, error.problems))
        except BookError as error:
            self.written = None
            return no_site(*map(complaint, error.problems))
        return {
            "site": str(config.output / "html"),
            "anew": list(self.written.anew),
            "files": files,
            "seconds": time.monotonic() - start,
            "errors": [],
            "warnings": _complaints(warnings),
            "unexecuted": list(_unexecuted(build)),
        }

    @staticmethod
    def _rehearse(build: Build, written: Written) -> None:
        """Write one page again: here the first one takes longer than all that follow."""
        longest = max(build.book.pages.values(), key=lambda page: len(page.cells)).name
        others = {name: page for name, page in written.pages.items() if name != longest}
        write_pages(build, replace(written, pages=others))

    def _forget(self, changed: Collection[str], *, files: bool) -> None:
        """Forget what is no longer good."""
        if files:
            self.written = None
            self.found.clear()
        for path in filter(is_state, changed):
            if notebook := executed_notebook(path):
                self.found.pop(notebook, None)
            else:
                self.found.clear()

    def _read_config(self) -> Config:
        config, _ = read_config(self.root)
        if config != self.config:
            self.config, self.memory, self.written = config, Memory(), None
            self.found.clear()
        return config

    def _build(self, config: Config, warnings: list[Problem]) -> Build:
        reporter = Reporter(
            warn=warnings.append,
            note=lambda _: None,
            caution=warnings.append,
            on_environment=lambda _: None,
            observer=Observer(),
        )
        return Glance(config, chosen_tabs(config, self.tab), reporter, self.memory, self.found)


class Glance(Build):
    """A build that executes nothing and takes from the cache what there is.

    ``found`` has what earlier ones have found there, and is added to.
    """

    def __init__(
        self,
        config: Config,
        tabs: tuple[str, ...],
        reporter: Reporter,
        memory: Memory,
        found: Notebooks,
    ) -> None:
        super().__init__(config, tabs, reporter, memory=memory)
        self._found = found

    @cached_property
    def found_results(self) -> Sequence[Found]:
        unknown = [each for each in self.all_notebooks if not self._is_known(each)]
        for each in look_up(
            self.config, unknown, self._environments, self._keeper, choose=lambda *_: False
        ):
            self._found[_name(each.notebook)] = each
        return [self._found[_name(each)] for each in self.all_notebooks]

    @cached_property
    def executions(self) -> Sequence[Execution]:
        return [each.execution for each in self.found_results if each.execution]

    def _is_known(self, notebook: Notebook) -> bool:
        found = self._found.get(_name(notebook))
        return bool(found and found.notebook == notebook)


def _name(notebook: Notebook) -> tuple[str, str]:
    return notebook.page.name, notebook.tab


def _signs(config: Config) -> object:
    """Changes when another process has written the site, or removed it."""
    files = (config.output / "html" / MANIFEST, config.state / "receipts" / "html.json")
    return [(found.st_mtime_ns, found.st_ino) for file in files if (found := _status(file))]


def _status(file: Path) -> Any:
    try:
        return file.stat()
    except OSError:
        return None


def _unexecuted(build: Build) -> Iterator[Unexecuted]:
    for each in build.found_results if build.config.build.eval_notebook else ():
        if each.is_missing and each.inputs:
            page, tab = _name(each.notebook)
            yield {"page": page, "tab": tab, "key": each.inputs.key}


def _complaints(problems: Iterable[Problem]) -> list[Complaint]:
    return [complaint(problem, "warning") for problem in dict.fromkeys(problems)]


def main() -> None:
    """Answer requests of the server."""
    builder = Builder(Path(sys.argv[1]), sys.argv[2])

    def answer(request: Any, _: Send) -> Outcome:
        return builder.build(request["changed"])

    answer_requests(answer)


if __name__ == "__main__":
    main()
