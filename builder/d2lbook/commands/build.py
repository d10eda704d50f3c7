"""Build parts of a book.

targets:
  ipynb   the notebooks of every tab, without outputs      OUTPUT/ipynb/TAB/
  eval    the same, executed, outputs kept                 OUTPUT/eval/TAB/
  html    the site: every page with all its tabs           OUTPUT/html/
  pdf     a PDF for each tab                               OUTPUT/pdf/
  epub    an EPUB for each tab                             OUTPUT/epub/
  lib     the library of the cells marked #@save           [library-TAB] lib_file
  all     eval, ipynb, pdf, epub, pkg and html

notebooks for readers, with outputs, without anything of d2lbook's in them:
  pkg        zips of all of them, and of each tab's        OUTPUT/NAME.zip
  colab      for Google Colab                              OUTPUT/colab/TAB/
  sagemaker  for Amazon SageMaker                          OUTPUT/sagemaker/TAB/
  slides     the slides of the pages that mark some        OUTPUT/slides/TAB/

targets that only check:
  outputcheck   no page holds outputs
  tabcheck      nothing stands twice for one tab; what a tab lacks that others have
  linkcheck     every link leads somewhere, within the book and out of it

Only notebooks whose code, library, data or environment has changed are executed
(d2lbook status tells which). --force executes them whatever the cache has; --only, --since
and --shard narrow down which may be executed. The others keep the outputs that the cache
has for them as they are now, and are shown without outputs where it has none.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2lbook.commands.console import Console
    from d2lbook.config import Config
    from d2lbook.errors import Problem
    from d2lbook.execute.executors import Executor
    from d2lbook.execute.selection import Selection
    from d2lbook.execute.sharding import Shard
    from d2lbook.pipeline import Build

NAME = "build"
HELP = "build notebooks, pages, PDFs, EPUBs, the library"

ALL = ("eval", "ipynb", "pdf", "epub", "pkg", "html")
FOR_READERS = ("pkg", "colab", "sagemaker", "slides")
CHECKS = ("outputcheck", "tabcheck", "linkcheck")
EXECUTING = ("eval", "pdf", "epub", "html", *FOR_READERS)
NAMES = ("ipynb", "eval", "html", "pdf", "epub", "lib", *FOR_READERS, "all", *CHECKS)
FORMER = {"rst": "pages are made without it", "merge": "a page has all its tabs at once"}
"""Targets of d2lbook that scripts of books ask for, and why there is nothing to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The targets, and for which tabs."""
    parser.add_argument("targets", nargs="+", choices=(*NAMES, *FORMER), metavar="TARGET")
    parser.add_argument("--tab", default="all", help="one of the book's tabs, or all (default)")
    parser.add_argument("--force", action="store_true", help="execute even what has not changed")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="PAGES",
        help="execute only these pages: a name as d2lbook status shows it, a folder or a "
        "pattern in quotes ('chapter_x/*'); may be given again",
    )
    parser.add_argument(
        "--since",
        metavar="REVISION",
        help="execute only what has been changed since this revision of git, or within a range "
        "(main...HEAD), be it the page, the library, data or the environment",
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="execute only this machine's part, the I-th of N (1/3); the parts take equally "
        "long by the records in .d2lbook, which have to be the same on all machines, or none",
    )
    parser.add_argument(
        "--jobs",
        "-j",
        type=_at_least_one,
        metavar="N",
        help="execute so many notebooks at once ([execute] jobs), memory permitting",
    )
    parser.add_argument(
        "--fail-fast",
        action="store_true",
        help="start no notebook any more once one has failed ([execute] fail_fast)",
    )
    parser.add_argument(
        "--junit",
        type=Path,
        metavar="FILE",
        help="write what came of each notebook into this file, in the XML of JUnit",
    )
    parser.add_argument(
        "--executor",
        choices=("local", "ray"),
        default="local",
        help="where notebooks are executed: here (default), or on the machines of a Ray cluster",
    )
    parser.add_argument(
        "--address",
        metavar="HOST:PORT",
        help="of the Ray cluster; default: RAY_ADDRESS, or one that is started on this machine",
    )


def run(arguments: argparse.Namespace) -> int:
    """Build the targets; 1 where warnings count as errors and there are any."""
    from d2lbook.commands.console import open_book, shown_path
    from d2lbook.commands.progress import environment_progress
    from d2lbook.errors import Problem
    from d2lbook.execute.jobs import Observer
    from d2lbook.execute.progress import observer_for
    from d2lbook.output import reserved
    from d2lbook.pipeline import Build, Reporter, chosen_tabs
    from d2lbook.receipts import Receipts
    from d2lbook.targets.table import TARGETS

    targets = tuple(each for each in dict.fromkeys(_targets(arguments.targets)) if each in NAMES)
    config, console = open_book(arguments, strict=True)
    config = _configured(config, arguments)
    for name in arguments.targets:
        if name in FORMER:
            what = f"nothing is built for '{name}'"
            console.note(Problem(what=what, remedy=FORMER[name]))
    tabs = chosen_tabs(config, arguments.tab)
    selection = _selection(arguments, targets, config)
    with (
        reserved(config, console.wait_for_build) if set(targets) - set(CHECKS) else nullcontext(),
        environment_progress(arguments.verbosity) as on_environment,
        _executor(config, arguments) as executor,
    ):
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
            selection,
            executor=executor,
            receipts=Receipts(config, but_for=arguments.junit and arguments.junit.resolve()),
        )
        with _junit(arguments.junit, build, console):
            _ = build.choose  # what there is not is told before anything is made
            for name in targets:
                start = time.monotonic()
                for path in TARGETS[name](build):
                    console.result(f"{name}: {shown_path(path)}")
                console.detail(f"{name}: {time.monotonic() - start:.2f} s")
    return console.exit_code


def _shard(text: str) -> Shard:
    from d2lbook.execute.sharding import Shard

    try:
        return Shard.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _at_least_one(text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,8}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1")
    return int(text)


def _configured(config: Config, arguments: argparse.Namespace) -> Config:
    """The configuration with what options override in it."""
    execute = config.execute
    jobs = arguments.jobs or execute.jobs
    fail_fast = arguments.fail_fast or execute.fail_fast
    return replace(config, execute=replace(execute, jobs=jobs, fail_fast=fail_fast))


@contextmanager
def _executor(config: Config, arguments: argparse.Namespace) -> Iterator[Executor | None]:
    """Where notebooks are executed; None: here, as long as the build needs it."""
    if arguments.executor == "local":
        if arguments.address:
            from d2lbook.errors import UsageError

            raise UsageError.of("--address is that of a cluster", "it goes with --executor ray")
        yield None
        return
    from d2lbook.execute.cluster import RayExecutor

    with closing(RayExecutor(config, arguments.address)) as executor:
        yield executor


@contextmanager
def _junit(file: Path | None, build: Build, console: Console) -> Iterator[None]:
    """Write in the end what came of all notebooks, also where that is an error."""
    if not file:
        yield
        return
    from d2lbook.commands.junit import junit_xml
    from d2lbook.errors import BookError, OutputError
    from d2lbook.files import write_file

    def write(*problems: Problem) -> None:
        write_file(file, junit_xml(build.executed, [*console.errors, *problems]))

    write()  # what can't be written is told now, not in place of what went wrong
    try:
        yield
    except BookError as error:
        of_notebooks = build.failures if build.executed else ()
        try:
            write(*(each for each in error.problems if each not in of_notebooks))
        except OutputError as unwritten:
            raise type(error)(*error.problems, *unwritten.problems) from error
        raise
    write()


def _targets(names: list[str]) -> Iterator[str]:
    for name in names:
        yield from ALL if name == "all" else (name,)


def _selection(
    arguments: argparse.Namespace, targets: tuple[str, ...], config: Config
) -> Selection | None:
    """What the options ask for. Raises UsageError where nothing would heed them."""
    given = {
        "--force": arguments.force,
        "--only": arguments.only,
        "--since": arguments.since,
        "--shard": arguments.shard,
    }
    options = ", ".join(name for name, value in given.items() if value not in (False, [], None))
    if not options:
        return None
    from d2lbook.errors import UsageError
    from d2lbook.execute.selection import Selection

    if not set(targets) & set(EXECUTING):
        what = f"{options}: nothing is executed for {', '.join(targets)}"
        raise UsageError.of(what, f"it belongs to: {', '.join(EXECUTING)}, all")
    if not config.build.eval_notebook:
        what = f"{options}: this book is not executed"
        raise UsageError.of(what, "see eval_notebook in [build] of config.ini")
    return Selection(
        only=tuple(arguments.only),
        since=arguments.since,
        shard=arguments.shard,
        force=arguments.force,
    )
