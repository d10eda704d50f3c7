"""A book's documents → the site: pages, pictures, styles, fonts.

    Documents ──► Site ──► PageMaker ──► pages ──► SiteFolder

Each page is made from its document and the ``Site`` alone. So when only some
pages have changed, and the ``Site`` has not, only those are made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

from d2lbook.book import Book, Page
from d2lbook.config import Config
from d2lbook.document import katex
from d2lbook.document.citations import References
from d2lbook.document.katex import Formula, Rendered
from d2lbook.document.model import Document
from d2lbook.document.whole import Documents
from d2lbook.errors import Problem, SourceError, raise_all
from d2lbook.html import formulas
from d2lbook.html.addresses import page_file, redirection
from d2lbook.html.assets import gather_assets
from d2lbook.html.beside import files_beside
from d2lbook.html.body import tokens_of
from d2lbook.html.context import Site
from d2lbook.html.description import (
    NOTEBOOKS,
    ColabAddress,
    describe_site,
    notebook_file,
)
from d2lbook.html.folder import SiteFolder
from d2lbook.html.header import header_links
from d2lbook.html.page import PageMaker
from d2lbook.html.pictures import BookFiles
from d2lbook.html.search import SearchIndex
from d2lbook.html.search_text import search_text
from d2lbook.parallel import map_in_two_steps
from d2lbook.store import Store

PDFS, EPUBS = "pdf", "epub"
"""Folders of the site for the PDFs and for the EPUBs."""

_MANY = 20
"""From so many pages on it pays to make them on several processors."""


def write_site(
    pages: PageSource,
    config: Config,
    destination: Path,
    *,
    pdfs: Mapping[str, Path] | None = None,
    epubs: Mapping[str, Path] | None = None,
    packages: Mapping[str, Path] | None = None,
    colab: ColabAddress = lambda _page, _tab: "",
    before: Written | None = None,
) -> Written:
    """Write the site of a book below ``destination``.

    ``pdfs`` and ``epubs`` are the files of those by tab, ``packages`` the zips with
    notebooks; ``colab`` says where Colab opens the notebook of a page and tab. ``before``
    is what this function wrote there last, if of all the book's files only pages have
    changed since then. Files that an earlier build wrote and this one doesn't are removed;
    files that are as they should be are left alone. Raises OutputError where the folder
    can't be written, SourceError where a page can't be read.
    """
    work = _Work(
        pages, config, SiteFolder(destination), pdfs or {}, epubs or {}, packages or {}, colab
    )
    return (before and work.update(before)) or work.write_all()


class PageSource(Protocol):
    """Where the site gets its pages from; each is asked for where it is needed."""

    @property
    def book(self) -> Book: ...

    def made_from(self, name: str) -> object:
        """What the document and the notebooks of a page are made from; equal while they are."""

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
class Written:
    """What was written of a book, and what the next time can be compared with."""

    site: Site
    pages: Mapping[str, _Page]
    """By name."""
    anew: tuple[str, ...]
    """Names of the pages that were made this time."""
    beside: frozenset[str]
    """The files that belong to no page; they are kept as they are when single pages change."""
    odd: tuple[Problem, ...]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong in the pages."""
        return [*self.odd, *(each for page in self.pages.values() for each in page.problems)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page that was written."""

    made_from: object
    outline: Document
    files: frozenset[str]
    """The files of the site that it needs."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Connected:
    """What all pages need to know, and the outlines of all."""

    site: Site
    documents: Documents
    references: References


_Parsed = tuple[Document, Sequence[Problem]]
"""A page and what is odd in it."""

_Told = tuple[Document, set[Formula]] | SourceError
"""The outline of a page and its formulas, or why there is none."""

_Shared = tuple[_Connected, Mapping[Formula, Rendered]]
"""What the making of pages needs to know."""


def _effort(page: Page) -> int:
    """How long a page takes, in characters of its text."""
    texts = [cell.source for cell in page.cells]
    # The first that has any waits for docutils to be imported.
    return sum(map(len, texts)) + (100_000 if any("eval_rst" in text for text in texts) else 0)


class _Work:
    """One writing of a site."""

    def __init__(
        self,
        pages: PageSource,
        config: Config,
        folder: SiteFolder,
        pdfs: Mapping[str, Path],
        epubs: Mapping[str, Path],
        packages: Mapping[str, Path],
        colab: ColabAddress,
    ) -> None:
        self.pages = pages
        self.config = config
        self.folder = folder
        self.pdfs = {tab: (f"{PDFS}/{file.name}", file) for tab, file in pdfs.items()}
        self.epubs = {tab: (f"{EPUBS}/{file.name}", file) for tab, file in epubs.items()}
        self.packages = {tab: (f"{NOTEBOOKS}/{file.name}", file) for tab, file in packages.items()}
        self.colab = colab
        self.formulas = Store(config.state / "formulas")
        self.search = SearchIndex(config.state / "search", config.project.language)
        self.files = BookFiles(config.root, config.source)
        self.links, dead = header_links(config, pages.book.pages, self.files)
        self.assets, lacking = gather_assets(config)
        self.odd = (*dead, *lacking)

    def update(self, before: Written) -> Written | None:
        """Write the pages that have changed; None where all have to be written again."""
        names = list(self.pages.book.pages)
        changed = [
            name
            for name in names
            if name not in before.pages
            or before.pages[name].made_from != self.pages.made_from(name)
        ]
        if len(changed) >= _MANY:
            return None
        parsed = {name: self.pages.document(name) for name in changed}
        outlines = {
            name: parsed[name][0].outline() if name in parsed else before.pages[name].outline
            for name in names
        }
        book = self._describe(*self.pages.connect(outlines))
        if book.site != before.site:
            return None
        written = dict(zip(changed, self._write(list(parsed.values()), book), strict=True))
        for name in names:
            if name not in written:
                written[name] = before.pages[name].files, before.pages[name].problems
        pages = {name: written[name] for name in names}
        return self._finish(book, pages, changed, before.beside)

    def write_all(self) -> Written:
        """Write every page, on all processors if there are many."""
        shared: list[_Shared] = []
        keeping: list[Future[None]] = []

        def connect(told: list[_Told]) -> _Shared:
            errors = [each for each in told if isinstance(each, SourceError)]
            raise_all(SourceError, (each for error in errors for each in error.problems))
            found = [each for each in told if not isinstance(each, SourceError)]
            wanted = {formula for _, of_page in found for formula in of_page}
            # In V8, while pandoc formats the citations: neither holds up the other. Titles are
            # made from formulas, so the site is described when all of them are there.
            rendering = pool.submit(self._render, wanted)
            connected = self.pages.connect({outline.page.name: outline for outline, _ in found})
            rendered = rendering.result()
            shared.append((self._describe(*connected), rendered))
            # While the pages are made.
            keeping.append(pool.submit(formulas.keep_all, self.formulas, shared[0][1]))
            return shared[0]

        def write(parsed: list[_Parsed | None], shared: _Shared) -> list[_Files]:
            book, rendered = shared
            formulas.learn(rendered)
            return self._write([each for each in parsed if each], book)

        names = list(self.pages.book.pages)
        with ThreadPoolExecutor(1) as pool:
            written = map_in_two_steps(
                names,
                first=self._parse,
                between=connect,
                second=write,
                effort=lambda name: _effort(self.pages.book.pages[name]),
                worth=len(names) >= _MANY,
            )
        keeping[0].result()
        book = shared[0][0]
        beside = {
            **files_beside(book.site, self.config.state / "cards"),
            **self.search.files(names),
        }
        for name, content in beside.items():
            self.folder.write(name, content)
        return self._finish(book, dict(zip(names, written, strict=True)), names, frozenset(beside))

    def _render(self, wanted: set[Formula]) -> dict[Formula, Rendered]:
        formulas.recall_all(self.formulas)
        rendered = formulas.render_all(wanted)
        katex.forget_engine()
        return rendered

    def _parse(self, name: str) -> tuple[_Parsed | None, _Told]:
        try:
            document, odd = self.pages.document(name)
        except SourceError as error:
            return None, error
        return (document, odd), (document.outline(), formulas.formulas_in(tokens_of(document)))

    def _describe(self, documents: Documents, references: References) -> _Connected:
        site = describe_site(
            self.pages.book,
            documents,
            references,
            self.config,
            self.assets,
            links=self.links,
            files=self.files,
            pdfs={tab: name for tab, (name, _) in self.pdfs.items()},
            epubs={tab: name for tab, (name, _) in self.epubs.items()},
            packages={tab: name for tab, (name, _) in self.packages.items()},
            colab=self.colab,
        )
        return _Connected(site=site, documents=documents, references=references)

    def _write(self, parsed: Sequence[_Parsed], book: _Connected) -> list[_Files]:
        maker = PageMaker(book.site)
        return [self._write_page(maker, document, odd, book) for document, odd in parsed]

    def _write_page(
        self, maker: PageMaker, document: Document, odd: Sequence[Problem], book: _Connected
    ) -> _Files:
        name = document.page.name
        made = maker.make(document)
        # A page that is written alone is found by its new words once all are written.
        self.search.add(name, search_text(document, book.site))
        notebooks = self.pages.notebooks(document, book)
        files: dict[str, str | bytes] = {page_file(name): made.html, **made.pictures}
        files |= {notebook_file(tab, name): text for tab, text in notebooks.items()}
        for file, content in files.items():
            self.folder.write(file, content)
        for found in made.files:
            self.folder.copy(found.site_path, found.path)
        needed = frozenset((*files, *(found.site_path for found in made.files)))
        return needed, (*odd, *made.problems)

    def _finish(
        self,
        book: _Connected,
        written: Mapping[str, _Files],
        anew: Sequence[str],
        beside: frozenset[str],
    ) -> Written:
        """Write what belongs to no page, remove what is no longer needed."""
        self.folder.keep(beside)
        for name, content in self.assets.files.items():
            self.folder.write(name, content)
        root = book.site.contents
        if "index" not in written:
            # Whoever asks for the site's folder gets the page that the book begins with.
            self.folder.write("index.html", redirection(root.text, page_file(root.page)))
        downloads = (self.pdfs, self.epubs, self.packages)
        for name, file in chain.from_iterable(each.values() for each in downloads):
            self.folder.copy(name, file)
        for link in self.links:
            if link.copied:
                self.folder.copy(link.file, link.copied.path)
        for files, _ in written.values():
            self.folder.keep(files)
        self.folder.finish()
        return Written(
            site=book.site,
            pages={
                name: _Page(
                    made_from=self.pages.made_from(name),
                    outline=book.documents.pages[name],
                    files=files,
                    problems=problems,
                )
                for name, (files, problems) in written.items()
            },
            anew=tuple(anew),
            beside=beside,
            odd=self.odd,
        )


_Files = tuple[frozenset[str], tuple[Problem, ...]]
"""The files of the site that a page needs, and what is wrong in it."""
