"""Writes a ``Notebook`` in Jupyter's format (nbformat 4.5): the same bytes for the same book."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from d2lbook.book import Cell, Notebook, Outputs

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
"""The kernel every Jupyter has; a book's own kernels are never registered."""


def notebook_json(notebook: Notebook, outputs: Outputs | None = None) -> str:
    """The text of the ``.ipynb`` file, with the outputs of an execution where there are any.

    A cell's identifier is that of its fence or its position in the page; its
    metadata say where it comes from (``origin_pos``, ``tab``), as in d2lbook.
    """
    metadata: dict[str, Any] = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    if notebook.required_libraries:
        metadata["required_libs"] = list(notebook.required_libraries)
    content = {
        "cells": list(_cells(notebook, outputs)),
        "metadata": metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cells(notebook: Notebook, outputs: Outputs | None) -> list[Mapping[str, Any]]:
    cells: list[Mapping[str, Any]] = []
    count = 0
    for cell in notebook.cells:
        content: dict[str, Any] = {
            "cell_type": "markdown" if cell.kind == "prose" else "code",
            "id": cell.identifier or f"cell-{cell.position}",
            "metadata": _metadata(cell, notebook.tab),
            "source": cell.source.splitlines(keepends=True),
        }
        if cell.kind == "code":
            count += 1
            content["outputs"] = list(outputs.get(cell.position, ()) if outputs is not None else ())
            content["execution_count"] = count if outputs is not None else None
        cells.append(content)
    return cells


def _metadata(cell: Cell, tab: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"origin_pos": cell.position}
    if cell.tabs is not None:
        metadata["tab"] = [tab]
    if cell.attributes:
        metadata["attributes"] = dict(cell.attributes)
    return metadata
