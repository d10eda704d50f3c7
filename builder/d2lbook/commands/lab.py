"""Edit the book in JupyterLab, where its pages open as notebooks.

A page is saved with nothing but the edited cells changed. Each tab whose
environment is made has a kernel. Options for JupyterLab itself follow after --:

  d2lbook lab -- --no-browser --port 9000
"""

from __future__ import annotations

import argparse

NAME = "lab"
HELP = "edit the pages as notebooks in JupyterLab"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is handed on."""
    parser.add_argument("options", nargs="*", metavar="OPTION", help="for JupyterLab")


def run(arguments: argparse.Namespace) -> int:
    """Run JupyterLab until it is stopped."""
    import os
    import tempfile
    from pathlib import Path

    from d2lbook.commands.console import open_book
    from d2lbook.errors import UsageError
    from d2lbook.jupyter.lab import prepare_lab

    try:
        from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]
    except ImportError:
        what = "JupyterLab is not installed"
        raise UsageError.of(what, "pip install 'd2lbook2[jupyter]'") from None
    config, console = open_book(arguments)
    with tempfile.TemporaryDirectory(prefix="d2lbook-") as folder:
        lab, problems = prepare_lab(config, Path(folder))
        for problem in problems:
            console.note(problem)
        os.environ.update(lab.variables)
        LabApp.launch_instance([*lab.options, *arguments.options])
    return 0
