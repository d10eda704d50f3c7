"""A book's documents → the site: pages, pictures, styles, fonts.

    Documents ──► Site ──► PageMaker ──► pages ──► SiteFolder

Each page is made from its document and the ``Site`` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from d2lbook.book import Book, Chapter
from d2lbook.config import Config
from d2lbook.document.citations import References
from d2lbook.document.labels import number_text
from d2lbook.document.language import load_language
from d2lbook.document.model import Document
from d2lbook.document.text import plain_text
from d2lbook.document.whole import Documents
from d2lbook.errors import Problem, SourceError, raise_all
from d2lbook.html import formulas
from d2lbook.html.addresses import page_file
from d2lbook.html.assets import Assets, gather_assets
from d2lbook.html.body import tokens_of
from d2lbook.html.context import Entry, Link, Site
from d2lbook.html.folder import SiteFolder
from d2lbook.html.page import PageMaker
from d2lbook.html.pictures import BookFiles
from d2lbook.html.titles import title_html
from d2lbook.parallel import map_in_two_steps

NOTEBOOKS = "notebooks"
"""Folder of the site for the notebooks that readers can download."""

PDFS = "pdf"
"""Folder of the site for the PDFs."""

ColabAddress = Callable[[str, str], str]
"""Where Colab opens the notebook of a page and tab; empty where it doesn't."""

_MANY = 20
"""From so many pages on it pays to make them on several processors."""


def write_site(
    pages: PageSource,
    config: Config,
    destination: Path,
    *,
    pdfs: Mapping[str, Path] | None = None,
    colab: ColabAddress = lambda _page, _tab: "",
) -> list[Problem]:
    """Write the site of a book below ``destination``.

    ``pdfs`` are the files of the PDFs by tab; ``colab`` says where Colab opens
    the notebook of a page and tab. Files that an earlier build wrote and this one
    doesn't are removed; files that are as they should be are left alone. Returns
    what is wrong in the pages. Raises OutputError where the folder can't be
    written, SourceError where a page can't be read.
    """
    folder = SiteFolder(destination)
    assets, problems = gather_assets(config)
    addresses = {tab: f"{PDFS}/{file.name}" for tab, file in (pdfs or {}).items()}

    def parse(name: str) -> tuple[Document | None, tuple[Document | None, Sequence[Problem]]]:
        try:
            document, odd = pages.document(name)
        except SourceError as error:
            return None, (None, error.problems)
        return document, (document.outline(), odd)

    def connect(told: list[tuple[Document | None, Sequence[Problem]]]) -> _Connected:
        raise_all(SourceError, (each for found, odd in told if not found for each in odd))
        problems.extend(each for _, odd in told for each in odd)
        outlines = {found.page.name: found for found, _ in told if found}
        documents, references = pages.connect(outlines)
        site = describe_site(
            pages.book, documents, references, config, assets, pdfs=addresses, colab=colab
        )
        # Only now is it certain that the pages belong together.
        for name, content in assets.files.items():
            folder.write(name, content)
        for tab, file in (pdfs or {}).items():
            folder.copy(addresses[tab], file)
        return _Connected(site=site, documents=documents, references=references)

    def prepare(document: Document | None) -> None:
        if document:
            formulas.prepare(tokens_of(document))

    def write(documents: list[Document | None], connected: _Connected) -> list[_Written]:
        maker = PageMaker(connected.site)
        return [
            _write_page(folder, maker, document, pages.notebooks(document, connected))
            for document in documents
            if document
        ]

    names = list(pages.book.pages)
    for files, odd in map_in_two_steps(
        names,
        first=parse,
        meanwhile=prepare,
        between=connect,
        second=write,
        worth=len(names) >= _MANY,
    ):
        folder.keep(files)
        problems += odd
    folder.finish()
    return problems


class PageSource(Protocol):
    """Where the site gets its pages from; each is asked for where it is needed."""

    @property
    def book(self) -> Book: ...

    def document(self, name: str) -> tuple[Document, Sequence[Problem]]:
        """One page, and what is odd in it; SourceError where it can't be read."""

    def connect(self, pages: Mapping[str, Document]) -> tuple[Documents, References]:
        """What ties the pages, of which these are the outlines, together."""

    def notebooks(self, document: Document, book: Connected) -> Mapping[str, str]:
        """The texts of the page's notebooks that readers can download, by tab."""


class Connected(Protocol):
    """The book around a page."""

    @property
    def documents(self) -> Documents:
        """All pages, as outlines."""

    @property
    def references(self) -> References: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connected:
    site: Site
    documents: Documents
    references: References


_Written = tuple[set[str], tuple[Problem, ...]]
"""The files of the site that a page needs, and what is wrong in it."""


def _write_page(
    folder: SiteFolder, maker: PageMaker, document: Document, notebooks: Mapping[str, str]
) -> _Written:
    made = maker.make(document)
    files: dict[str, str | bytes] = {page_file(document.page.name): made.html}
    files |= made.pictures
    files |= {notebook_file(tab, document.page.name): text for tab, text in notebooks.items()}
    for file, content in files.items():
        folder.write(file, content)
    for found in made.files:
        folder.copy(found.site_path, found.path)
    return {*files, *(found.site_path for found in made.files)}, made.problems


def notebook_file(tab: str, page: str) -> str:
    """The file of the site with the notebook of this page."""
    return f"{NOTEBOOKS}/{tab}/{page}.ipynb"


def describe_site(
    book: Book,
    documents: Documents,
    references: References,
    config: Config,
    assets: Assets,
    *,
    pdfs: Mapping[str, str],
    colab: ColabAddress,
) -> Site:
    """What every page shows of the book; ``pdfs`` are files of the site by tab."""
    formulas.prepare(page.title for page in documents.pages.values() if page.title)
    tree = _entry(book.tree, documents.pages)
    loose = [_entry(Chapter(page=page), documents.pages) for page in book.loose]
    entries = {entry.page: entry for root in (tree, *loose) for entry in _walk(root)}
    bibliographies = [name for name, page in documents.pages.items() if page.has_bibliography]
    with_code = {
        name: page for name, page in documents.pages.items() if any(page.page.code_cells())
    }
    return Site(
        title=config.project.title or tree.text,
        author=config.project.author,
        release=config.project.release,
        copyright=config.project.copyright,
        language=load_language(config.project.language),
        tabs=config.build.tabs,
        contents=tree,
        order=tuple(entries),
        entries=entries,
        numbers=documents.numbers,
        targets=documents.targets,
        references=references,
        bibliography=bibliographies[0] if bibliographies else "",
        files=BookFiles(config.root, config.source),
        links=tuple(
            Link(text=row[0], address=row[1]) for row in config.html.header_links if len(row) > 1
        ),
        notebooks={
            name: {tab: notebook_file(tab, name) for tab in document.tabs}
            for name, document in with_code.items()
        },
        colab={
            name: {tab: address for tab in document.tabs if (address := colab(name, tab))}
            for name, document in with_code.items()
        },
        pdfs=pdfs,
        style_sheets=assets.style_sheets,
        scripts=assets.scripts,
        logo=assets.logo,
        favicon=assets.favicon,
    )


def _entry(chapter: Chapter, pages: Mapping[str, Document]) -> Entry:
    name = chapter.page.name
    title = pages[name].title
    return Entry(
        page=name,
        number=number_text(chapter.number),
        title=title_html(title) if title else name,
        text=plain_text(title) if title else name,
        children=tuple(_entry(child, pages) for child in chapter.children),
    )


def _walk(entry: Entry) -> Iterator[Entry]:
    yield entry
    for child in entry.children:
        yield from _walk(child)
