"""Target: the library of the cells marked ``#@save``."""

from __future__ import annotations

from pathlib import Path

from d2lbook.errors import Problem, SourceError
from d2lbook.files import read_text, write_file
from d2lbook.library import check_library, library_text, with_version
from d2lbook.pipeline import Build


def write_library(build: Build) -> list[Path]:
    """The library of the cells marked ``#@save``, one file per tab, and its version."""
    config = build.config
    pages = [node.page.name for node in build.book.tree.walk()]
    written: list[Path] = []
    for tab in build.tabs:
        library = config.libraries.get(tab)
        if library and library.file:
            path = config.root / library.file
            top = read_text(path, library.file, SourceError) if path.is_file() else ""
            notebooks = [build.selected[tab][name] for name in pages if name in build.selected[tab]]
            text = library_text(notebooks, top, build.aliases(tab))
            check_library(text, library.file)
            write_file(path, text)
            _make_packages(config.source, path)
            written.append(path)
    if config.library.file:
        _write_version(build)
    elif not written:
        what = "no library is written: none is named"
        remedy = "name its file with lib_file in [library-TAB] of config.ini"
        build.reporter.note(Problem(what=what, remedy=remedy))
    return written


def _make_packages(source: Path, module: Path) -> None:
    """Let notebooks import this module: each folder on the way to it needs an ``__init__.py``."""
    if module.is_relative_to(source):
        for folder in module.relative_to(source).parents[:-1]:
            init = source / folder / "__init__.py"
            if not init.exists():
                write_file(init, "")


def _write_version(build: Build) -> None:
    path = build.config.root / build.config.library.file
    if not path.is_file():
        what = f"there is no {build.config.library.file} to write the version to"
        place = build.config.place("library", "version_file")
        build.tell([Problem(what=what, place=place)])
        return
    text = read_text(path, build.config.library.file, SourceError)
    write_file(path, with_version(text, build.config.project.release))
