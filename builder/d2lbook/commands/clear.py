"""Remove the output folder, if d2lbook made it."""

from __future__ import annotations

import argparse

NAME = "clear"
HELP = "remove what was built"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def run(arguments: argparse.Namespace) -> int:
    from d2lbook.commands.console import open_book
    from d2lbook.output import clear, reserved

    config, console = open_book(arguments)
    with reserved(config, console.wait_for_build):
        removed = clear(config)
    console.result(f"removed {config.output}" if removed else f"there is no {config.output}")
    return 0
