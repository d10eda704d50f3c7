"""The files with the works that a book cites: those that its configuration and its pages name."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from d2lbook.book import Place
from d2lbook.config import Config
from d2lbook.document.addresses import file_at, local_link
from d2lbook.errors import Problem, RenderError
from d2lbook.files import read_text


@dataclass(frozen=True, slots=True, kw_only=True)
class BibFile:
    """One BibTeX file."""

    path: str
    """From the book's folder."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """What one ``:bibliography:`` names."""

    page: str
    path: str
    """From the page's folder, or from that of all pages."""
    place: Place


def read_bibliography(
    config: Config, named: Iterable[NamedFile]
) -> tuple[list[BibFile], list[Problem]]:
    """``bibfile`` of ``config.ini``, then the files that pages name, each once.

    Returns them with a problem for every one that is not there. Raises RenderError,
    with file and line, when one can't be read.
    """
    root = config.root.resolve()
    files: dict[Path, BibFile] = {}
    problems: list[Problem] = []
    if path := config.pdf.bibliography:
        file = Path(os.path.realpath(root / path))
        if found := _read(file, path):
            files[file] = found
        else:
            problems.append(_missing(path, config.place("pdf", "bibfile")))
    for each in named:
        found_at = _find(config, root, each)
        if found_at is None:
            problems.append(_missing(each.path, each.place))
        elif found_at not in files and (
            found := _read(found_at, found_at.relative_to(root).as_posix())
        ):
            files[found_at] = found
    return list(files.values()), problems


def _missing(path: str, place: Place) -> Problem:
    what = f"the bibliography '{path}' does not exist"
    return Problem(what=what, place=place, remedy="mend the path, or add the file")


def _find(config: Config, root: Path, named: NamedFile) -> Path | None:
    """The file: from the page or else from the folder of all pages."""
    for here in (named.page, ""):
        local = local_link(here, named.path.lstrip("/"))
        file = file_at(local.path, source=config.source, root=root) if local else None
        if file:
            return file
    return None


def _read(file: Path, path: str) -> BibFile | None:
    """The file, which messages call by its path; None where there is none."""
    try:
        return BibFile(path=path, text=read_text(file, path, RenderError))
    except FileNotFoundError:
        return None
    except OSError as error:
        what = f"the bibliography can't be read: {error.strerror}"
        raise RenderError.at(path, 0, what, "name a BibTeX file that can be read") from None
