"""Show, prune and share the results of executed notebooks.

actions:
  show    how much there is (the default)
  prune   remove what was used longest ago, until the rest takes at most --size
          (default: [execute] cache_size); with --older, whatever was not used
          for so long. What the book as it is now uses stays, but with --all.
  push    put what the book as it is now uses into the shared results, as a build
          does with what it executes

A build prunes by itself. Shared results ([execute] cache) are never pruned: let
their store do it, or delete its files; a result that is gone is executed again.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from d2lbook.commands.console import Console
    from d2lbook.config import Config
    from d2lbook.execute.results import Entry

NAME = "cache"
HELP = "show and prune the results of executed notebooks"

OWN_LIMIT = object()
"""The size that the configuration allows."""

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The action, and what narrows it down."""
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="show", metavar="ACTION")
    parser.add_argument(
        "--size",
        type=_size,
        default=OWN_LIMIT,
        help="prune: what may be left, such as 500MB (default: [execute] cache_size)",
    )
    parser.add_argument("--older", type=_age, metavar="AGE", help="prune: such as 12h, 30d or 8w")
    parser.add_argument(
        "--all",
        action="store_true",
        help="prune: everything, even what the book uses now; with --size, --older: not sparing it",
    )


def run(arguments: argparse.Namespace) -> int:
    """Do the action, and say what was done."""
    from d2lbook.commands.console import open_book
    from d2lbook.errors import UsageError

    given = {
        "--size": arguments.size is not OWN_LIMIT,
        "--older": arguments.older is not None,
        "--all": arguments.all,
    }
    for option, is_given in given.items():
        if is_given and arguments.action != "prune":
            what = f"'d2lbook cache {arguments.action}' has no option {option}"
            raise UsageError.of(what, "it belongs to: prune")
    config, console = open_book(arguments)
    for line in ACTIONS[arguments.action](config, arguments, console):
        console.result(line)
    return 0


def _show(config: Config, _arguments: argparse.Namespace, _console: Console) -> Iterator[str]:
    from d2lbook.execute.cache import cache_mode, own_results
    from d2lbook.execute.shared import shown

    store, limit = own_results(config), config.execute.cache_size
    allowed = "without limit" if limit is None else f"at most {_megabytes(limit)}"
    yield f"{_amount(store.entries())} in {store.folder}, {allowed}"
    if config.execute.cache:
        yield f"shared: {shown(config.execute.cache)} ({cache_mode(config)})"


def _prune(config: Config, arguments: argparse.Namespace, console: Console) -> Iterator[str]:
    from d2lbook.execute.cache import own_results
    from d2lbook.execute.pruning import prune

    size = arguments.size
    if size is OWN_LIMIT and arguments.all:
        size = 0 if arguments.older is None else None
    elif size is OWN_LIMIT:
        size = config.execute.cache_size if arguments.older is None else None
    store = own_results(config)
    keep = () if arguments.all else _in_use(config, console)
    removed = prune(store, size=size, older=arguments.older, keep=keep)
    yield f"removed {_amount(removed)}; there are {_amount(store.entries())} left"


def _push(config: Config, _arguments: argparse.Namespace, console: Console) -> Iterator[str]:
    from d2lbook.errors import OutputError, UsageError
    from d2lbook.execute.cache import MODE_VARIABLE, cache_mode, own_results
    from d2lbook.execute.shared import SharedResults, shown

    url = config.execute.cache
    if not url:
        raise UsageError.of(
            "there is nowhere to push to", "name it in [execute] cache of config.ini"
        )
    if (mode := cache_mode(config)) != "read-write":
        what = f"nothing is pushed: the shared results are {mode} here"
        raise UsageError.of(what, f"set {MODE_VARIABLE}=read-write to push all the same")
    store, shared = own_results(config), SharedResults(url, writable=True)
    keys = [key for key in sorted(_in_use(config, console)) if store.path(key).is_file()]
    for key in keys:
        shared.send(key, store.path(key).read_bytes())
    shared.finish()
    if shared.problem:
        raise OutputError(shared.problem)
    yield f"pushed {len(keys)} results to {shown(url)}"


def _in_use(config: Config, console: Console) -> Collection[str]:
    """The keys of the book's notebooks as they are now."""
    from d2lbook.commands.console import quiet_reporter
    from d2lbook.pipeline import Build

    return Build(config, config.tabs, quiet_reporter(console)).keys


def _amount(entries: Collection[Entry]) -> str:
    plural = "" if len(entries) == 1 else "s"
    return f"{len(entries)} result{plural} ({_megabytes(sum(each.size for each in entries))})"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def _size(text: str) -> int | None:
    from d2lbook.config.values import size

    try:
        return size(text)
    except ValueError as allowed:
        raise argparse.ArgumentTypeError(f"'{text}' is not {allowed}") from None


def _age(text: str) -> float:
    """Seconds."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw])", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not an age, such as 12h, 30d or 8w")
    return float(match[1]) * SECONDS[match[2]]


ACTIONS = {"show": _show, "prune": _prune, "push": _push}
