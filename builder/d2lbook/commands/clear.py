"""Remove the output folder, if d2lbook made it."""

from __future__ import annotations

import argparse

NAME = "clear"
HELP = "remove what was built"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(arguments: argparse.Namespace) -> int:
    from d2lbook.commands.console import Console
    from d2lbook.config import read_config
    from d2lbook.output import clear, reserved

    config, _ = read_config(arguments.directory)
    console = Console(arguments.verbosity, arguments.directory)
    with reserved(config, console.wait_for_build):
        removed = clear(config)
    if arguments.verbosity >= 0:
        print(f"removed {config.output}" if removed else f"there is no {config.output}")
    return 0
