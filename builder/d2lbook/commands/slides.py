"""Make the slides of some pages, to look at while writing them.

As 'd2lbook build slides' does for all pages, but nothing is executed and no outputs
are shown. A page's slides are what it marks with [**…**] and its code.
"""

from __future__ import annotations

import argparse
import dataclasses
import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2lbook.config import Config
    from d2lbook.pipeline import Build

NAME = "slides"
HELP = "make the slides of some pages, without outputs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The pages, and for which tabs."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a page, or a pattern of pages")
    parser.add_argument("--tab", default="all", help="one of the book's tabs, or all (default)")


def run(arguments: argparse.Namespace) -> int:
    """Write them, and say where they are; 1 where warnings count as errors and there are any."""
    from d2lbook.commands.console import open_book, quiet_reporter, shown_path
    from d2lbook.commands.files import named_files
    from d2lbook.errors import Problem
    from d2lbook.output import reserved
    from d2lbook.pipeline import Build, chosen_tabs
    from d2lbook.targets.slides import write_slides_of

    config, console = open_book(arguments, strict=True)
    config = dataclasses.replace(
        config, build=dataclasses.replace(config.build, eval_notebook=False)
    )
    tabs = chosen_tabs(config, arguments.tab)
    build = Build(config, tabs, quiet_reporter(console))
    files = list(named_files(arguments.directory, arguments.files))
    with reserved(config, console.wait_for_build):
        decks = write_slides_of(build, list(_pages(build, config, files)))
    if not decks:
        what = "these pages mark nothing for slides, so there are none"
        console.note(Problem(what=what, remedy="put [**…**] around what goes on a slide"))
    for deck in decks:
        console.result(f"slides: {shown_path(deck)}")
    return console.exit_code


def _pages(build: Build, config: Config, files: list[str]) -> Iterator[str]:
    """The names of the pages that these files, named from the book's folder, are."""
    from d2lbook.errors import UsageError

    for file in files:
        name = posixpath.relpath(file, config.build.source).removesuffix(".md")
        if name not in build.book.pages:
            raise UsageError.of(f"{file} is no page of the book", "see [build] notebooks")
        yield name
