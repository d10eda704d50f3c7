"""Targets that are made once: nothing is done again while nothing has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.output import epub_file, package_file, pdf_file
from d2lbook.pipeline import Build
from d2lbook.receipts import Made, Receipts
from d2lbook.targets.for_readers import hosted_tabs
from d2lbook.targets.pages import those_there

if TYPE_CHECKING:
    from d2lbook.publish.hosts import Service

Target = Callable[[Build], list[Path]]
"""Writes what a build makes; returns where a person looks for it."""


def once(name: str, make: Target, made_from: Callable[[Build], str]) -> Target:
    """The target, but nothing is done where its receipt says that nothing has changed.

    ``made_from`` is what it is made from besides the files of the book.
    """

    def make_if_needed(build: Build) -> list[Path]:
        receipts = build.receipts or Receipts(build.config)
        build.told_by_target.clear()
        what = f"{build.tabs} {made_from(build)}"
        if found := receipts.find(name, what):
            build.tell(found.problems)
            return list(found.results)
        results = make(build)
        problems = [*build.told, *build.told_by_target]
        receipts.keep(name, what, Made(results=results, problems=problems))
        return results

    return make_if_needed


def nothing_else(_build: Build) -> str:
    return ""


def outputs(build: Build) -> str:
    """What the cells of all notebooks have put out."""
    found = {
        tab: {page: sorted(outputs.items()) for page, outputs in of_tab.items()}
        for tab, of_tab in build.outputs.items()
    }
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def outputs_for(service: Service, build: Build) -> str:
    """The same, if there is a repository at all: else nothing is executed in vain."""
    hosted_tabs(build, service)
    return outputs(build)


def outputs_and_fonts(build: Build) -> str:
    from d2lbook.pdf import fonts

    return f"{outputs(build)} {sorted(fonts.installed())}"


def outputs_and_downloads(build: Build) -> str:
    files = [
        path
        for file in (pdf_file, epub_file, package_file)
        for path in those_there(build, file).values()
    ]
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    return f"{outputs(build)} {digests}"
