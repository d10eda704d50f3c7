"""Make, list, remove and lock the environments in which the notebooks run.

actions:
  make    make those of this book that are missing (the default)
  list    show all that there are, of every book on this machine
  prune   delete those that this book does not need, or with --all every one
  lock    make the locked requirements from the .in files beside them

They lie in the user's cache folder; D2LBOOK_CACHE names another one.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2lbook.config import Config

NAME = "env"
HELP = "make the environments of the frameworks"

MEGABYTE = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action, and what narrows it down."""
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="make", metavar="ACTION")
    parser.add_argument("--tab", default="all", help="make, lock: only for this tab")
    parser.add_argument("--all", action="store_true", help="prune: delete every environment")
    parser.add_argument(
        "--upgrade", action="store_true", help="lock: take the newest versions that fit"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do the action, and say what was done."""
    _check(arguments)
    for line in ACTIONS[arguments.action](arguments):
        if arguments.verbosity >= 0:
            print(line, flush=True)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse options which the action would pass over."""
    from d2lbook.errors import UsageError

    given = {
        "--tab": arguments.tab != "all",
        "--all": arguments.all,
        "--upgrade": arguments.upgrade,
    }
    for option, actions in OPTIONS.items():
        if given[option] and arguments.action not in actions:
            what = f"'d2lbook env {arguments.action}' has no option {option}"
            raise UsageError.of(what, f"it belongs to: {', '.join(actions)}")


def _make(arguments: argparse.Namespace) -> Iterator[str]:
    from d2lbook.commands.progress import environment_progress
    from d2lbook.execute.environments import make_environments

    config, tabs = _book(arguments)
    with environment_progress(arguments.verbosity) as on_progress:
        environments = make_environments(config, tabs, on_progress)
    for tab, environment in environments.items():
        yield f"{tab}: {environment.python}"


def _list(_: argparse.Namespace) -> Iterator[str]:
    from d2lbook.execute.environment_store import environments_folder, list_environments

    total = 0.0
    for stored in list_environments():
        size = stored.size() / MEGABYTE
        total += size
        used = f"used {stored.last_used():%Y-%m-%d %H:%M}"
        yield f"{stored.tab:<12} {stored.digest}  {size:>6,.0f} MB  {used}"
    yield f"{total:,.0f} MB in {environments_folder()}"


def _prune(arguments: argparse.Namespace) -> Iterator[str]:
    from d2lbook.execute.environments import prune_environments

    config = None if arguments.all else _book(arguments)[0]
    removed = prune_environments(config)
    for stored in removed:
        yield f"removed {stored.folder}"
    if not removed:
        yield "there was nothing to remove"


def _lock(arguments: argparse.Namespace) -> Iterator[str]:
    from d2lbook.errors import EnvironmentFault, Problem, raise_all
    from d2lbook.execute.locks import make_lock

    config, tabs = _book(arguments)
    problems: list[Problem] = []
    for tab in tabs:
        try:
            lock = make_lock(config, tab, upgrade=arguments.upgrade)
        except EnvironmentFault as fault:
            problems.extend(fault.problems)
        else:
            yield f"{tab}: {lock or f'[env {tab}] names no requirements'}"
    raise_all(EnvironmentFault, problems)


def _book(arguments: argparse.Namespace) -> tuple[Config, tuple[str, ...]]:
    """The configuration, and the tabs that are meant."""
    from d2lbook.commands.console import open_book
    from d2lbook.pipeline import chosen_tabs

    config, _ = open_book(arguments)
    return config, chosen_tabs(config, arguments.tab)


OPTIONS = {"--tab": ("make", "lock"), "--all": ("prune",), "--upgrade": ("lock",)}
"""The actions that heed an option."""

ACTIONS = {"make": _make, "list": _list, "prune": _prune, "lock": _lock}
