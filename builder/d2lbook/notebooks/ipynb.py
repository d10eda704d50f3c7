"""Writes a ``Notebook`` in Jupyter's format (nbformat 4.5): the same bytes for the same book."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from d2lbook.book import Cell, Notebook, Output, Outputs
from d2lbook.source.raises import find_expectation

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
"""The kernel every Jupyter has; a book's own kernels are never registered."""


def notebook_json(
    notebook: Notebook, outputs: Outputs | None = None, origin: Mapping[str, str] | None = None
) -> str:
    """The text of the ``.ipynb`` file, with the outputs of an execution where there are any.

    A cell's identifier is that of its fence or its position in the page; its
    metadata say where it comes from (``origin_pos``, ``tab``), as in d2lbook. What
    has to raise has the tag that lets Jupyter go on with the next cell. ``origin`` says
    what the outputs were made with.
    """
    metadata: dict[str, Any] = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    if origin:
        metadata["d2lbook"] = dict(origin)
    if notebook.required_libraries:
        metadata["required_libs"] = list(notebook.required_libraries)
    cells = ",\n".join(_cells(notebook, outputs))
    return (
        f'{{\n "cells": [\n{cells}\n ],\n "metadata": {_json(metadata, 1)},\n'
        ' "nbformat": 4,\n "nbformat_minor": 5\n}\n'
    )


def _cells(notebook: Notebook, outputs: Outputs | None) -> Iterator[str]:
    count = 0
    taken: set[str] = set()
    for cell in notebook.cells:
        identifier = _identifier(cell, taken)
        taken.add(identifier)
        fields = [
            f'"id": "{identifier}"',
            f'"metadata": {_cell_metadata(cell, notebook, outputs)}',
            f'"source": {_lines(cell.source)}',
        ]
        if cell.kind == "prose":
            fields.insert(0, '"cell_type": "markdown"')
        else:
            count += 1
            fields.insert(0, f'"execution_count": {"null" if outputs is None else count}')
            fields.insert(0, '"cell_type": "code"')
            fields.insert(4, f'"outputs": {_outputs(cell, outputs)}')
        yield "  {\n   " + ",\n   ".join(fields) + "\n  }"


def _identifier(cell: Cell, taken: Container[str]) -> str:
    """The fence's own, where the format allows it; else made of the position."""
    is_allowed = re.fullmatch(r"[\w-]{1,64}", cell.identifier, re.ASCII)
    if is_allowed and cell.identifier not in taken:
        return cell.identifier
    return f"cell-{cell.position}"


def _outputs(cell: Cell, outputs: Outputs | None) -> str:
    found = outputs.get(cell.position, ()) if outputs else ()
    return _json([_split_texts(each) for each in found], 3)


def _json(value: Any, depth: int) -> str:
    """The value as Jupyter lays it out at this depth: one blank per level, keys sorted."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return text.replace("\n", "\n" + " " * depth)


def _lines(source: str) -> str:
    """The list of the lines, as ``_json`` lays it out, for it is most of a file."""
    lines = ",\n".join(f"    {encode_basestring(line)}" for line in _split(source))
    return f"[\n{lines}\n   ]"


def _split(source: str) -> list[str]:
    *lines, last = source.split("\n")
    return [*(line + "\n" for line in lines), *([last] if last else [])]


def _split_texts(output: Output) -> Output:
    """The output with its texts as lists of lines, as Jupyter keeps them."""
    if output["output_type"] == "stream":
        return {**output, "text": _split(output["text"])}
    if "data" in output:
        data = {
            kind: _split(value) if isinstance(value, str) else value
            for kind, value in output["data"].items()
        }
        return {**output, "data": data}
    return output


def _cell_metadata(cell: Cell, notebook: Notebook, outputs: Outputs | None) -> str:
    found = outputs.get(cell.position, ()) if outputs else ()
    raises = any(each["output_type"] == "error" for each in found)
    if cell.kind == "code" and find_expectation(cell, notebook.page.path):
        raises = True
    return _metadata(cell.position, cell.tabs and notebook.tab, cell.attributes, raises)


@cache
def _metadata(
    position: int, tab: str | None, attributes: tuple[tuple[str, str], ...], raises: bool
) -> str:
    metadata: dict[str, Any] = {"origin_pos": position}
    if raises:
        metadata["tags"] = ["raises-exception"]
    if tab:
        metadata["tab"] = [tab]
    if attributes:
        metadata["attributes"] = dict(attributes)
    return _json(metadata, 3)
