"""The folders kernels work in: ``eval/TAB/`` of the output folder, laid out like the source.

Notebooks have the same files of the book beside them there as where they are published.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import get_ident

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.files import unwritable
from d2lbook.manifests import renew_manifest
from d2lbook.source.files import find_non_notebooks, resource_files

MANIFESTS = ".d2lbook-files"
"""Folder of the output folder that holds what was copied to which folder: kernels don't see it."""


def working_folder(config: Config, notebook: Notebook) -> Path:
    """The folder in which the notebook's kernel works, absolute."""
    return (config.output / "eval" / notebook.tab / notebook.page.name).parent


def prepare_workspace(config: Config, notebooks: Sequence[Notebook]) -> None:
    """Make the working folders, with the book's files where the notebooks expect them.

    Raises OutputError when that can't be done.
    """
    for tab in {notebook.tab for notebook in notebooks}:
        copy_companions(config, config.output / "eval" / tab)
    for notebook in notebooks:
        folder = working_folder(config, notebook)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error


def copy_companions(config: Config, *folders: Path) -> None:
    """Put the files that notebooks need beside them into these folders below the output folder.

    Only those that have changed are copied, and the folders share one copy. Files of earlier
    builds that are no longer needed are removed, but none that a notebook has written. Raises
    OutputError where a folder can't be written.
    """
    files = companions(config)
    # Notebooks that are no longer there are removed with those that are written.
    names = {name for name in files if not name.endswith(".ipynb")}
    first, *others = folders
    for folder in folders:
        below = folder.relative_to(config.output)
        renew_manifest(config.output / MANIFESTS / f"{below}.json", folder, names)
    try:
        for name, path in files.items():
            copy_changed(path, first / name)
            for folder in others:
                link_changed(first / name, folder / name)
    except OSError as error:
        raise unwritable(Path(error.filename or first), error) from error


def companions(config: Config) -> Mapping[str, Path]:
    """The files of the book that notebooks need beside them, by name."""
    files = {path.relative_to(config.source).as_posix(): path for path in resource_files(config)}
    return files | {name: config.source / name for name in find_non_notebooks(config)}


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
