"""A book's documents → the site: pages, pictures, styles, fonts.

    Documents ──► Site ──► PageMaker ──► pages ──► SiteFolder

Each page is made from its document and the ``Site`` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from d2lbook.book import Book, Chapter
from d2lbook.config import Config
from d2lbook.document.citations import References
from d2lbook.document.labels import number_text
from d2lbook.document.language import load_language
from d2lbook.document.model import Document
from d2lbook.document.text import plain_text
from d2lbook.document.whole import Documents
from d2lbook.errors import Problem
from d2lbook.html import formulas
from d2lbook.html.addresses import page_file
from d2lbook.html.assets import Assets, gather_assets
from d2lbook.html.context import Entry, Link, Site
from d2lbook.html.folder import SiteFolder
from d2lbook.html.page import PageMaker
from d2lbook.html.pictures import BookFiles
from d2lbook.html.titles import title_html
from d2lbook.parallel import map_in_processes

NOTEBOOKS = "notebooks"
"""Folder of the site for the notebooks that readers can download."""

_MANY = 20
"""From so many pages on it pays to make them on several processors."""


def write_site(
    book: Book,
    documents: Documents,
    references: References,
    config: Config,
    destination: Path,
    *,
    notebooks: Mapping[str, Mapping[str, str]] | None = None,
    pdfs: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Write the site of a book below ``destination``.

    ``notebooks`` are the texts of notebooks that readers can download, by tab
    and page name; ``pdfs`` the addresses of PDFs by tab, relative to the site.
    Files that an earlier build wrote and this one doesn't are removed; files
    that are as they should be are left alone. Returns what is wrong in the
    pages. Raises OutputError where the folder can't be written.
    """
    folder = SiteFolder(destination)
    assets, problems = gather_assets(config)
    for file, content in assets.files.items():
        folder.write(file, content)
    links: dict[str, dict[str, str]] = {}
    for tab, texts in (notebooks or {}).items():
        for name, text in texts.items():
            links.setdefault(name, {})[tab] = f"{NOTEBOOKS}/{tab}/{name}.ipynb"
            folder.write(links[name][tab], text)
    site = describe_site(book, documents, references, config, assets, links, pdfs or {})
    maker = PageMaker(site)

    def make(document: Document) -> tuple[set[str], tuple[Problem, ...]]:
        """Write a page and what it needs; the names of the files, and what is wrong in it."""
        made = maker.make(document)
        files: dict[str, str | bytes] = {page_file(document.page.name): made.html}
        files |= made.pictures
        for file, content in files.items():
            folder.write(file, content)
        for found in made.files:
            folder.copy(found.site_path, found.path)
        return {*files, *(found.site_path for found in made.files)}, made.problems

    pages = list(documents.pages.values())
    for names, odd in map_in_processes(make, pages, worth=len(pages) >= _MANY):
        folder.keep(names)
        problems += odd
    folder.finish()
    return problems


def describe_site(
    book: Book,
    documents: Documents,
    references: References,
    config: Config,
    assets: Assets,
    notebooks: Mapping[str, Mapping[str, str]],
    pdfs: Mapping[str, str],
) -> Site:
    """What every page shows of the book; ``notebooks`` are files of the site by page and tab."""
    formulas.prepare(page.title for page in documents.pages.values() if page.title)
    tree = _entry(book.tree, documents.pages)
    loose = [_entry(Chapter(page=page), documents.pages) for page in book.loose]
    entries = {entry.page: entry for root in (tree, *loose) for entry in _walk(root)}
    bibliographies = [name for name, page in documents.pages.items() if page.has_bibliography]
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
        notebooks=notebooks,
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
