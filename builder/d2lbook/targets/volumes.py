"""Targets: a PDF and an EPUB for each tab."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.output import claim, epub_file, pdf_file
from d2lbook.parallel import map_in_processes
from d2lbook.pipeline import Build

if TYPE_CHECKING:
    from d2lbook.book import Book
    from d2lbook.document.citations import References
    from d2lbook.document.whole import Documents

    WriteVolume = Callable[[Book, Documents, References, str, Config, Path], list[Problem]]
    """Writes one tab's book to a file; returns what is wrong in it."""


def write_pdfs(build: Build) -> list[Path]:
    """A PDF for each tab."""
    from d2lbook.pdf.typst import write_pdf

    return _write_volumes(build, write_pdf, pdf_file)


def write_epubs(build: Build) -> list[Path]:
    """An EPUB for each tab."""
    from d2lbook.epub.book import write_epub

    return _write_volumes(build, write_epub, epub_file)


def _write_volumes(
    build: Build, write: WriteVolume, file: Callable[[Config, str], Path]
) -> list[Path]:
    claim(build.config)
    parts = (build.book, build.documents, build.references)

    def write_tab(tab: str) -> list[Problem]:
        return write(*parts, tab, build.config, file(build.config, tab))

    problems = map_in_processes(write_tab, build.tabs)
    build.tell(dict.fromkeys(chain.from_iterable(problems)))
    return [file(build.config, tab) for tab in build.tabs]
