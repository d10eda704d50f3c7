"""The command ``d2lbook``: reads the command line, runs one command, exits with its code."""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import io
import os
import sys
import sysconfig
from pathlib import Path

from d2lbook import __version__
from d2lbook.commands.console import show
from d2lbook.errors import BookError, OutputError, Problem, UsageError
from d2lbook.files import is_of_the_disk
from d2lbook.stopping import interrupted_by_all

COMMANDS = (
    "build", "serve", "status", "report", "cache", "activate", "slides", "clear", "env", "lab",
)  # fmt: skip
"""Modules of ``d2lbook.commands``, each with NAME, HELP, add_arguments(parser), run(arguments)."""

FORMER = {
    "deploy": "upload OUTPUT/html/, which is the whole site, with the tools of its host",
    "translate": "translating is left to other tools",
}
"""Commands of d2lbook that have no successor, and what to do."""

INTERRUPTED = 130


def main(words: list[str] | None = None) -> int:
    """Run ``d2lbook`` with these words of a command line; the exit code (see ``errors``)."""
    _spare_the_collector()
    _say_what_can_be_said()
    arguments = command_line().parse_args(words)
    try:
        refuse_predecessor(Path(sysconfig.get_path("purelib")))
        with interrupted_by_all():
            exit_code = int(arguments.run(arguments))
        sys.stdout.flush()  # while what goes wrong with it can be told
        return exit_code
    except BookError as error:
        for problem in error.problems:
            show(problem, "error", arguments.directory)
        return error.exit_code
    except PermissionError as error:
        what = f"{error.filename} can't be read or written: {error.strerror}"
        print(Problem(what=what, remedy="check the rights").line(), file=sys.stderr)
        return OutputError.exit_code
    except KeyboardInterrupt:
        print("interrupted; the next build goes on from here", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        _say_no_more()
        return 1
    except OSError as error:
        if not is_of_the_disk(error):
            raise
        _say_no_more()
        what = f"can't write {error.filename or 'what there is to say'}: {error.strerror}"
        print(Problem(what=what, remedy="check the space on that disk").line(), file=sys.stderr)
        return OutputError.exit_code


def _spare_the_collector() -> None:
    """Let Python look for garbage less often, and not once more when it ends."""
    gc.set_threshold(20_000)  # objects: nearly all that is made here is kept
    atexit.register(gc.freeze)


def _say_what_can_be_said() -> None:
    """Write characters that standard output can't hold as ``\\u4e2d``, as standard error does."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _say_no_more() -> None:
    """Let Python not try again, when it ends, to write what can't be written."""
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115


def refuse_predecessor(packages: Path) -> None:
    """Raise UsageError where the first d2lbook is installed in this folder of packages too.

    Both put their modules into ``d2lbook/``: what runs then is a mixture.
    """
    if any(packages.glob("d2lbook-*.dist-info")):
        raise UsageError.of(
            "the old tool d2lbook is installed in this environment beside d2lbook2",
            "run 'pip uninstall d2lbook d2lbook2', then install d2lbook2 again",
        )


def command_line() -> argparse.ArgumentParser:
    """The parser of all commands and their options."""
    parser = argparse.ArgumentParser(
        prog="d2lbook",
        description="Build a multi-framework textbook: Markdown in; notebooks, pages, PDFs out.",
        epilog="'d2lbook COMMAND --help' explains a command.",
    )
    parser.add_argument("--version", action="version", version=f"d2lbook {__version__}")
    _add_common(parser, directory=Path(), verbosity=0)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in FORMER:
        former = commands.add_parser(name, add_help=False)
        former.add_argument("words", nargs=argparse.REMAINDER)
        former.set_defaults(run=_refuse, name=name)
    for name in COMMANDS:
        module = importlib.import_module(f"d2lbook.commands.{name}")
        command = commands.add_parser(
            module.NAME,
            help=module.HELP,
            description=module.__doc__,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _add_common(command, directory=argparse.SUPPRESS, verbosity=argparse.SUPPRESS)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return parser


def _refuse(arguments: argparse.Namespace) -> int:
    raise UsageError.of(f"there is no 'd2lbook {arguments.name}'", FORMER[arguments.name])


def _add_common(parser: argparse.ArgumentParser, *, directory: object, verbosity: object) -> None:
    """Options that may stand before or after the command."""
    parser.add_argument(
        "-C",
        dest="directory",
        metavar="DIR",
        type=Path,
        default=directory,
        help="folder of the book (default: the current one)",
    )
    how_much = parser.add_mutually_exclusive_group()
    how_much.add_argument(
        "-v",
        dest="verbosity",
        action="store_const",
        const=1,
        default=verbosity,
        help="say more of what is done",
    )
    how_much.add_argument(
        "-q",
        dest="verbosity",
        action="store_const",
        const=-1,
        default=verbosity,
        help="say nothing but errors and warnings",
    )


if __name__ == "__main__":
    sys.exit(main())
