"""Let Jupyter run only the cells of one tab, by changing the fences in the files.

TAB is a tab, all, or default. A cell of other tabs gets the class inactive in
place of input; JupyterLab then shows it as text. The book builds as before, and
'd2lbook activate all FILE' gives back the bytes that were there.

With '%load_ext d2lbook.tab' in the page this is rarely needed: the cells of other
tabs are passed over then.
"""

from __future__ import annotations

import argparse
from pathlib import Path

NAME = "activate"
HELP = "let Jupyter run only the cells of one tab"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The tab and the pages."""
    parser.add_argument("tab", metavar="TAB", type=str.lower, help="a tab, all, or default")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a page, or a pattern of pages")


def run(arguments: argparse.Namespace) -> int:
    """Rewrite all of the files, or none."""
    from d2lbook.commands.console import open_book
    from d2lbook.commands.files import named_files
    from d2lbook.errors import BookError, Problem, SourceError, raise_all
    from d2lbook.files import read_text, write_file
    from d2lbook.notebooks.activate import activate
    from d2lbook.source.page import TabRules

    config, console = open_book(arguments)
    tab = _check_tab(arguments.tab, config.build.tabs)
    rules = TabRules(tabs=config.build.tabs, untagged_is_all=config.build.untagged == "all")
    texts: dict[Path, str] = {}
    errors: list[Problem] = []
    for name in named_files(arguments.directory, arguments.files):
        path = arguments.directory / name
        try:
            text = read_text(path, name, SourceError, "this page")
            texts[path], problems = activate(text, tab, rules, name)
        except BookError as error:
            errors.extend(error.problems)
        else:
            for problem in problems:
                console.note(problem)
    raise_all(SourceError, errors)
    changed = sum(write_file(path.resolve(), text) for path, text in texts.items())
    console.result(f"{changed} of {len(texts)} pages changed")
    return 0


def _check_tab(tab: str, tabs: tuple[str, ...]) -> str:
    from d2lbook.errors import UsageError

    if not tabs:
        raise UsageError.of("this book has no tabs", "name them in [build] tabs")
    if tab not in {*tabs, "all", "default"}:
        known = ", ".join([*tabs, "all", "default"])
        raise UsageError.of(f"unknown tab '{tab}'", f"known are: {known}")
    return tabs[0] if tab == "default" else tab
