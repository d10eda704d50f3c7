"""Target: the site, with all that readers download from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.book import Book
from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.files import write_file
from d2lbook.notebooks.ipynb import notebook_json
from d2lbook.output import claim, epub_file, package_file, pdf_file
from d2lbook.pipeline import Build
from d2lbook.source.files import find_non_notebooks
from d2lbook.targets.for_readers import Texts, books_of

if TYPE_CHECKING:
    from d2lbook.document.citations import References
    from d2lbook.document.model import Document
    from d2lbook.document.whole import Documents
    from d2lbook.html.site import Connected, Written
    from d2lbook.publish.markdown import BookOfNotebooks


def write_html(build: Build) -> list[Path]:
    """The site: pages with all tabs, notebooks to download, the PDFs and zips that are there."""
    write_pages(build)
    return [claim(build.config) / "html" / "index.html"]


def write_pages(build: Build, before: Written | None = None) -> Written:
    """The same, given what it wrote last, if only pages have changed since; see ``write_site``."""
    from d2lbook.html.site import write_site
    from d2lbook.publish.hosts import colab_address

    folder = claim(build.config) / "html"
    _ = build.outputs  # executed here, not in a copy of this process
    written = write_site(
        SitePages(build),
        build.config,
        folder,
        pdfs=those_there(build, pdf_file),
        epubs=those_there(build, epub_file),
        packages=those_there(build, package_file),
        colab=partial(colab_address, config=build.config),
        before=before,
    )
    build.tell(written.problems)
    _copy_non_notebooks(build.config, folder)
    return written


def those_there(build: Build, file: Callable[[Config, str], Path]) -> Mapping[str, Path]:
    """The files of these tabs that an earlier target has written, by tab."""
    return {tab: path for tab in build.tabs if (path := file(build.config, tab)).is_file()}


class SitePages:
    """The pages of a build, as the site asks for them, with clean notebooks to download."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._books: Mapping[str, BookOfNotebooks] = {}

    @property
    def book(self) -> Book:
        return self._build.book

    def made_from(self, name: str) -> object:
        return self._build.book.pages[name], self._build.outputs_on(name)

    def document(self, name: str) -> tuple[Document, Sequence[Problem]]:
        return self._build.document(name)

    def connect(self, pages: Mapping[str, Document]) -> tuple[Documents, References]:
        return self._build.connect(pages)

    def notebooks(self, document: Document, connected: Connected) -> Texts:
        from d2lbook.publish.clean import clean_notebook

        name, build = document.page.name, self._build
        if not any(document.page.code_cells()):
            return {}
        if not self._books:
            self._books = books_of(build, connected.documents, connected.references)
        return {
            tab: notebook_json(
                clean_notebook(notebook, self._books[tab], document), build.outputs[tab].get(name)
            )
            for tab, notebook in build.notebooks_on(name).items()
        }


def _copy_non_notebooks(config: Config, folder: Path) -> None:
    """Write the files of ``[build] non-notebooks`` below this folder, as they are."""
    for name in find_non_notebooks(config):
        write_file(folder / name, (config.source / name).read_bytes())
