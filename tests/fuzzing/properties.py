"""What has to hold whatever the text is. Each takes a text and raises when it doesn't."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from d2lbook.book import Cell, Notebook, Page
from d2lbook.config import Config, parse_config
from d2lbook.document.build import build_document
from d2lbook.document.prose import find_definitions, parse_prose
from d2lbook.document.spans import walk_inlines
from d2lbook.errors import BookError, ConfigError, SourceError
from d2lbook.library import library_text
from d2lbook.notebooks.aliases import Aliases, parse_aliases
from d2lbook.notebooks.rewrite import rewrite_cell
from d2lbook.notebooks.select import select
from d2lbook.source.attributes import parse_attributes
from d2lbook.source.contents import arrange
from d2lbook.source.fences import cut
from d2lbook.source.frames import read_frame_mark
from d2lbook.source.magics import mask_magics
from d2lbook.source.page import TabRules, read_page
from d2lbook.source.selected import reduce_cell
from d2lbook.source.tabs import MARK, read_marker

TABS = ("a", "b", "c")
RULES = TabRules(tabs=TABS)


def lines_of(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def code_cell(source: str) -> Cell:
    numbers = tuple(range(1, source.count("\n") + 2))
    return Cell(kind="code", source=source, lines=numbers, position=0)


def is_told(error: BookError, path: str, count: int) -> None:
    """Every problem has a line of the file, 0 for the whole, and takes one line itself."""
    for problem in error.problems:
        assert problem.place
        assert problem.place.path == path
        assert 0 <= problem.place.line <= count, problem
        assert "\n" not in problem.line()


def read(text: str) -> Page | None:
    """The page, or None where it is refused as it should be."""
    try:
        page, problems = read_page(text, "p", "p.md", RULES)
    except SourceError as error:
        is_told(error, "p.md", len(lines_of(text)))
        return None
    is_told(SourceError(*problems), "p.md", len(lines_of(text)))
    return page


def page(text: str) -> None:
    """Every line of a page is in one cell, as it was written, or is part of a mark."""
    found = read(text)
    if not found:
        return
    lines = lines_of(text)
    seen: set[int] = set()
    titles = {frame.first for frame in found.frames}
    for position, cell in enumerate(found.cells):
        assert cell.position == position
        assert cell.source.strip()
        # The title of a frame is what its mark says, in bold.
        is_title = position in titles
        seen |= set(cell.lines) if is_title else cells_lines_are_those_of_the_file(cell, lines)
    for number in set(range(1, len(lines) + 1)) - seen - outside_cells(lines):
        assert not lines[number - 1].strip(), f"line {number} is lost: {lines[number - 1]!r}"
    try:
        arrange({"p": found}, "p")
    except SourceError as error:
        is_told(error, "p.md", len(lines))


def cells_lines_are_those_of_the_file(cell: Cell, lines: list[str]) -> set[int]:
    source = cell.source.split("\n")
    assert len(source) == len(cell.lines)
    for text, number in zip(source, cell.lines, strict=True):
        is_joint = cell.kind == "prose" and not text
        is_magic = cell.kind == "code" and text in {"%%bash", "%%ruby", "%%R"}
        # Blanks at the very end of a piece of prose are not kept.
        assert is_joint or is_magic or text.rstrip() == lines[number - 1].rstrip()
    return set(cell.lines)


def outside_cells(lines: list[str]) -> set[int]:
    """Lines of marks and markers, and of fences of cells and of outputs."""
    numbers: set[int] = set()
    for block in cut(lines):
        classes = parse_attributes(block.info).classes
        span = range(block.first + 1, block.end + 1)
        if block.kind == "fence" and "input" in classes:
            numbers |= {span[0], span[-1]}
            numbers |= {number for number in span if MARK.match(lines[number - 1])}
        elif block.kind == "fence" and "output" in classes:
            numbers |= set(span)
        elif block.kind == "text":
            numbers |= {number for number in span if is_mark(lines[number - 1])}
    return numbers


def is_mark(line: str) -> bool:
    return bool(read_marker(line) or read_frame_mark(line))


def notebooks(text: str) -> None:
    """A page that can be read can be selected for every tab, and made into a document."""
    found = read(text)
    if not found:
        return
    try:
        selected = {tab: select(found, tab, TABS[0]) for tab in TABS}
    except SourceError as error:
        is_told(error, "p.md", len(lines_of(text)))
        return
    known = {tab: notebook for tab, notebook in selected.items() if notebook}
    document, problems = build_document(found, known, {})
    is_told(SourceError(*problems), "p.md", len(lines_of(text)))
    for label in document.labels:
        assert 0 < label.place.line <= len(lines_of(text))


def selected(text: str) -> None:
    """``tab.selected`` is gone, or told to be undecidable; what is left is Python."""
    for tab in TABS:
        try:
            cell = reduce_cell(code_cell(text), tab, "p.md")
        except SourceError as error:
            is_told(error, "p.md", text.count("\n") + 1)
            continue
        assert len(cell.lines) == len(cell.source.split("\n"))
        if is_python(text):
            assert is_python(cell.source), f"not Python any more:\n{cell.source}"
            assert not asks_for_tab(cell.source), f"still asks:\n{cell.source}"


def program(text: str) -> None:
    """A program whose choice is reduced does what it does with a live ``tab``.

    It may use ``log``, which notes its argument, and the variables ``p`` and ``q``.
    """
    if not can_be_compiled(text):
        return
    for tab in TABS:
        try:
            reduced = reduce_cell(code_cell(text), tab, "p.md").source
        except SourceError as error:
            is_told(error, "p.md", text.count("\n") + 1)
            return
        assert run(reduced, None) == run(text, tab), f"for {tab}:\n{reduced}"


def can_be_compiled(source: str) -> bool:
    """Whether it is Python, and not nested deeper than Python allows."""
    try:
        compile(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def run(source: str, tab: str | None) -> list[object]:
    """What the program notes, and how it ended."""

    class Tab:
        @staticmethod
        def selected(*names: str | list[str]) -> bool:
            return any(tab in ([name] if isinstance(name, str) else name) for name in names)

    noted: list[object] = []

    def log(value: object) -> object:
        noted.append(value)
        return value

    names: dict[str, Any] = {"p": True, "q": 0, "log": log}
    if tab:
        names["tab"] = Tab
    exec(compile(source, "cell", "exec"), names)
    return noted


def is_python(source: str) -> bool:
    try:
        ast.parse(mask_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def asks_for_tab(source: str) -> bool:
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func) == "tab.selected"
        for node in ast.walk(ast.parse(mask_magics(source)))
    )


def prose(text: str) -> None:
    """Any prose has tokens and damages whose lines are its own."""
    source = "\n".join(lines_of(text)).strip("\n")
    parsed = parse_prose(source, definitions=find_definitions(source))
    count = source.count("\n") + 1
    depth = 0
    for token in parsed.tokens:
        depth += token.nesting
        assert depth >= 0
        for each in (token, *walk_inlines(token)):
            lines_are_within(each.map, count)
    assert depth == 0
    for damage in parsed.damages:
        assert 0 <= damage.line < count
        assert "\n" not in damage.what


def lines_are_within(lines: Iterable[int] | None, count: int) -> None:
    assert all(0 <= line <= count for line in lines or ())


def info_string(text: str) -> None:
    """The words of an info string are its classes, its identifier and its pairs."""
    found = parse_attributes(text)
    assert all(found.classes) or "." in text
    for word in (
        *found.classes,
        found.identifier,
        *(part for pair in found.pairs for part in pair),
    ):
        assert word in text


def magics(text: str) -> None:
    """Masking keeps the number of lines."""
    assert mask_magics(text).count("\n") == text.count("\n")


def rewriting(text: str) -> None:
    """Aliases and sorting make Python of Python, and keep lines and numbers together."""
    cell = rewrite_cell(code_cell(text), ALIASES, ("d2l",))
    assert len(cell.lines) == len(cell.source.split("\n"))
    # Behind a backslash, Python wants the blanks that end no line here.
    if is_python(text) and not text.rstrip().endswith("\\"):
        assert is_python(cell.source), f"not Python any more:\n{cell.source}"


def library(text: str) -> None:
    """A library is made of any cell, and is Python; or the cell is refused with its line."""
    found = read(text)
    notebook = found and select_or_none(found)
    if not notebook:
        return
    try:
        made = library_text([notebook], "", ALIASES)
    except SourceError as error:
        is_told(error, "p.md", len(lines_of(text)))
        return
    ast.parse(made)


def select_or_none(found: Page) -> Notebook | None:
    try:
        return select(found, TABS[0], TABS[0])
    except SourceError:
        return None


def config(text: str) -> None:
    """A configuration is read, or refused with a line of its file."""
    try:
        found, notes = parse_config(text, Path("/book"))
    except ConfigError as error:
        for problem in error.problems:
            assert problem.place
            assert 0 <= problem.place.line <= len(text.splitlines()) + 1
            assert "\n" not in problem.line()
        return
    assert found.tabs
    assert all(note.place and note.place.line for note in notes)
    stays_in_the_book(found)


def stays_in_the_book(found: Config) -> None:
    for path in (found.source, found.output, found.root / found.html.logo):
        assert ".." not in path.relative_to(found.root).parts


def _aliases() -> Aliases:
    text = """
    [build]
    tabs = a
    [library-a]
    lib_name = torch
    simple_alias = ones, exp(, tensor -> array
    fluent_alias = reshape, numpy -> detach().numpy, size -> numel
    args_alias = rand(x, y) -> torch.rand(y, x)
    reverse_alias = d2l.size\\(([\\w]+)\\) -> \\1.size
    """
    lines = (line.strip() for line in text.splitlines())
    return parse_aliases(parse_config("\n".join(lines), Path("/book"))[0].libraries["a"])


ALIASES = _aliases()

PROPERTIES: Mapping[str, Callable[[str], None]] = {
    each.__name__: each
    for each in (
        page, notebooks, selected, program, prose, info_string, magics, rewriting, library, config,
    )
}  # fmt: skip
