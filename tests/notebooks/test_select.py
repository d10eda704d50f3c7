"""Which pages and cells a tab sees, and the notebook files made of them."""

from __future__ import annotations

import json

import nbformat
import pytest
from d2lbook.book import Notebook, Page
from d2lbook.notebooks.ipynb import notebook_json
from d2lbook.notebooks.select import select
from d2lbook.source.page import TabRules, read_page

RULES = TabRules(tabs=("pytorch", "mxnet", "jax"))


def page(text: str) -> Page:
    return read_page(text, "p", "p.md", RULES)[0]


def cell(*lines: str) -> str:
    return "\n".join(["```{.python .input}", *lines, "```", ""])


def tabs_of(text: str) -> set[str]:
    return {tab for tab in RULES.tabs if select(page(text), tab, "pytorch")}


OFFER = cell("%load_ext d2lbook.tab", "tab.interact_select('pytorch', 'jax')")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Only prose.", {"pytorch", "mxnet", "jax"}),
        (cell("1"), {"pytorch"}),
        (cell("%%tab mxnet", "1"), {"mxnet"}),
        (cell("%%tab all", "1"), {"pytorch", "mxnet", "jax"}),
        (OFFER + cell("%%tab all", "1"), {"pytorch", "jax"}),
        (cell("1") + cell("%%tab all", "2"), {"pytorch"}),
        (cell("%%tab jax", "1") + cell("%%tab all", "2"), {"pytorch", "jax"}),
        (OFFER, {"pytorch", "mxnet", "jax"}),
    ],
)
def test_tabs_with_a_notebook(text: str, expected: set[str]) -> None:
    assert tabs_of(text) == expected


def notebook(text: str, tab: str = "pytorch") -> Notebook:
    found = select(page(text), tab, "pytorch")
    assert found
    return found


def test_the_cell_that_offers_tabs_is_left_out_but_its_libraries_are_kept() -> None:
    text = cell("%load_ext d2lbook.tab", '#required_libs("gym==0.21", "wheel")') + cell("1")
    found = notebook(text)
    assert [cell.source for cell in found.cells] == ["1"]
    assert found.required_libraries == ("gym==0.21", "wheel")


def test_a_cell_reduced_to_nothing_is_left_out() -> None:
    text = cell("%%tab all", "if tab.selected('jax'):", "    x = 1") + cell("2")
    assert [cell.source for cell in notebook(text).cells] == ["2"]


def test_the_file_is_a_valid_notebook_and_always_the_same() -> None:
    text = "# T\n\n" + cell("%%tab all", "x = 1", "x") + cell("%%tab pytorch", "print('é')")
    outputs = {
        1: ({"output_type": "execute_result", "data": {"text/plain": "1"}, "metadata": {},
             "execution_count": 1},),
        2: ({"output_type": "stream", "name": "stdout", "text": "é\n"},),
    }  # fmt: skip
    written = notebook_json(notebook(text), outputs)
    assert written == notebook_json(notebook(text), outputs)
    read = nbformat.reads(written, as_version=4)
    nbformat.validate(read)
    assert nbformat.writes(read) + "\n" == written, "laid out as Jupyter saves it"
    assert [cell.source for cell in read.cells] == ["# T", "x = 1\nx", "print('é')"]
    assert [cell.get("execution_count") for cell in read.cells] == [None, 1, 2]
    assert read.cells[2].outputs[0].text == "é\n"
    assert read.cells[2].metadata == {"origin_pos": 2, "tab": ["pytorch"]}


def test_identifiers_are_unique() -> None:
    fences = "\n".join(f"```{{.python .input #same}}\nx = {n}\n```\n" for n in range(3))
    page, _ = read_page(fences, "p", "p.md", TabRules())
    notebook = select(page, "python", "python")
    assert notebook
    cells = json.loads(notebook_json(notebook))["cells"]
    assert [cell["id"] for cell in cells] == ["same", "cell-1", "cell-2"]


def test_without_outputs_nothing_counts_as_executed() -> None:
    read = nbformat.reads(notebook_json(notebook(cell("1"))), as_version=4)
    assert read.cells[0].execution_count is None
    assert read.cells[0].outputs == []
