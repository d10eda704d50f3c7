"""Show the book in a browser, following every save.

The page that is open is put right in place as soon as a file of the book is saved;
what is wrong is shown on it, with file and line. Only this machine can see it.
Outputs come from the cache; notebooks that are stale are shown without, unless
--execute has them executed beside. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import re

NAME = "serve"
HELP = "show the book in a browser, following every save"

LARGEST_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it is served, and what is executed."""
    parser.add_argument(
        "--port",
        type=_port,
        help="port to listen on (default: the first one from 8000 on that is free)",
    )
    parser.add_argument("--open", action="store_true", help="open it in your browser")
    parser.add_argument("--execute", action="store_true", help="execute notebooks that are stale")
    parser.add_argument("--tab", default="all", help="one of the book's tabs, or all (default)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    import asyncio
    import sys
    import webbrowser

    from d2lbook.commands.console import open_book
    from d2lbook.pipeline import chosen_tabs
    from d2lbook.preview.journal import Journal
    from d2lbook.preview.loopback import FIRST_PORT, listen
    from d2lbook.preview.serving import serve

    config, console = open_book(arguments)
    chosen_tabs(config, arguments.tab)  # what there is not is told before anything is begun
    sockets, port = listen(arguments.port)
    taken = (
        f" (port {FIRST_PORT} is taken)" if arguments.port is None and port != FIRST_PORT else ""
    )
    address = f"http://localhost:{port}/"

    def begun() -> None:
        console.result(f"serving {address}{taken}; Ctrl-C ends it")
        if arguments.open:
            webbrowser.open(address)

    journal = Journal(
        say=console.result, complain=lambda line: print(line, file=sys.stderr, flush=True)
    )
    asyncio.run(
        serve(
            config,
            arguments.tab,
            sockets,
            journal,
            executes=arguments.execute,
            begun=begun,
        )
    )
    return 0


def _port(word: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", word) or int(word) > LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"'{word}' is no port; they go from 0 to {LARGEST_PORT}")
    return int(word)
