"""Notebooks as data of Jupyter's format 4.5, for outputs that add something to them."""

from __future__ import annotations

import json
from typing import Any, Literal, TypeAlias, cast

from d2lbook.book import Notebook, Outputs
from d2lbook.notebooks.ipynb import notebook_json

NotebookData: TypeAlias = dict[str, Any]
CellData: TypeAlias = dict[str, Any]


def notebook_data(notebook: Notebook, outputs: Outputs | None = None) -> NotebookData:
    """What the notebook's file holds (see ``notebook_json``)."""
    return cast(NotebookData, json.loads(notebook_json(notebook, outputs)))


def notebook_text(data: NotebookData) -> str:
    """The text of the notebook's file: the same bytes for the same data."""
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def cell_data(
    kind: Literal["markdown", "code"], identifier: str, source: str, **metadata: Any
) -> CellData:
    """A cell that is not in the book; a code cell has no outputs."""
    cell = {
        "cell_type": kind,
        "id": identifier,
        "metadata": metadata,
        "source": source.splitlines(keepends=True),
    }
    return cell if kind == "markdown" else {**cell, "outputs": [], "execution_count": None}
