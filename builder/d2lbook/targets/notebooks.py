"""Targets: the notebooks of every tab, as written and as executed."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.errors import OutputError, SourceError, raise_all
from d2lbook.execute.workspace import companions, copy_companions
from d2lbook.files import write_file
from d2lbook.notebooks.ipynb import notebook_json
from d2lbook.output import claim, remove_others
from d2lbook.parallel import map_in_two_steps
from d2lbook.pipeline import Build

if TYPE_CHECKING:
    from d2lbook.book import Notebook

FEW_PAGES = 20
"""So few are written before another process has started."""


def write_ipynb(build: Build) -> list[Path]:
    """The notebooks as written, without outputs.

    Raises SourceError, with all that is wrong, before anything is written.
    """
    folder = claim(build.config) / "ipynb"
    folders = [folder / tab for tab in build.tabs]
    copying: list[Future[None]] = []

    def make(name: str) -> tuple[Mapping[str, Notebook], SourceError | None]:
        try:
            return build.notebooks_on(name), None
        except SourceError as error:
            return {}, error

    def copy_beside(errors: list[SourceError | None]) -> None:
        found = [each for each in errors if each]
        raise_all(SourceError, (each for error in found for each in error.problems))
        # While others write the notebooks.
        copying.append(pool.submit(copy_companions, build.config, *folders))

    def write(made: list[Mapping[str, Notebook]], _: None) -> list[set[Path]]:
        return [_write_notebooks_of_page(folder, notebooks) for notebooks in made]

    names = list(build.book.pages)
    with ThreadPoolExecutor(1) as pool:
        written = map_in_two_steps(
            names, first=make, between=copy_beside, second=write, worth=len(names) > FEW_PAGES
        )
    copying[0].result()
    for each in folders:
        beside = {each / name for name in companions(build.config)}
        remove_others(each, beside.union(*written), "*.ipynb")
    return [folder]


def _write_notebooks_of_page(folder: Path, notebooks: Mapping[str, Notebook]) -> set[Path]:
    """Write the notebooks of one page, by tab; returns where."""
    texts = {
        folder / tab / f"{notebook.page.name}.ipynb": notebook_json(notebook)
        for tab, notebook in notebooks.items()
    }
    for path, text in texts.items():
        write_file(path, text)
    return set(texts)


def write_eval(build: Build) -> list[Path]:
    """The notebooks with the outputs of their execution.

    Raises an error with all failures (see ``raise_failures``) once those that didn't fail
    are written; OutputError with the failures, too, where these can't be written.
    """
    folder = claim(build.config) / "eval"
    texts: dict[str, dict[str, str]] = {tab: {} for tab in build.tabs}
    for each in build.executions:
        if each.status != "failed":
            outputs = None if each.status == "skipped" else each.outputs
            origin = build.origins.get(each.notebook.tab) if outputs else None
            texts[each.notebook.tab][each.notebook.page.name] = notebook_json(
                each.notebook, outputs, origin
            )
    try:
        for tab, of_tab in texts.items():
            _write_notebooks(folder / tab, of_tab)
            copy_companions(build.config, folder / tab)
    except OutputError as error:
        raise OutputError(*build.failures, *error.problems) from error
    build.raise_failures()
    return [folder]


def _write_notebooks(folder: Path, texts: Mapping[str, str]) -> None:
    """Write notebooks by page name, and remove those that an earlier build left here."""
    paths = {folder / f"{name}.ipynb": text for name, text in texts.items()}
    for path, text in paths.items():
        write_file(path, text)
    remove_others(folder, paths, "*.ipynb")
