"""Build parts of a book.

targets:
  ipynb   the notebooks of every tab, without outputs      OUTPUT/ipynb/TAB/
  eval    the same, executed, outputs kept                 OUTPUT/eval/TAB/
  html    the site: every page with all its tabs           OUTPUT/html/
  pdf     a PDF for each tab                               OUTPUT/pdf/
  lib     the library of the cells marked #@save           [library-TAB] lib_file
  all     eval, ipynb, pdf and html

notebooks for readers, with outputs, without anything of d2lbook's in them:
  pkg        a zip of all of them                          OUTPUT/NAME.zip
  colab      for Google Colab                              OUTPUT/colab/TAB/
  sagemaker  for Amazon SageMaker                          OUTPUT/sagemaker/TAB/
  slides     the slides of the pages that mark some        OUTPUT/slides/TAB/

targets that only check:
  outputcheck   no page holds outputs
  tabcheck      nothing stands twice for one tab; what lacks for another
  linkcheck     every link leads somewhere, within the book and out of it

Only notebooks whose code, library or environment has changed are executed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2lbook.config import Config

NAME = "build"
HELP = "build notebooks, pages, PDFs, the library"

ALL = ("eval", "ipynb", "pdf", "html")
FOR_READERS = ("pkg", "colab", "sagemaker", "slides")
CHECKS = ("outputcheck", "tabcheck", "linkcheck")
NAMES = ("ipynb", "eval", "html", "pdf", "lib", *FOR_READERS, "all", *CHECKS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The targets, and for which tabs."""
    parser.add_argument("targets", nargs="+", choices=NAMES, metavar="TARGET")
    parser.add_argument("--tab", default="all", help="one of the book's tabs, or all (default)")


def run(arguments: argparse.Namespace) -> int:
    """Build the targets; 1 where warnings count as errors and there are any."""
    from d2lbook.commands.console import Console
    from d2lbook.commands.progress import environment_progress
    from d2lbook.config import read_config
    from d2lbook.execute.jobs import Observer
    from d2lbook.execute.progress import observer_for
    from d2lbook.pipeline import Build, Reporter
    from d2lbook.targets import TARGETS

    config, notes = read_config(arguments.directory)
    console = Console(arguments.verbosity, strict=config.build.warning_is_error)
    for note in notes:
        console.note(note)
    tabs = chosen_tabs(config, arguments.tab)
    with environment_progress(arguments.verbosity) as on_environment:
        observer = Observer() if arguments.verbosity < 0 else observer_for(sys.stderr)
        build = Build(
            config,
            tabs,
            Reporter(
                warn=console.warn,
                note=console.note,
                caution=console.caution,
                on_environment=on_environment,
                observer=observer,
            ),
        )
        for name in dict.fromkeys(_targets(arguments.targets)):
            start = time.monotonic()
            for path in TARGETS[name](build):
                console.result(f"{name}: {_shown(path)}")
            console.detail(f"{name}: {time.monotonic() - start:.2f} s")
    return console.exit_code


def _targets(names: list[str]) -> Iterator[str]:
    for name in names:
        yield from ALL if name == "all" else (name,)


def chosen_tabs(config: Config, tab: str) -> tuple[str, ...]:
    """The tabs that ``--tab`` names. Raises UsageError when there is no such tab."""
    from d2lbook.errors import UsageError

    if tab == "all":
        return config.tabs
    if tab.lower() not in config.tabs:
        known = ", ".join(config.tabs)
        raise UsageError.of(f"unknown tab '{tab}'", f"known are: {known}, all")
    return (tab.lower(),)


def _shown(path: Path) -> str:
    """The path as short as it can be said from here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
