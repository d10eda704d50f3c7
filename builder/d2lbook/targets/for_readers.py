"""The targets of ``d2lbook build`` that make notebooks for readers (see ``publish/``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import ConfigError, Problem
from d2lbook.execute.jobs import code_of
from d2lbook.execute.modules import LocalModules
from d2lbook.execute.workspace import companions, copy_companions
from d2lbook.files import write_file
from d2lbook.notebooks.ipynb import notebook_json
from d2lbook.output import claim, package_file, remove_others
from d2lbook.parallel import map_in_processes
from d2lbook.pipeline import Build

if TYPE_CHECKING:
    from d2lbook.document.citations import References
    from d2lbook.document.whole import Documents
    from d2lbook.publish.hosts import Service
    from d2lbook.publish.markdown import BookOfNotebooks

Texts = Mapping[str, str]
"""Texts by the names of their pages, or of the files they go into."""

Result = TypeVar("Result")

DECK = ".slides.html"
"""Ending of the slides' decks."""

MANY_PAGES = 20
"""From so many pages on it pays to clean notebooks on several processors."""


def downloads(build: Build) -> Mapping[str, Texts]:
    """The clean notebooks, with outputs where they were executed, by tab and page name."""
    books = clean_books(build)

    def texts_of(tab: str) -> Texts:
        return {
            name: notebook_json(notebook, build.outputs[tab].get(name))
            for name, notebook in _cleaned(build, tab, books[tab]).items()
        }

    return dict(zip(build.tabs, for_tabs(build, texts_of), strict=True))


def write_package(build: Build) -> list[Path]:
    """A zip of the clean notebooks and what they need beside them, with a folder for each tab.

    In a book with tabs each tab has a zip of its own as well.
    """
    from d2lbook.publish.archive import write_archive

    config = build.config
    claim(config)
    modules = LocalModules(config.source)
    everything: dict[str, str | Path] = {}
    for tab, texts in downloads(build).items():
        code = (text for each in build.notebooks[tab].values() for text in code_of(each))
        imported = {name: config.source / name for name in modules.digests(code)}
        files = {**companions(config), **imported, **_requirements(config, tab)}
        files |= {f"{name}.ipynb": text for name, text in texts.items()}
        everything |= {f"{tab}/{name}" if config.has_tabs else name: files[name] for name in files}
        if config.has_tabs:
            path = package_file(config, tab)
            write_archive(path, {f"{path.stem}/{name}": file for name, file in files.items()})
    write_archive(package_file(config), everything)
    of_tabs = [package_file(config, tab) for tab in build.tabs if config.has_tabs]
    return [package_file(config), *of_tabs]


def _requirements(config: Config, tab: str) -> Mapping[str, str | Path]:
    """The lock of the tab's environment, under the name that readers know."""
    path = config.root / config.environments[tab].requirements
    return {"requirements.txt": path} if path.is_file() else {}


def write_colab(build: Build) -> list[Path]:
    """The notebooks for Google Colab; ConfigError where no repository is named for them."""
    return _write_hosted(build, "colab")


def write_sagemaker(build: Build) -> list[Path]:
    """The notebooks for Amazon SageMaker; ConfigError where no repository is named for them."""
    return _write_hosted(build, "sagemaker")


def _write_hosted(build: Build, service: Service) -> list[Path]:
    from d2lbook.publish.data import notebook_text
    from d2lbook.publish.hosts import host_for, hosted_notebook, pictures_for

    tabs = hosted_tabs(build, service)
    config = build.config
    hosts = {tab: host_for(service, tab, config) for tab in tabs}
    books = clean_books(build, pictures_for(service, config))
    folder = claim(config) / service

    def write_tab(tab: str) -> None:
        outputs = build.outputs[tab]
        texts = {
            f"{name}.ipynb": notebook_text(hosted_notebook(notebook, outputs.get(name), hosts[tab]))
            for name, notebook in _cleaned(build, tab, books[tab]).items()
        }
        write_folder(config, folder / tab, texts)

    for_tabs(build, write_tab, tabs)
    return [folder]


def hosted_tabs(build: Build, service: Service) -> list[str]:
    """The tabs that have a repository for this service; ConfigError where none has."""
    from d2lbook.publish.hosts import repositories

    config = build.config
    tabs = [tab for tab in build.tabs if tab in repositories(service, config)]
    if lacking := [tab for tab in build.tabs if tab not in tabs]:
        whose, form = (f" for {', '.join(lacking)}", "tab, ") if config.has_tabs else ("", "")
        problem = Problem(
            what=f"[{service}] github_repo names no repository{whose}",
            place=config.place(service, "github_repo"),
            remedy=f"write it as {form}owner/repository",
        )
        if not tabs:
            raise ConfigError(problem)
        build.reporter.note(problem)
    return tabs


def clean_books(
    build: Build, picture: Callable[[str, str], str] | None = None
) -> Mapping[str, BookOfNotebooks]:
    """What the notebooks of each tab need to know of the book."""
    books = books_of(build, build.documents, build.references)
    if not picture:
        return books
    return {tab: replace(book, picture=picture) for tab, book in books.items()}


def books_of(
    build: Build, documents: Documents, references: References
) -> Mapping[str, BookOfNotebooks]:
    from d2lbook.publish.inlines import references_to_markdown
    from d2lbook.publish.markdown import BookOfNotebooks

    book = BookOfNotebooks(
        documents=documents,
        references=build.memory.recall(
            "references in notebooks",
            (references, build.language.quotes),
            lambda: references_to_markdown(references, build.language.quotes),
        ),
        language=build.language,
        tab="",
        names=(),
    )
    names = {
        tab: [name for name, document in documents.pages.items() if tab in document.tabs]
        for tab in build.tabs
    }
    return {tab: replace(book, tab=tab, names=frozenset(names[tab])) for tab in build.tabs}


def _cleaned(build: Build, tab: str, book: BookOfNotebooks) -> Mapping[str, Notebook]:
    from d2lbook.publish.clean import clean_notebook

    return {
        name: clean_notebook(notebook, book, build.documents.pages[name])
        for name, notebook in build.notebooks[tab].items()
    }


def for_tabs(
    build: Build, work: Callable[[str], Result], tabs: Sequence[str] | None = None
) -> list[Result]:
    """What the work gives for each tab, or each of these; in a book of many pages, at once."""
    return map_in_processes(work, tabs or build.tabs, worth=len(build.book.pages) >= MANY_PAGES)


def write_folder(config: Config, folder: Path, texts: Texts) -> None:
    """Write these texts and what notebooks need beside them; remove those of earlier builds."""
    for name, text in texts.items():
        write_file(folder / name, text)
    for pattern in ("*.ipynb", f"*{DECK}"):
        remove_others(folder, (folder / name for name in texts), pattern)
    copy_companions(config, folder)
