"""A page, its notebooks and their outputs → ``Document``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from markdown_it.token import Token

from d2lbook.book import Cell, Contents, Notebook, Output, Outputs, Page, Place
from d2lbook.document.attach import Attacher
from d2lbook.document.bibliography import NamedFile
from d2lbook.document.citations import Citation
from d2lbook.document.footnotes import collect_footnotes
from d2lbook.document.hiding import hidden_parts, hides_rest, without_marks
from d2lbook.document.mathjax import own_number
from d2lbook.document.model import Block, Code, Document, Footnote, Label, Prose, Reference
from d2lbook.document.ordinals import KINDS, Counter
from d2lbook.document.prose import ENGLISH_QUOTES, find_definitions, parse_prose
from d2lbook.document.rst.expansion import expand_rst
from d2lbook.document.rst.scope import Scope
from d2lbook.document.rst.sources import BookSources
from d2lbook.document.spans import walk_inlines
from d2lbook.errors import Problem


def build_document(
    page: Page,
    notebooks: Mapping[str, Notebook],
    outputs: Mapping[str, Outputs],
    *,
    quotes: tuple[str, ...] = ENGLISH_QUOTES,
    sources: BookSources | None = None,
) -> tuple[Document, list[Problem]]:
    """The document of one page, and what is wrong in its prose.

    ``notebooks`` are those of the tabs that have the page, in the book's order;
    ``outputs`` those of the executed ones, by tab. ``quotes`` are the language's
    quotation marks (see ``parse_prose``); ``sources`` finds files that the page takes in.
    """
    tabs = tuple(notebooks)
    cells, problems = _parse_cells(page, tabs, quotes, sources)
    bibliographies = tuple(_bibliographies(page, cells))
    prose, notes, missing = collect_footnotes(_listing_once(cells), page)
    counter = Counter(tabs, _label_names(prose))
    for part in prose:
        counter.count(part.tokens, part.tabs)
    for note in notes:
        counter.leave_out(note.tokens)
    blocks: list[Block] = [*prose, *_code(page, notebooks, outputs)]
    document = Document(
        page=page,
        tabs=tabs,
        title=_title(prose),
        blocks=tuple(sorted(blocks, key=lambda block: block.cell.position)),
        footnotes=notes,
        labels=tuple(_labels(page, prose)),
        references=tuple(_references(page, prose, notes)),
        citations=tuple(_citations(page, prose, notes)),
        counts={kind: counter.total(kind) for kind in ("figure", "table", "equation")},
        bibliographies=bibliographies,
    )
    if not document.title:
        what, remedy = "this page has no title", "begin it with '# Title'"
        missing.append(Problem(what=what, place=page.place(0), remedy=remedy))
    return document, [*problems, *missing, *_second_titles(page, prose)]


# Prose.


def _parse_cells(
    page: Page, tabs: tuple[str, ...], quotes: tuple[str, ...], sources: BookSources | None
) -> tuple[list[Prose], list[Problem]]:
    cells = [cell for cell in page.cells if cell.kind == "prose"]
    definitions = {
        name: link for cell in cells for name, link in find_definitions(cell.source).items()
    }
    attacher = Attacher()
    scope = Scope(page=page.name, sources=sources)
    contents = {place.line: each for each in page.contents for _, place in each.entries}
    parsed: list[Prose] = []
    problems: list[Problem] = []
    for cell in cells:
        shown = tabs if cell.tabs is None else tuple(tab for tab in tabs if tab in cell.tabs)
        found = parse_prose(cell.source, quotes=quotes, definitions=definitions)
        whole, damages = expand_rst(found.tokens, shown, scope)
        tokens, misplaced = attacher.attach(whole)
        _fill_contents(contents, cell, tokens)
        wrong = [*found.damages, *damages, *misplaced]
        problems += [damage.problem(page, cell) for damage in wrong]
        if shown or cell.tabs is None:
            parsed.append(
                Prose(
                    cell=cell,
                    tabs=shown,
                    tokens=tuple(tokens),
                    text=found.text,
                    marks=found.marks,
                )
            )
    return parsed, problems


def _fill_contents(by_line: Mapping[int, Contents], cell: Cell, tokens: Sequence[Token]) -> None:
    """Give each table of contents the entries that the page has at its lines."""
    for token in tokens:
        if token.type == "contents" and token.map:
            lines = range(cell.line_of(token.map[0]), cell.line_of(token.map[1] - 1) + 1)
            if found := next((by_line[line] for line in lines if line in by_line), None):
                token.meta = {
                    "entries": [name for name, _ in found.entries],
                    "numbered": found.numbered,
                    "max_depth": found.max_depth,
                }


def _title(prose: Sequence[Prose]) -> Token | None:
    for part in prose:
        for opening, inline in zip(part.tokens, part.tokens[1:], strict=False):
            if opening.type == "heading_open":
                return inline
    return None


def _second_titles(page: Page, prose: Sequence[Prose]) -> Iterator[Problem]:
    """A problem for each heading as high as the title, where a tab sees both."""
    titled: set[str] = set()
    for part in prose:
        for token in part.tokens:
            if token.type == "heading_open" and not token.level and not token.meta["ordinal"]:
                if not titled.isdisjoint(part.tabs):
                    yield Problem(
                        what="this page has a second title",
                        place=page.place(part.cell.line_of((token.map or [0])[0])),
                        remedy="write '##' for a section, or make it a page of its own",
                    )
                titled.update(part.tabs)


def _label_names(prose: Sequence[Prose]) -> Iterator[str]:
    for part in prose:
        for token in part.tokens:
            if token.type in KINDS:
                yield from _names(token)


def _names(token: Token) -> Sequence[str]:
    """The labels of this heading, figure, table or equation."""
    if token.type == "heading_open":
        return list(token.meta["labels"])
    return [token.meta["label"]] if token.meta["label"] else []


def _labels(page: Page, prose: Sequence[Prose]) -> Iterator[Label]:
    for part in prose:
        for index, token in enumerate(part.tokens):
            if token.type in KINDS:
                for name in _names(token):
                    yield Label(
                        name=name,
                        kind=KINDS[token.type],
                        anchor=token.meta["anchor"],
                        ordinal=token.meta["ordinal"],
                        caption=_caption(part.tokens, index),
                        own_number=own_number(token.content),
                        tabs=part.tabs,
                        place=page.place(part.cell.line_of((token.map or [0])[0])),
                    )


def _caption(tokens: Sequence[Token], index: int) -> Token | None:
    """The inline token of the heading or caption that belongs to the token at this index."""
    if tokens[index].type == "math_block":
        return None
    if tokens[index].type != "table_open":
        return tokens[index + 1]
    is_captioned = index > 1 and tokens[index - 1].type == "table_caption_close"
    return tokens[index - 2] if is_captioned else None


def _inlines(
    page: Page, prose: Sequence[Prose], notes: Sequence[Footnote], kind: str
) -> Iterator[tuple[Place, Token]]:
    """All inline tokens of this type, in footnotes too, and where they stand."""
    parts: list[Prose | Footnote] = [*prose, *notes]
    for part in parts:
        for token in part.tokens:
            for child in walk_inlines(token):
                if child.type == kind:
                    yield page.place(part.cell.line_of((child.map or [0])[0])), child


def _references(
    page: Page, prose: Sequence[Prose], notes: Sequence[Footnote]
) -> Iterator[Reference]:
    for place, token in _inlines(page, prose, notes, "reference"):
        yield Reference(role=token.meta["role"], label=token.meta["label"], place=place)


def _citations(
    page: Page, prose: Sequence[Prose], notes: Sequence[Footnote]
) -> Iterator[tuple[Citation, Place]]:
    for place, token in _inlines(page, prose, notes, "citation"):
        yield citation_of(token), place


def _bibliographies(page: Page, prose: Sequence[Prose]) -> Iterator[NamedFile]:
    for part in prose:
        for token in part.tokens:
            if token.type == "bibliography":
                place = page.place(part.cell.line_of((token.map or [0])[0]))
                yield NamedFile(page=page.name, path=token.meta["path"], place=place)


def _listing_once(prose: Sequence[Prose]) -> list[Prose]:
    """The prose with the list of references only where a tab first has it."""
    listed: set[str] = set()
    found: list[Prose] = []
    for part in prose:
        tokens: list[Token] = []
        for token in part.tokens:
            if token.type == "bibliography":
                if part.tabs and listed.issuperset(part.tabs):
                    continue
                listed.update(part.tabs)
            tokens.append(token)
        found.append(replace(part, tokens=tuple(tokens)))
    return found


def citation_of(token: Token) -> Citation:
    """What a ``citation`` token asks for."""
    return Citation(role=token.meta["role"], keys=tuple(token.meta["keys"]))


# Code.


def _code(
    page: Page, notebooks: Mapping[str, Notebook], outputs: Mapping[str, Outputs]
) -> Iterator[Code]:
    """The code cells that any tab has; once for all tabs that see the same text."""
    seen = {
        tab: {cell.position: cell for cell in notebook.code_cells()}
        for tab, notebook in notebooks.items()
    }
    everything_hidden = False
    for cell in page.code_cells():
        variants: dict[str, dict[str, Cell]] = {}
        for tab, cells in seen.items():
            if variant := cells.get(cell.position):
                variants.setdefault(variant.source, {})[tab] = variant
        everything_hidden |= hides_rest(cell)
        hidden = {"source", "outputs"} if everything_hidden else hidden_parts(cell)
        if hidden == {"source", "outputs"}:
            continue
        for by_tab in variants.values():
            yield Code(
                cell=without_marks(next(iter(by_tab.values()))),
                tabs=tuple(by_tab),
                outputs={
                    tab: () if "outputs" in hidden else _outputs(variant, outputs.get(tab))
                    for tab, variant in by_tab.items()
                },
                shows_source="source" not in hidden,
            )


def _outputs(cell: Cell, executed: Outputs | None) -> tuple[Output, ...]:
    """The outputs of the execution, or those that the source file keeps."""
    return cell.outputs if executed is None else tuple(executed.get(cell.position, ()))
