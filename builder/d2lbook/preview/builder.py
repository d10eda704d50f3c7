"""The child process that builds the site: what is still good of the last build, it keeps."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from d2lbook.config import Config, read_config
from d2lbook.errors import BookError, Problem, SourceError
from d2lbook.execute.jobs import Observer
from d2lbook.execute.selection import Selection
from d2lbook.html.folder import MANIFEST
from d2lbook.html.site import Written
from d2lbook.memory import Memory
from d2lbook.pipeline import Build, Reporter, chosen_tabs
from d2lbook.preview.outcome import Complaint, Outcome, Unexecuted, complaint, no_site
from d2lbook.preview.worker import Send, answer_requests
from d2lbook.targets import write_pages

NOTHING = Selection(keys=frozenset())
"""No notebook is executed here; outputs come from the cache."""


class Builder:
    """Builds the site of one book; ``tab`` is as on the command line."""

    def __init__(self, root: Path, tab: str) -> None:
        self.root = root
        self.tab = tab
        self.config: Config | None = None
        self.memory = Memory()
        self.written: Written | None = None
        """What was written last; None: everything has to be written."""
        self.signs: object = None

    def build(self, *, only_pages: bool) -> Outcome:
        """Build the site; ``only_pages`` if only pages and outputs have changed since last time."""
        start = time.monotonic()
        warnings: list[Problem] = []
        try:
            self._read_config()
            assert self.config
            if not only_pages or self.signs != _signs(self.config):
                self.written = None
            build = self._build(self.config, warnings)
            self.written = write_pages(build, self.written)
            self.signs = _signs(self.config)
        except SourceError as error:
            # Pages are read before any is written.
            return no_site(*map(complaint, error.problems))
        except BookError as error:
            self.written = None
            return no_site(*map(complaint, error.problems))
        return {
            "site": str(self.config.output / "html"),
            "pages": len(self.written.pages),
            "anew": list(self.written.anew),
            "seconds": time.monotonic() - start,
            "errors": [],
            "warnings": _complaints(warnings),
            "unexecuted": list(_unexecuted(build)),
        }

    def _read_config(self) -> None:
        config, _ = read_config(self.root)
        if config != self.config:
            self.config, self.memory, self.written = config, Memory(), None

    def _build(self, config: Config, warnings: list[Problem]) -> Build:
        reporter = Reporter(
            warn=warnings.append,
            note=lambda _: None,
            caution=warnings.append,
            on_environment=lambda _: None,
            observer=Observer(),
        )
        return Build(config, chosen_tabs(config, self.tab), reporter, NOTHING, self.memory)


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
            notebook = each.notebook
            yield {"page": notebook.page.name, "tab": notebook.tab, "key": each.inputs.key}


def _complaints(problems: Iterable[Problem]) -> list[Complaint]:
    return [complaint(problem, "warning") for problem in dict.fromkeys(problems)]


def main() -> None:
    """Answer requests of the server."""
    builder = Builder(Path(sys.argv[1]), sys.argv[2])

    def answer(request: Any, _: Send) -> Outcome:
        return builder.build(only_pages=request["only_pages"])

    answer_requests(answer)


if __name__ == "__main__":
    main()
