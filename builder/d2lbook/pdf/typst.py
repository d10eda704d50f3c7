"""A book's documents → one PDF for each tab, by pandoc and Typst.

Documents ──► page trees ──► Typst's markup ──► PDF
(tokens)      (pandoc)       (one call)         (Typst, in this process)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from d2lbook.book import Book, Chapter
from d2lbook.config import Config
from d2lbook.document import katex, pandoc
from d2lbook.document.citations import References
from d2lbook.document.frameworks import display_name
from d2lbook.document.katex import Formula
from d2lbook.document.language import load_language
from d2lbook.document.text import plain_text
from d2lbook.document.whole import Documents
from d2lbook.errors import Problem
from d2lbook.files import write_file
from d2lbook.pdf import nodes
from d2lbook.pdf.markup import Raw
from d2lbook.pdf.math import to_typst
from d2lbook.pdf.pandoc_tree import page_tree, reference_list
from d2lbook.pdf.typst_nodes import Lowering, link_targets
from d2lbook.pdf.volume import PageTree, Volume
from d2lbook.pdf.workspace import Workspace, installed_fonts

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
    trees = _page_trees(book, documents, references, tab, config)
    formulas, damaged = _formulas(trees)
    logo, missing = _logo(config)
    fonts, unknown = _fonts(config)
    with TemporaryDirectory(prefix="d2lbook-") as name:
        workspace = Workspace(Path(name), fonts)
        pictures = workspace.add_pictures({*logo, *_files(trees)}, config.root)
        pictures |= workspace.add_made_pictures(_made_pictures(trees))
        lowering = Lowering(_targets(trees), formulas, pictures)
        markups = pandoc.convert_each("typst", [lowering.lower(tree.blocks) for tree in trees])
        for tree, markup in zip(trees, markups, strict=True):
            workspace.add_page(markup, tree.source)
        cover = _cover(book, documents, tab, config)
        content = workspace.compile(cover | {"logo": "".join(pictures[path] for path in logo)})
    write_file(file, content)
    return [*missing, *unknown, *chain.from_iterable(tree.problems for tree in trees), *damaged]


# Pages.


def _page_trees(
    book: Book, documents: Documents, references: References, tab: str, config: Config
) -> list[PageTree]:
    """All pages of a tab, in reading order, and the list of references if none has it."""
    levels = dict(_levels(book.tree, documents, tab))
    volume = Volume(
        tab=tab,
        language=load_language(config.project.language),
        pages=frozenset(levels),
        numbers=documents.numbers,
        targets=documents.targets,
        references=references,
        root=config.root.resolve(),
        source=config.source.resolve(),
    )
    pages = {name: documents.pages[name] for name in levels}
    trees = [page_tree(page, volume, levels[name]) for name, page in pages.items()]
    if not any(page.has_bibliography for page in pages.values()):
        trees.append(_reference_page(volume, config))
    # The index page often is nothing but its title and a table of contents.
    return [tree for tree in trees if len(tree.blocks) > (tree.source == book.tree.page.path)]


def _levels(
    chapter: Chapter, documents: Documents, tab: str, level: int = 0
) -> Iterator[tuple[str, int]]:
    """The names of the pages that this tab has, in reading order, and the levels of their titles.

    Chapters are on level 1, and so is the index page, which comes before them.
    """
    name = chapter.page.name
    if tab in documents.pages[name].tabs:
        yield name, max(level, 1)
    for child in chapter.children:
        yield from _levels(child, documents, tab, level + 1)


def _reference_page(volume: Volume, config: Config) -> PageTree:
    """The list of references under a title; nothing at all where it is empty."""
    entries = reference_list(volume.references)
    title = nodes.header(1, nodes.text(volume.language.text("references")), "references")
    return PageTree(source=config.pdf.bibliography, blocks=[title, *entries] if entries else [])


def _files(trees: Iterable[PageTree]) -> set[str]:
    """Paths of the book's own pictures on these pages."""
    return {
        found["c"][2][0]
        for tree in trees
        for found in nodes.walk(tree.blocks)
        if found["t"] == "Image" and found["c"][2][0] not in {"", *tree.pictures}
    }


def _made_pictures(trees: Iterable[PageTree]) -> dict[str, bytes]:
    """Pictures that code made, by the path that their Image names."""
    return {path: content for tree in trees for path, content in tree.pictures.items()}


def _targets(trees: Iterable[PageTree]) -> set[str]:
    return {target for tree in trees for target in link_targets(tree.blocks)}


def _formulas(trees: Iterable[PageTree]) -> tuple[dict[Formula, str], list[Problem]]:
    """All formulas of these pages in Typst's markup, and a problem for each that has none."""
    placed = [found for tree in trees for found in tree.formulas]
    rendered = katex.render((formula for formula, _ in placed), "mathml")
    markup = {
        formula: to_typst(result.markup, display=formula.display)
        for formula, result in rendered.items()
        if not result.error
    }
    return markup, [
        Problem(what=f"KaTeX can't read the formula: {rendered[formula].error}", place=place)
        for formula, place in placed
        if formula not in markup
    ]


# What stands before the pages.


def _cover(book: Book, documents: Documents, tab: str, config: Config) -> dict[str, object]:
    """What the book is called, in the words of the template's ``book``."""
    project, language = config.project, load_language(config.project.language)
    title = documents.pages[book.tree.page.name].title
    code, _, region = project.language.partition("-")
    return {
        "title": project.title or (plain_text(title) if title else project.name),
        "author": project.author,
        "edition": display_name(tab) if config.has_tabs else "",
        "release": project.release,
        "copyright": project.copyright,
        "lang": code if re.fullmatch(r"[a-z]{2,3}", code) else "",
        "region": region if re.fullmatch(r"[A-Z]{2}", region) else "",
        "dir": Raw(language.direction),
        "chapter": language.texts["chapter_number"],
        "contents": language.text("contents"),
        "depth": 2 if len(documents.pages) > _MANY_PAGES else 3,
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


def _fonts(config: Config) -> tuple[dict[str, str], list[Problem]]:
    """The fonts that the book asks for, by the template's names; a problem for each not there."""
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for name, kind in (("serif", "main"), ("sans", "sans"), ("mono", "mono")):
        font = getattr(config.pdf, f"{kind}_font")
        if font and font.casefold() in installed_fonts():
            found[name] = font
        elif font:
            what = f"[pdf] {kind}_font names '{font}', which is not installed"
            place = config.place("pdf", f"{kind}_font")
            problems.append(Problem(what=what, place=place, remedy="install it, or leave it out"))
    return found, problems
