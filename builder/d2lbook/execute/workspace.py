"""The folders kernels work in: ``eval/TAB/`` of the output folder, laid out like the source."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import get_ident

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import OutputError
from d2lbook.source.files import resource_files


def working_folder(config: Config, notebook: Notebook) -> Path:
    """The folder in which the notebook's kernel works, absolute."""
    return (config.output / "eval" / notebook.tab / notebook.page.name).parent


def prepare_workspace(config: Config, notebooks: Sequence[Notebook]) -> None:
    """Make the working folders, with the book's resources where the notebooks expect them.

    Only resources that have changed are copied. Raises OutputError when that
    can't be done.
    """
    try:
        for notebook in notebooks:
            working_folder(config, notebook).mkdir(parents=True, exist_ok=True)
        files = list(resource_files(config))
        for tab in {notebook.tab for notebook in notebooks}:
            for file in files:
                copy_changed(file, config.output / "eval" / tab / file.relative_to(config.source))
    except OSError as error:
        what = f"can't prepare {error.filename or config.output}: {error.strerror}"
        raise OutputError.of(what, "check the rights and the space on that disk") from error


def copy_changed(source: Path, target: Path) -> None:
    """Copy a file with its time, in one step, unless the target is the same already."""
    _put(shutil.copy2, source, target)


def link_changed(source: Path, target: Path) -> None:
    """The same, but the two are one file then, where the disk can do that."""
    if target.is_file() and target.samefile(source):
        return
    try:
        _put(os.link, source, target)
    except OSError:
        copy_changed(source, target)


def _put(put: Callable[[Path, Path], object], source: Path, target: Path) -> None:
    if target.is_file():
        # Anybody can give a file the time it had before, but not hide from the system that it was
        # written to since it was copied.
        is_older = source.stat().st_ctime_ns < target.stat().st_ctime_ns
        filecmp.clear_cache()
        if filecmp.cmp(source, target, shallow=is_older):
            return
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}-{get_ident()}")
    try:
        put(source, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
