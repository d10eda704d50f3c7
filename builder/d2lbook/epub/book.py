"""A book's documents → one EPUB 3 for each tab.

    Documents ──► page trees ──► XHTML ──► EPUB
    (tokens)      (pandoc's)     (one      (templates/, the format:
                                 call)     https://www.w3.org/TR/epub-33/)

The same book gives the same bytes: the archive knows no time of its own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path, PurePosixPath

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from d2lbook.book import Book
from d2lbook.config import Config
from d2lbook.document import pandoc
from d2lbook.document.citations import References
from d2lbook.document.whole import Documents
from d2lbook.epub.archive import archive
from d2lbook.epub.cover import draw_cover
from d2lbook.epub.pictures import MEDIA_TYPES, prepared
from d2lbook.epub.writer import OTHER_FILES, EpubPage, Heading, Writer, sound
from d2lbook.errors import Problem
from d2lbook.files import write_file
from d2lbook.volume.cover import Cover, cover_of
from d2lbook.volume.trees import book_pictures, formulas, made_pictures, page_trees

_NAMESPACE = uuid.UUID("5f0c5e0e-0a44-5bb5-9f1b-6e6c1f0b7d55")
_MODIFIED = "2000-01-01T00:00:00Z"
"""Every EPUB has to say when it was changed; the same book is to give the same bytes."""

_DEPTH = 3
"""Headings below this level are not in the table of contents."""

_TEMPLATES = Environment(
    loader=PackageLoader(__package__),
    autoescape=True,
    finalize=lambda value: sound(value) if type(value) is str else value,
)


def write_epub(
    book: Book,
    documents: Documents,
    references: References,
    tab: str,
    config: Config,
    file: Path,
) -> list[Problem]:
    """Write the EPUB of one tab; returns what is wrong in the pages.

    Raises RenderError when pandoc can't write the text, and OutputError when the file
    can't be written.
    """
    trees = page_trees(book, documents, references, tab, "html", config)
    mathml, damaged = formulas(trees)
    contents = {path: (config.root / path).read_bytes() for path in book_pictures(trees)}
    pictures = prepared(contents | made_pictures(trees))
    places = {path: picture.file for path, picture in pictures.items()}
    cover = cover_of(book, documents, tab, config)
    files = _texts(list(Writer(trees, mathml, places).pages()), places.values(), cover, tab, config)
    packed: dict[str, str | bytes] = {f"EPUB/{name}": text for name, text in files.items()}
    packed["EPUB/cover.png"] = draw_cover(cover)
    packed |= {f"EPUB/{picture.file}": picture.content for picture in pictures.values()}
    write_file(file, archive(packed))
    return [*chain.from_iterable(tree.problems for tree in trees), *damaged]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page as the templates show it."""

    file: str
    title: str
    body: Markup
    has_math: bool


@dataclass(slots=True)
class _Entry:
    """A line of the table of contents."""

    heading: Heading
    below: list[_Entry] = field(default_factory=list)


def _texts(
    pages: list[EpubPage], pictures: Iterable[str], cover: Cover, tab: str, config: Config
) -> dict[str, str]:
    """All files of the book that are texts, by name."""
    bodies = pandoc.convert_each("html5", [page.blocks for page in pages])
    shown = [
        _Page(
            file=page.file,
            title=page.headings[0].text if page.headings else cover.title,
            body=Markup(body),
            has_math="<math" in body,
        )
        for page, body in zip(pages, bodies, strict=True)
    ]
    headings = [heading for page in pages for heading in page.headings]
    known = {
        "cover": cover,
        "language": cover.language,
        "title": f"{cover.title} ({cover.edition})" if cover.edition else cover.title,
        "identifier": f"urn:uuid:{uuid.uuid5(_NAMESPACE, json.dumps([config.project.name, tab]))}",
        "modified": _MODIFIED,
        "pages": shown,
        "pictures": [(name, MEDIA_TYPES[PurePosixPath(name).suffix]) for name in sorted(pictures)],
        "contents": _nested(each for each in headings if each.level <= _DEPTH),
    }
    texts = {
        name: _TEMPLATES.get_template(name).render(known)
        for name in ("package.opf", *(f"{each}.xhtml" for each in OTHER_FILES))
    }
    template = _TEMPLATES.get_template("page.xhtml")
    texts |= {page.file: template.render(known, page=page) for page in shown}
    return texts | {"book.css": Path(__file__).with_name("book.css").read_text("utf-8")}


def _nested(headings: Iterable[Heading]) -> list[_Entry]:
    """The table of contents: each heading below the last one before it that is higher."""
    top: list[_Entry] = []
    above: list[_Entry] = []
    for heading in headings:
        entry = _Entry(heading)
        while above and above[-1].heading.level >= heading.level:
            above.pop()
        (above[-1].below if above else top).append(entry)
        above.append(entry)
    return top
