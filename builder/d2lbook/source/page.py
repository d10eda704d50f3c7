"""The reader: the text of one Markdown file → ``Page``.

A fenced block whose info string has the class ``input`` (or ``inactive``) is a
code cell; one with the class ``output`` holds outputs of the cell before it;
everything else is prose, cut where tab blocks, folds and boxes begin and end.
Neighbouring pieces of prose of the same tabs are one cell. Empty cells don't
count. The title of a fold or box is a cell of its own, in bold, for the tabs that
have anything of what is inside.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from d2lbook.book import Cell, Contents, Frame, Page, Place
from d2lbook.errors import Problem, SourceError
from d2lbook.frameworks import FRAMEWORKS
from d2lbook.source.attributes import Attributes, meant_fence, parse_attributes
from d2lbook.source.code_marks import misspelt_mark
from d2lbook.source.contents import find_toctrees, odd_options, parse_contents
from d2lbook.source.fences import Block, Unclosed, cut
from d2lbook.source.frames import FrameMark, Frames, read_frame_mark
from d2lbook.source.outputs import parse_outputs
from d2lbook.source.tabs import (
    CodeMarks,
    TabBlocks,
    Tabs,
    is_damaged_mark,
    read_code_marks,
    read_marker,
)

NO_ATTRIBUTES = Attributes()

SELECTED = re.compile(r"tab\.selected\(([^()]*)\)")
QUOTED = re.compile(r"""["']([^"'\n]*)["']""")
INNER_CELL = re.compile(r"[ \t>]+(?:`{3,}|~{3,})[ \t]*\{?[^`]*\.input\b")

NO_MARK = re.compile(r":(?:begin|end)_(?!tab|fold|box)\w+:")

CELL_MAGICS = {"bash": "%%bash", "ruby": "%%ruby", "r": "%%R"}
"""Languages of cells that are run through a magic of IPython."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TabRules:
    """What tab marks mean in a book."""

    tabs: tuple[str, ...] = ()
    """The known tabs, the default one first; empty: marks mean nothing."""
    untagged_is_all: bool = False
    """Whether a code cell without a mark belongs to every tab, not to the default one alone."""

    def tabs_of(self, marks: CodeMarks) -> Tabs:
        """The tabs of a code cell with these marks."""
        is_default = not marks.tagged and not self.untagged_is_all
        return self.tabs[:1] if is_default else marks.tabs


def read_page(text: str, name: str, path: str, rules: TabRules) -> tuple[Page, list[Problem]]:
    """Read the text of the page called ``name``, whose file is ``path`` (see ``Page``).

    Returns the page and what is odd in it. Raises SourceError with file and line
    for unclosed fences and tab blocks, unknown tabs and unreadable outputs.
    """
    reader = _Reader(text, name, path, rules)
    return reader.read(), reader.problems


class _Reader:
    def __init__(self, text: str, name: str, path: str, rules: TabRules) -> None:
        self.lines = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff")).split("\n")
        self.name = name
        self.path = path
        self.rules = rules
        self.problems: list[Problem] = []
        self.cells: list[Cell] = []
        self.contents: list[Contents] = []
        self.blocks = TabBlocks(self.warn, self.fail)
        self.frames = Frames(self.fail)
        self.joins_from = 0
        """Prose is never joined to a cell before this position."""

    def read(self) -> Page:
        try:
            blocks = cut(self.lines)
        except Unclosed as error:
            self.fail(error.line, error.what, f"close it with {error.closing}")
        prose_start = 0
        for block in blocks:
            attributes = parse_attributes(block.info)
            if block.kind == "fence" and attributes.is_cell:
                self.prose(prose_start, block.first)
                self.code(block, attributes)
                prose_start = block.end
            elif block.kind == "fence" and "output" in attributes.classes:
                self.prose(prose_start, block.first)
                self.output(block)
                prose_start = block.end
            elif block.kind == "fence" and attributes.classes == ("toc",):
                inner = self.lines[block.first + 1 : block.end - 1]
                self.contents.append(parse_contents(inner, block.first + 2, self.name, self.path))
                for index, what, remedy in odd_options(inner):
                    self.warn(block.first + 1 + index, what, remedy)
            elif block.kind == "fence" and attributes.classes == ("eval_rst",):
                inner = self.lines[block.first + 1 : block.end - 1]
                self.contents += find_toctrees(inner, block.first + 2, self.name, self.path)
            elif block.kind == "fence" and (meant := meant_fence(block.info)):
                what = f"'{block.info}' is a mere listing; a {meant[0]} was probably meant"
                self.warn(block.first, what, f"write {meant[1]}")
            elif block.kind == "text":
                prose_start = self.markers(block, prose_start)
        self.prose(prose_start, len(self.lines))
        self.blocks.finish()
        frames = self.frames.finish()
        return Page(
            name=self.name,
            path=self.path,
            cells=tuple(self.cells),
            contents=tuple(self.contents),
            frames=frames,
        )

    def markers(self, block: Block, prose_start: int) -> int:
        """Cut the text at the marks in it; where the last piece starts."""
        for index in range(block.first, block.end):
            line = self.lines[index]
            if ".input" in line and INNER_CELL.match(line):
                what = "a code cell can't stand in a list or a quotation: this is a listing"
                remedy = "begin its fence at the beginning of the line"
                self.warn(index, what, remedy)
            if self.rules.tabs and "_tab" in line and (marker := read_marker(line)):
                self.prose(prose_start, index)
                self.blocks.marker(index, marker)
                self.check_tabs(index, marker.tabs)
                prose_start = index + 1
            elif line.startswith((":begin_", ":end_")) and (mark := read_frame_mark(line)):
                self.prose(prose_start, index)
                self.frame(index, mark)
                prose_start = index + 1
            elif match := NO_MARK.match(line):
                what = f"'{match[0]}' begins or ends nothing, and is shown as text"
                self.warn(index, what, "there are tab, fold and box, as in :begin_fold: TITLE")
        return prose_start

    def frame(self, index: int, mark: FrameMark) -> None:
        self.blocks.must_be_closed(index, f"the {mark.kind}", "close it with :end_tab:")
        if mark.begins:
            self.frames.begin(index, mark, len(self.cells))
            # What the author made bold already stays as it is.
            title = mark.title if "**" in mark.title else f"**{mark.title}**"
            self.add("prose", title, (index + 1,), None)
        else:
            frame = self.frames.end(index, mark, len(self.cells))
            tabs = self.tabs_within(frame)
            self.cells[frame.first] = replace(self.cells[frame.first], tabs=tabs)
        self.joins_from = len(self.cells)

    def tabs_within(self, frame: Frame) -> Tabs:
        """The tabs that have anything of what is in this frame."""
        inside = [cell.tabs for cell in self.cells[frame.first + 1 : frame.end]]
        found = {tab for tabs in inside for tab in tabs or self.rules.tabs}
        has_all = None in inside or found >= set(self.rules.tabs)
        return None if has_all else tuple(tab for tab in self.rules.tabs if tab in found)

    def prose(self, first: int, end: int) -> None:
        while first < end and not self.lines[first].strip():
            first += 1
        while first < end and not self.lines[end - 1].strip():
            end -= 1
        if first == end:
            return
        source = "\n".join(self.lines[first:end]).rstrip()
        numbers = tuple(range(first + 1, end + 1))
        last = self.cells[-1] if len(self.cells) > self.joins_from else None
        if last and last.kind == "prose" and last.tabs == self.blocks.tabs:
            self.cells[-1] = replace(
                last,
                source=f"{last.source}\n\n{source}",
                lines=(*last.lines, last.lines[-1], *numbers),
            )
        else:
            self.add("prose", source, numbers, self.blocks.tabs)

    def code(self, block: Block, attributes: Attributes) -> None:
        remedy = "close it with :end_tab:, and name the tabs of the cell with %%tab"
        self.blocks.end_before(block.first, "the code cell", remedy)
        lines = self.lines[block.first + 1 : block.end - 1]
        for index, line in enumerate(lines, block.first + 1):
            if nearly := misspelt_mark(line):
                self.warn(index, f"'{nearly[0]}' is no mark", f"did you mean '{nearly[1]}'?")
        numbers = range(block.first + 2, block.end)
        tabs: Tabs = None
        if self.rules.tabs:
            self.check_marks(block.first + 1, lines)
            marks = read_code_marks(lines)
            for index in marks.mark_lines[:1]:
                self.check_tabs(block.first + 1 + index, marks.tabs)
            for index in marks.mark_lines[1:]:
                if read_code_marks([lines[index]]).tabs != marks.tabs:
                    what = f"a second tab mark '{lines[index].strip()}', which doesn't count"
                    self.warn(block.first + 1 + index, what, "name all tabs in one")
            tabs = self.rules.tabs_of(marks)
            kept = [index for index in range(len(lines)) if index not in marks.mark_lines]
        else:
            kept = list(range(len(lines)))
        if not any(lines[index].strip() for index in kept):
            return
        source = [lines[index] for index in kept]
        places = [numbers[index] for index in kept]
        if magic := CELL_MAGICS.get(attributes.language.lower()):
            source.insert(0, magic)
            places.insert(0, block.first + 1)
        self.add("code", "\n".join(source), tuple(places), tabs, attributes.language, attributes)

    def add(
        self,
        kind: str,
        source: str,
        lines: tuple[int, ...],
        tabs: Tabs,
        language: str = "",
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> None:
        self.cells.append(
            Cell(
                kind="code" if kind == "code" else "prose",
                source=source,
                lines=lines,
                position=len(self.cells),
                tabs=tabs,
                language=language,
                identifier=attributes.identifier,
                attributes=attributes.pairs,
            )
        )

    def output(self, block: Block) -> None:
        text = "\n".join(self.lines[block.first + 1 : block.end - 1])
        if not self.cells or self.cells[-1].kind != "code":
            self.fail(block.first, "outputs without a code cell before them", "delete the block")
        try:
            outputs = parse_outputs(text)
        except ValueError:
            self.fail(block.first, "outputs that no notebook could have", "delete the block")
        self.cells[-1] = replace(self.cells[-1], outputs=outputs)

    def check_marks(self, first: int, lines: Sequence[str]) -> None:
        """Refuse marks of a code cell, and questions for the tab, that mean no tab."""
        remedy = "write %%tab NAME, … or #@tab NAME, … on a line of its own"
        for index, line in enumerate(lines, first):
            if is_damaged_mark(line):
                self.fail(index, f"a damaged tab mark '{line.strip()}'", remedy)
        code = "\n".join(lines)
        for question in SELECTED.finditer(code) if "tab.selected" in code else ():
            named = tuple(name.lower() for name in QUOTED.findall(question[1]))
            number = code.count("\n", 0, question.start())
            if "#" not in lines[number].partition("tab.selected")[0]:
                self.check_tabs(first + number, named)

    def check_tabs(self, index: int, tabs: Tabs) -> None:
        for tab in tabs or ():
            if tab not in self.rules.tabs and tab not in FRAMEWORKS:
                near = difflib.get_close_matches(tab, self.rules.tabs, n=1)
                known = f"known are: {', '.join(self.rules.tabs)}"
                self.fail(
                    index, f"unknown tab '{tab}'", f"did you mean '{near[0]}'?" if near else known
                )

    def warn(self, index: int, what: str, remedy: str) -> None:
        place = Place(path=self.path, line=index + 1)
        self.problems.append(Problem(what=what, place=place, remedy=remedy))

    def fail(self, index: int, what: str, remedy: str) -> NoReturn:
        raise SourceError.at(self.path, index + 1, what, remedy)
