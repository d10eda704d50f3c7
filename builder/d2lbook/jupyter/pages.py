"""A page as a notebook, and back; what nobody edits stays as it is, byte for byte.

    Markdown ──open_page──► notebook ──edited in Jupyter──► notebook ──save_page──► Markdown

A fence with the class ``input`` is a code cell; the prose between two of them is
one Markdown cell. Tab blocks, other fences (inactive cells too) and outputs kept
in the file are prose. Every cell carries the text it was made from, and the gap between it and
the next, in its metadata: so it can be written as it was wherever it is moved
to, and keeps its fence when it is edited.

Outputs, counts of execution and Jupyter's own metadata are never written. What
could not be read again as the same cells is refused.

Notebooks are dictionaries in the format 4.5 (https://nbformat.readthedocs.io).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from d2lbook.errors import SourceError
from d2lbook.source.attributes import ACTIVE, Attributes, parse_attributes
from d2lbook.source.fences import FENCE, Block, Unclosed, cut
from d2lbook.source.page import CELL_MAGICS

Kind = Literal["code", "markdown"]

KEY = "d2lbook"
"""Our part of the metadata: of a cell its ``text`` and ``gap``; of the notebook what
stands before the first cell and after the last (``start``, ``end``), and its ``newline``."""

NEW_FENCE = ("```{.python .input}", "```")
"""Opening and closing line of a code cell that was added."""

BYTE_ORDER_MARK = "\ufeff"
LINE_END = re.compile(r"\r\n?|\n")


def open_page(text: str, path: str) -> dict[str, Any]:
    """The notebook of the page with this text; ``path`` is its file, for messages.

    Raises SourceError where a fence or comment is never closed.
    """
    spans = _find_cells(text, path)
    cells = [
        _cell(f"cell-{number}", text[start:end], text[end:following])
        for number, ((start, end), (following, _)) in enumerate(
            pairwise([*spans, (len(text), len(text))]), 1
        )
    ]
    kept = {"start": text[: spans[0][0]] if spans else text}
    if cells:
        kept["end"] = cells[-1]["metadata"][KEY].pop("gap")
    if newline := LINE_END.search(text):
        kept["newline"] = newline[0]
    return {
        "cells": cells,
        "metadata": {"language_info": {"name": "python"}, KEY: kept},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def save_page(notebook: Mapping[str, Any], path: str) -> str:
    """The text of a page from its notebook; ``path`` is its file, for messages.

    Raises SourceError for what a page can't hold: a fence or comment that never
    ends, a picture that is attached to its cell.
    """
    newline = _kept(notebook, "newline", "\n")
    written: list[_Written] = []
    for number, cell in enumerate(notebook["cells"], 1):
        kind: Kind = "code" if cell["cell_type"] == "code" else "markdown"
        try:
            text = _write(cell, kind, newline)
        except _Refused as refused:
            raise SourceError.at(path, 0, f"cell {number}: {refused}", refused.remedy) from None
        if text:
            written.append(_Written(kind, text, _kept(cell, "gap")))
    return _join(_kept(notebook, "start"), written, _kept(notebook, "end", newline), newline)


class _Written(NamedTuple):
    kind: Kind
    text: str
    gap: str
    """What stood between it and the next cell; empty where there was none."""


class _Refused(Exception):
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def _find_cells(text: str, path: str) -> list[tuple[int, int]]:
    """Where each cell begins and ends, without the end of its last line."""
    ends = [match.span() for match in LINE_END.finditer(text)]
    first_line = len(BYTE_ORDER_MARK) if text.startswith(BYTE_ORDER_MARK) else 0
    starts = [first_line, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(text)]
    lines = [text[start:stop] for start, stop in zip(starts, stops, strict=True)]
    try:
        blocks = cut(lines)
    except Unclosed as error:
        raise SourceError.at(
            path, error.line + 1, error.what, f"close it with {error.closing}"
        ) from None
    return [(starts[first], stops[end - 1]) for first, end in _runs_of_lines(lines, blocks)]


def _runs_of_lines(lines: Sequence[str], blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """First and last line (plus one) of each cell, blank lines around prose left out."""
    prose_start = 0
    for block in [*blocks, Block("fence", len(lines), len(lines), ACTIVE)]:
        if block.kind == "fence" and ACTIVE in parse_attributes(block.info).classes:
            said = [index for index in range(prose_start, block.first) if lines[index].strip()]
            if said:
                yield said[0], said[-1] + 1
            if block.first < block.end:
                yield block.first, block.end
            prose_start = block.end


def _cell(identifier: str, text: str, gap: str) -> dict[str, Any]:
    kind, source = _read(text)
    cell = {
        "cell_type": kind,
        "id": identifier,
        "metadata": {KEY: {"text": text, "gap": gap}},
        "source": source,
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _read(text: str) -> tuple[Kind, str]:
    """The kind and the source of the cell that has this text in its page."""
    lines = LINE_END.split(text)
    attributes = _attributes(lines[0])
    if ACTIVE in attributes.classes:
        return "code", "\n".join([*_magic(attributes), *lines[1:-1]])
    return "markdown", "\n".join(lines)


def _attributes(line: str) -> Attributes:
    """What the fence says which this line opens."""
    match = FENCE.match(line)
    return parse_attributes(match[2] or match[4] or "") if match else Attributes()


def _magic(attributes: Attributes) -> list[str]:
    """The first line that a cell in another language has in a notebook only."""
    magic = CELL_MAGICS.get(attributes.language.lower())
    return [magic] if magic else []


def _write(cell: Mapping[str, Any], kind: Kind, newline: str) -> str:
    """The text of a cell in its page; empty where it says nothing."""
    if cell.get("attachments"):
        raise _Refused("a page can't hold an attached picture", "save it as a file, and name that")
    source = "\n".join(LINE_END.split("".join(cell["source"])))
    text = _kept(cell, "text")
    old_kind, old_source = _read(text)
    if text and (kind, source) == (old_kind, old_source):
        return text
    if kind == "code" and old_kind == "code":
        lines = _fenced(source, *_first_and_last(text))
    elif not source.strip():
        return ""
    elif kind == "code":
        lines = _fenced(source, *NEW_FENCE)
    else:
        lines = source.split("\n")
        _check_closed(lines)
    return newline.join(lines)


def _first_and_last(text: str) -> tuple[str, str]:
    lines = LINE_END.split(text)
    return lines[0], lines[-1]


def _fenced(source: str, opening: str, closing: str) -> list[str]:
    """The lines of a code cell, in fences as these but longer than any in the source."""
    lines = source.split("\n") if source else []
    if magic := _magic(_attributes(opening)):
        if lines[:1] == magic:
            lines = lines[1:]
        else:
            opening, closing = NEW_FENCE
    mark = opening[0]
    info = opening.lstrip(mark)
    length = len(opening) - len(info)
    longest = max((len(line.rstrip()) for line in lines if set(line.rstrip()) == {mark}), default=0)
    if longest >= length:
        closing = mark * (longest + 1)
        opening = closing + info
    return [opening, *lines, closing]


def _check_closed(lines: Sequence[str]) -> None:
    try:
        cut(lines)
    except Unclosed as error:
        raise _Refused(error.what, f"close it with {error.closing}") from None


def _join(start: str, written: Sequence[_Written], end: str, newline: str) -> str:
    if not written:
        return start
    if start.removeprefix(BYTE_ORDER_MARK) and not start.endswith(("\r", "\n")):
        start += newline
    parts = [start]
    for cell, following in pairwise(written):
        needed = 2 if cell.kind == following.kind == "markdown" else 1
        enough = len(LINE_END.findall(cell.gap)) >= needed
        parts += [cell.text, cell.gap if enough else newline * 2]
    return "".join([*parts, written[-1].text, end])


def _kept(node: Mapping[str, Any], name: str, default: str = "") -> str:
    """What we noted in the metadata of a notebook or a cell."""
    ours = node["metadata"].get(KEY)
    value = ours.get(name) if isinstance(ours, dict) else None
    return value if isinstance(value, str) else default
