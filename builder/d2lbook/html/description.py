"""A book and its configuration → ``Site``: what every page shows of the book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from d2lbook.book import Book, Chapter
from d2lbook.config import Config
from d2lbook.document.citations import References
from d2lbook.document.labels import number_text
from d2lbook.document.language import language_of
from d2lbook.document.made_with import made_with
from d2lbook.document.model import Document
from d2lbook.document.outputs import Limits
from d2lbook.document.text import plain_text
from d2lbook.document.whole import Documents
from d2lbook.html import formulas
from d2lbook.html.assets import Assets
from d2lbook.html.context import Entry, Link, Site
from d2lbook.html.locally import package_of
from d2lbook.html.pictures import BookFiles
from d2lbook.html.search import FOLDER
from d2lbook.html.titles import title_html

NOTEBOOKS = "notebooks"
"""Folder of the site for the notebooks that readers can download."""

ColabAddress = Callable[[str, str], str]
"""Where Colab opens the notebook of a page and tab; empty where it doesn't."""


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
    links: tuple[Link, ...],
    files: BookFiles,
    pdfs: Mapping[str, str],
    epubs: Mapping[str, str],
    packages: Mapping[str, str],
    colab: ColabAddress,
) -> Site:
    """What every page shows of the book.

    ``links`` are those in the header; ``files`` finds what the book's folder has. ``pdfs``,
    ``epubs`` and ``packages`` are files of the site by tab.
    """
    titles = [page.title for page in documents.pages.values() if page.title]
    formulas.render_all(formulas.formulas_in(titles))
    tree = _entry(book.tree, documents.pages)
    loose = [_entry(Chapter(page=page), documents.pages) for page in book.loose]
    entries = {entry.page: entry for root in (tree, *loose) for entry in _walk(root)}
    bibliographies = [name for name, page in documents.pages.items() if page.has_bibliography]
    with_code = {
        name: documents.pages[name] for name, page in book.pages.items() if any(page.code_cells())
    }
    return Site(
        title=config.project.title or tree.text,
        author=config.project.author,
        release=config.project.release,
        copyright=config.project.copyright,
        language=language_of(config),
        tabs=config.build.tabs,
        contents=tree,
        order=tuple(entries),
        limits=Limits.of(config),
        trusts_outputs=config.html.trust_outputs,
        entries=entries,
        numbers=documents.numbers,
        targets=documents.targets,
        references=references,
        bibliography=bibliographies[0] if bibliographies else "",
        files=files,
        links=links,
        notebooks={
            name: {tab: notebook_file(tab, name) for tab in document.tabs}
            for name, document in with_code.items()
        },
        colab={
            name: {tab: address for tab in document.tabs if (address := colab(name, tab))}
            for name, document in with_code.items()
        },
        pdfs=pdfs,
        epubs=epubs,
        packages={tab: package_of(config, tab, file) for tab, file in packages.items()},
        made_with={tab: found for tab in config.tabs if (found := made_with(config, tab))},
        style_sheets=assets.style_sheets,
        scripts=assets.scripts,
        logo=assets.logo,
        favicon=assets.favicon,
        search=FOLDER,
        address=config.html.address,
        social_image=assets.social_image,
        discussions=config.html.discussions,
        embed_discussions=config.html.embed_discussions,
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
