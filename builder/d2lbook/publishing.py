"""The targets of ``d2lbook build`` that make notebooks for readers (see ``publish/``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from d2lbook.book import Book, Notebook
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
    from d2lbook.document.model import Document
    from d2lbook.document.whole import Documents
    from d2lbook.html.site import Connected
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
    books = _books(build)

    def texts_of(tab: str) -> Texts:
        return {
            name: notebook_json(notebook, build.outputs[tab].get(name))
            for name, notebook in _cleaned(build, tab, books[tab]).items()
        }

    return dict(zip(build.tabs, _for_tabs(build, texts_of), strict=True))


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
            self._books = _books_of(build, connected.documents, connected.references)
        return {
            tab: notebook_json(
                clean_notebook(notebook, self._books[tab], document), build.outputs[tab].get(name)
            )
            for tab, notebook in build.notebooks_on(name).items()
        }


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
    books = _books(build, pictures_for(service, config))
    folder = claim(config) / service

    def write_tab(tab: str) -> None:
        outputs = build.outputs[tab]
        texts = {
            f"{name}.ipynb": notebook_text(hosted_notebook(notebook, outputs.get(name), hosts[tab]))
            for name, notebook in _cleaned(build, tab, books[tab]).items()
        }
        _write_folder(config, folder / tab, texts)

    _for_tabs(build, write_tab, tabs)
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


def write_slides(build: Build) -> list[Path]:
    """The slides of the pages that mark some, as notebooks and as decks for a browser."""
    from d2lbook.publish.decks import STATIC, shared_files

    folder = claim(build.config) / "slides"
    books = _books(build)

    def write_tab(tab: str) -> bool:
        names = build.notebooks[tab]
        texts = dict(_slides(build, tab, names, books[tab], folder / tab))
        _write_folder(build.config, folder / tab, texts)
        return bool(texts)

    if not any(_for_tabs(build, write_tab)):
        what = "no page marks anything for slides, so there are none"
        build.reporter.note(Problem(what=what, remedy="put [**…**] around what goes on a slide"))
    for name, content in shared_files().items():
        write_file(folder / STATIC / name, content)
    return [folder]


def write_slides_of(build: Build, names: Sequence[str]) -> list[Path]:
    """The slides of these pages; those of others stay as they are. Returns the decks."""
    from d2lbook.publish.decks import STATIC, shared_files

    folder = claim(build.config) / "slides"
    books = _books(build)
    decks: list[Path] = []
    for tab in build.tabs:
        own = [name for name in names if name in build.notebooks[tab]]
        for name, text in _slides(build, tab, own, books[tab], folder / tab):
            write_file(folder / tab / name, text)
            decks += [folder / tab / name] if name.endswith(DECK) else []
        copy_companions(build.config, folder / tab)
    for name, content in shared_files().items():
        write_file(folder / STATIC / name, content)
    return decks


def _slides(
    build: Build, tab: str, names: Iterable[str], book: BookOfNotebooks, folder: Path
) -> Iterator[tuple[str, str]]:
    """The files of the slides of one tab's pages, by name, and what they hold.

    ``folder`` is where they go: decks that are there already aren't made again.
    """
    from d2lbook.publish.data import notebook_text
    from d2lbook.publish.decks import STATIC, deck_html
    from d2lbook.publish.slides import slide_notebook

    for name in names:
        notebook, outputs = build.notebooks[tab][name], build.outputs[tab].get(name)
        if data := slide_notebook(notebook, outputs, book, build.config):
            static = f"{'../' * (1 + name.count('/'))}{STATIC}"
            text = notebook_text(data)
            yield f"{name}.ipynb", text
            before = _text_of(folder / f"{name}{DECK}")
            deck = deck_html(text, static=static, language=book.language, before=before)
            yield f"{name}{DECK}", deck


def _text_of(file: Path) -> str:
    """What is in a file; nothing where that can't be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _books(
    build: Build, picture: Callable[[str, str], str] | None = None
) -> Mapping[str, BookOfNotebooks]:
    """What the notebooks of each tab need to know of the book."""
    books = _books_of(build, build.documents, build.references)
    if not picture:
        return books
    return {tab: replace(book, picture=picture) for tab, book in books.items()}


def _books_of(
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


def _for_tabs(
    build: Build, work: Callable[[str], Result], tabs: Sequence[str] | None = None
) -> list[Result]:
    """What the work gives for each tab, or each of these; in a book of many pages, at once."""
    return map_in_processes(work, tabs or build.tabs, worth=len(build.book.pages) >= MANY_PAGES)


def _write_folder(config: Config, folder: Path, texts: Texts) -> None:
    """Write these texts and what notebooks need beside them; remove those of earlier builds."""
    for name, text in texts.items():
        write_file(folder / name, text)
    for pattern in ("*.ipynb", f"*{DECK}"):
        remove_others(folder, (folder / name for name in texts), pattern)
    copy_companions(config, folder)
