"""Remove the output folder, if d2lbook made it."""

from __future__ import annotations

import argparse

NAME = "clear"
HELP = "remove what was built"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(arguments: argparse.Namespace) -> int:
    from d2lbook.config import read_config
    from d2lbook.output import clear

    config, _ = read_config(arguments.directory)
    removed = clear(config)
    if arguments.verbosity >= 0:
        print(f"removed {config.output}" if removed else f"there is no {config.output}")
    return 0
