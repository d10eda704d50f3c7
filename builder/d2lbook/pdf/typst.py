"""A book's documents → one PDF for each tab, by Typst.

Documents ──► page trees ──► Typst's code ──► parts ──► PDF
(tokens)      (pandoc's)     (a file each)    (PDFs)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from d2lbook.book import Book
from d2lbook.config import Config
from d2lbook.document.citations import References
from d2lbook.document.whole import Documents
from d2lbook.errors import Problem
from d2lbook.files import write_file
from d2lbook.pdf import fonts
from d2lbook.pdf.complaints import problems_of
from d2lbook.pdf.markup import Raw, arguments
from d2lbook.pdf.math import to_typst
from d2lbook.pdf.parts import set_in_parts
from d2lbook.pdf.workspace import Page, Workspace
from d2lbook.pdf.writer import Writer
from d2lbook.volume.cover import Cover, cover_of
from d2lbook.volume.model import PageTree
from d2lbook.volume.trees import book_pictures, formulas, identifiers, made_pictures, page_trees

_MANY_PAGES = 30
"""From here on the table of contents leaves out the headings within pages."""


def write_pdf(
    book: Book,
    documents: Documents,
    references: References,
    tab: str,
    config: Config,
    file: Path,
) -> list[Problem]:
    """Write the PDF of one tab.

    Returns what is wrong in the pages. Raises RenderError, naming the page,
    when Typst can't set it, and OutputError when the file can't be written.
    """
    trees = page_trees(book, documents, references, tab, "latex", config)
    mathml, damaged = formulas(trees)
    markup = {each: to_typst(found, display=each.display) for each, found in mathml.items()}
    logo, missing = _logo(config)
    families, unknown = fonts.chosen(config)
    with TemporaryDirectory(prefix="d2lbook-") as name:
        workspace = Workspace(Path(name), families)
        pictures = workspace.add_pictures({*logo, *book_pictures(trees)}, config.root)
        pictures |= workspace.add_made_pictures(made_pictures(trees))
        cover = cover_of(book, documents, tab, config)
        writer = Writer(identifiers(trees), markup, pictures, cover.language.quotes)
        pages = _pages(trees, writer)
        settings, front = _settings(cover), _front(cover)
        workspace.add_pages(pages, arguments(**{**settings, **front}))
        depth = 2 if len(documents.pages) > _MANY_PAGES else 3
        content, complaints = set_in_parts(
            workspace,
            pages,
            settings=settings,
            front={**front, "logo": "".join(pictures[path] for path in logo)},
            contents=[entry for tree in trees for entry in writer.contents(tree.blocks, depth)],
            page_name=cover.language.texts["page_number"],
        )
    write_file(file, content)
    in_pages = chain.from_iterable(tree.problems for tree in trees)
    return [
        *missing,
        *unknown,
        *in_pages,
        *damaged,
        *problems_of(complaints, [(page.source, page.code) for page in pages], config),
    ]


def _pages(trees: Sequence[PageTree], writer: Writer) -> list[Page]:
    return [
        Page(
            name=f"pages/{number:03}.typ",
            source=tree.source,
            code=writer.page(tree.blocks),
            anchors=identifiers([tree]),
            begins_chapter=tree.blocks[0]["t"] == "Header" and tree.blocks[0]["c"][0] == 1,
            pictures=tree.picture_places,
        )
        for number, tree in enumerate(trees, 1)
    ]


def _settings(cover: Cover) -> dict[str, object]:
    """What all parts have to know, in the words of the template's ``part``."""
    language = cover.language
    code, _, region = language.code.partition("-")
    return {
        "title": cover.title,
        "author": cover.author,
        "lang": code if re.fullmatch(r"[a-z]{2,3}", code) else "",
        "region": region if re.fullmatch(r"[A-Z]{2}", region) else "",
        "dir": Raw(language.direction),
        "chapter": language.texts["chapter_number"],
    }


def _front(cover: Cover) -> dict[str, object]:
    """What the book is called, in the words of the template's ``front``."""
    return {
        "title": cover.title,
        "author": cover.author,
        "edition": cover.edition,
        "release": cover.release,
        "imprint": cover.imprint(),
        "contents": cover.language.text("contents"),
    }


def _logo(config: Config) -> tuple[list[str], list[Problem]]:
    """The path of the book's logo, and a problem if it is not there."""
    path = config.pdf.logo
    if not path:
        return [], []
    if (config.root / path).is_file():
        return [path], []
    place = config.place("pdf", "latex_logo")
    what = f"[pdf] latex_logo names '{path}', which is not there"
    return [], [Problem(what=what, place=place, remedy="add it, or mend the name")]
