"""``tab.selected`` reduced for one tab, against readable cases."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from d2lbook.book import Cell
from d2lbook.errors import SourceError
from d2lbook.source.selected import reduce_cell
from hypothesis import example, given
from hypothesis import strategies as st

from tests import golden

CASES = Path(__file__).parent / "selected.txt"


def code(source: str) -> Cell:
    lines = tuple(range(1, source.count("\n") + 2))
    return Cell(kind="code", source=source, lines=lines, position=0)


def describe(source: str) -> str:
    blocks = []
    for tab in ("a", "b", "c"):
        blocks.append(f"--- {tab}")
        try:
            cell = reduce_cell(code(source), tab, "p.md")
        except SourceError as error:
            blocks.append(error.problems[0].line())
        else:
            lines = zip(cell.lines, cell.source.split("\n"), strict=True)
            blocks += [f"{number:3}|{line}" for number, line in lines]
    return "\n".join(blocks)


def test_golden(update_golden: bool) -> None:
    golden.check(CASES, describe, update_golden)


def test_a_cell_that_never_asks_is_left_alone() -> None:
    cell = code("if x:  # not\tPython: (")
    assert reduce_cell(cell, "a", "p.md") is cell


CONDITIONS = st.recursive(
    st.sampled_from(
        ["tab.selected('a')", "tab.selected('b', 'c')", "tab.selected(['a', 'b'])", "p", "q(1)"]
    ),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from([" and ", " or "]), inner).map(
            lambda parts: f"({parts[0]}){parts[1]}({parts[2]})"
        ),
    ),
    max_leaves=5,
)


@example("tab.selected('a')", "(q(1)) and ((p) or ((tab.selected('a')) and (p)))", "a", True, False)
@given(CONDITIONS, CONDITIONS, st.sampled_from("abc"), st.booleans(), st.booleans())
def test_reduced_code_does_what_the_whole_code_does(
    first: str, second: str, tab: str, p: bool, q: bool
) -> None:
    """Run the cell with a live ``tab`` and the reduced cell without: the same result."""
    source = (
        f"r = []\nif {first}:\n    r.append(1)\n    if {second}:\n        r.append(2)\n"
        f"elif {second}:\n    r.append(3)\nelse:\n    if {first}:\n        r.append(4)\n"
        f"r.append(5 if {second} else 6)\nr.append(bool({first}))"
    )

    class Tab:
        @staticmethod
        def selected(*names: str | list[str]) -> bool:
            return any(tab in ([name] if isinstance(name, str) else name) for name in names)

    live = {"tab": Tab, "p": p, "q": lambda _: q}
    exec(source, live)
    reduced = reduce_cell(code(source), tab, "p.md").source
    assert "tab.selected" not in reduced
    alone = {"p": p, "q": lambda _: q}
    exec(reduced, alone)
    assert alone["r"] == live["r"]


@pytest.mark.parametrize("tab", ["a", "b"])
def test_columns_count_characters_not_bytes(tab: str) -> None:
    reduced = reduce_cell(code("é = 'ü' if tab.selected('a') else 'ñ'"), tab, "p.md").source
    assert ast.literal_eval(reduced.partition("= ")[2]) == {"a": "ü", "b": "ñ"}[tab]


def test_many_branches_of_one_condition() -> None:
    elifs = "".join(f"elif x == {number}:\n    pass\n" for number in range(2000))
    reduced = reduce_cell(code(f"if tab.selected('a'):\n    pass\n{elifs}"), "b", "p.md")
    assert reduced.source == elifs.removeprefix("el")


def test_many_questions_on_one_line() -> None:
    questions = ", ".join(f"{number} if tab.selected('a') else -{number}" for number in range(300))
    reduced = reduce_cell(code(f"x = [{questions}]"), "b", "p.md")
    assert ast.literal_eval(reduced.source.partition("= ")[2]) == [-n for n in range(300)]


def test_a_cell_that_is_nested_too_deep_is_told() -> None:
    elifs = "".join(f"elif x == {number}:\n    pass\n" for number in range(2000))
    question = "else:\n    y = tab.selected('a')\n"
    with pytest.raises(SourceError) as caught:
        reduce_cell(code(f"if x:\n    pass\n{elifs}{question}"), "b", "p.md")
    assert "too deep" in str(caught.value) or "not valid Python" in str(caught.value)
