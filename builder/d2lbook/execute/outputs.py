"""What is kept of a cell's outputs: the same values for the same code, run after run.

A kernel sends what was printed in pieces, cut by time. Here the pieces of one
stream between two other outputs are one, standard output before the errors; a
progress bar is what it was in the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from d2lbook.book import Notebook, Output, Outputs
from d2lbook.errors import Problem
from d2lbook.execute.failures import cut_output, place_of
from d2lbook.execute.jobs import runnable_cells
from d2lbook.execute.preparation import CUT

TERMINAL_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-HJKSTfhlnsu]")
"""Control sequences that move the cursor or erase, but not those that colour."""

UP = re.compile(r"\x1b\[(\d*)A")
UP_OR_DOWN = re.compile(r"(\n|\x1b\[\d*A)")
"""What moves the cursor from one line to another."""

WIDGET = "application/vnd.jupyter.widget-view+json"

LIBRARY_FOLDER = r"[^\s\x1b'\":]{0,1000}/(?:python3[.\d]*|(?:site|dist)-packages)"
"""Folder of modules that are not the book's, from its own environment on."""

WEB_ADDRESS = r"(?P<address>https?://\S+)"


def clean_outputs(outputs: Iterable[dict[str, Any]]) -> tuple[Output, ...]:
    """The outputs of one cell, from those a kernel has sent, in the notebook format 4."""
    return tuple(_clean(outputs))


def _clean(outputs: Iterable[dict[str, Any]]) -> Iterator[Output]:
    for kind, group in groupby(outputs, key=lambda output: output["output_type"]):
        if kind == "stream":
            yield from _merge_streams(group)
        else:
            # As plain JSON, they are equal to those that come from the cache.
            plain = (json.loads(json.dumps(output)) for output in group)
            yield from filter(None, map(_without_widget, plain))


def _without_widget(output: Output) -> Output | None:
    """The output without a live widget, which needs its kernel; None where nothing else is there.

    The text that stands for it stays. The widget's name differs in every execution.
    """
    if WIDGET not in output.get("data", ()):
        return output
    data = {kind: content for kind, content in output["data"].items() if kind != WIDGET}
    return {**output, "data": data} if data else None


def _merge_streams(pieces: Iterable[dict[str, Any]]) -> Iterator[Output]:
    texts: dict[str, list[str]] = {"stdout": [], "stderr": []}
    for piece in pieces:
        texts[piece["name"]].append(piece["text"])
    for name, parts in texts.items():
        if text := settle("".join(parts)):
            yield {"output_type": "stream", "name": name, "text": text}


def without_folders(
    outputs: Iterable[Output], folders: Sequence[str], environment: str
) -> tuple[Output, ...]:
    """Outputs whose errors and warnings name files of libraries and of these folders from there on.

    ``environment`` is the folder that the libraries are in, or some of them. Where all
    that lies on this machine is nothing to a reader, and another machine's outputs would
    differ. What a cell prints is left alone.
    """
    found = "|".join(map(re.escape, folders))
    # The user's own folder is ``~`` for IPython.
    library = rf"(?:{re.escape(environment)}|[~/]){LIBRARY_FOLDER}"
    pattern = re.compile(rf"{WEB_ADDRESS}|(?:{found}|{library})/")

    def shorten(text: str) -> str:
        return pattern.sub(lambda match: match["address"] or "", text)

    def shortened(output: Output) -> Output:
        if output["output_type"] == "error":
            traceback = [*map(shorten, output["traceback"])]
            return {**output, "evalue": shorten(output["evalue"]), "traceback": traceback}
        if output.get("name") == "stderr":
            return {**output, "text": shorten(output["text"])}
        return output

    return tuple(map(shortened, outputs))


def oddities(notebook: Notebook, outputs: Outputs) -> Iterator[Problem]:
    """What is odd about the outputs of a notebook, whether they were made now or long ago."""
    for cell in runnable_cells(notebook):
        if any(CUT in output.get("data", ()) for output in outputs.get(cell.position, ())):
            yield cut_output(notebook, place_of(notebook, cell))


def settle(text: str) -> str:
    """What a terminal shows in the end of text that returns, goes back and moves the cursor."""
    text = text.replace("\r\n", "\n")
    if UP.search(text):
        text = "\n".join(_rows(text))
    text = TERMINAL_CONTROL.sub("", text)
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(_settle_line(line) for line in text.split("\n"))


def _rows(text: str) -> list[str]:
    """What was written to each line, in order, where bars below each other take turns."""
    rows: list[list[str]] = [[]]
    current = 0
    for piece in UP_OR_DOWN.split(text):
        if up := UP.fullmatch(piece):
            current = max(current - int(up[1] or 1), 0)
        elif piece == "\n":
            current += 1
            if current == len(rows):
                rows.append([])
        else:
            rows[current].append(piece)
    return ["".join(row) for row in rows]


def _settle_line(line: str) -> str:
    """The last of what was written over each other in one line."""
    last = next((state for state in reversed(line.split("\r")) if state), "")
    shown: list[str] = []
    for character in last:
        if character != "\b":
            shown.append(character)
        elif shown:
            shown.pop()
    return "".join(shown)
