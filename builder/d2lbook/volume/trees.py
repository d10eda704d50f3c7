"""All pages of a book, as one tab has them, and what they hold between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from d2lbook.book import Book, Chapter
from d2lbook.config import Config
from d2lbook.config.sections import FILE_NAME
from d2lbook.document import katex
from d2lbook.document.citations import References
from d2lbook.document.katex import Formula
from d2lbook.document.language import language_of
from d2lbook.document.outputs import Limits
from d2lbook.document.whole import Documents
from d2lbook.errors import Problem
from d2lbook.volume import nodes
from d2lbook.volume.model import Medium, PageTree, Volume
from d2lbook.volume.page import page_tree, reference_list

_IDENTIFIED = {"Header": 1, "Figure": 0, "Table": 0, "Span": 0, "Div": 0}
"""Kinds of nodes that links can lead to, and which of their contents says its identifier."""


def page_trees(
    book: Book,
    documents: Documents,
    references: References,
    tab: str,
    medium: Medium,
    config: Config,
) -> list[PageTree]:
    """All pages of a tab, in reading order, and the list of references if none has it."""
    levels = dict(_levels(book.tree, documents, tab))
    volume = Volume(
        tab=tab,
        medium=medium,
        language=language_of(config),
        pages=frozenset(levels),
        numbers=documents.numbers,
        targets=documents.targets,
        references=references,
        root=config.root.resolve(),
        source=config.source.resolve(),
        limits=Limits.of(config),
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
    name = "/references"  # which no page can be called
    title = nodes.header(1, nodes.text(volume.language.text("references")), name)
    blocks = [title, *entries] if entries else []
    return PageTree(name=name, source=config.pdf.bibliography or FILE_NAME, blocks=blocks)


def book_pictures(trees: Iterable[PageTree]) -> set[str]:
    """Paths of the book's own pictures on these pages."""
    return {
        found["c"][2][0]
        for tree in trees
        for found in nodes.walk(tree.blocks)
        if found["t"] == "Image" and found["c"][2][0] not in {"", *tree.pictures}
    }


def made_pictures(trees: Iterable[PageTree]) -> dict[str, bytes]:
    """Pictures that code made, by the path that their Image names."""
    return {path: content for tree in trees for path, content in tree.pictures.items()}


def identifiers(trees: Iterable[PageTree]) -> list[str]:
    """All that links can lead to, in order, each once."""
    found = (
        part["c"][_IDENTIFIED[part["t"]]][0]
        for tree in trees
        for part in nodes.walk(tree.blocks)
        if part["t"] in _IDENTIFIED
    )
    return list(dict.fromkeys(filter(None, found)))


def formulas(trees: Iterable[PageTree]) -> tuple[Mapping[Formula, str], list[Problem]]:
    """All formulas of these pages as MathML, and a problem for each that has none."""
    placed = [found for tree in trees for found in tree.formulas]
    rendered = katex.render((formula for formula, _ in placed), "mathml")
    return {formula: found.markup for formula, found in rendered.items() if not found.error}, [
        Problem(what=f"KaTeX can't read the formula: {rendered[formula].error}", place=place)
        for formula, place in placed
        if rendered[formula].error
    ]
