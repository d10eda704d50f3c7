"""The reader, against cases anyone can read: Markdown in, cells out."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.book import Cell
from d2lbook.errors import SourceError
from d2lbook.source.page import TabRules, read_page
from hypothesis import given
from hypothesis import strategies as st

from tests import golden

CASES = Path(__file__).parent / "cases"
RULES = TabRules(tabs=("mxnet", "pytorch", "jax"))


def describe(text: str, rules: TabRules = RULES) -> str:
    """The cells of a page, one block each; then its contents and its problems."""
    try:
        page, problems = read_page(text, "chapter/page", "chapter/page.md", rules)
    except SourceError as error:
        return "\n".join(problem.line() for problem in error.problems)
    blocks = [describe_cell(cell) for cell in page.cells]
    blocks += [f"{frame.kind} {frame.first}-{frame.end}" for frame in page.frames]
    for contents in page.contents:
        blocks.append(f"contents numbered={contents.numbered} depth={contents.max_depth}")
        blocks += [f"  {name} ({place})" for name, place in contents.entries]
    return "\n".join([*blocks, *(problem.line("warning") for problem in problems)])


def describe_cell(cell: Cell) -> str:
    head = f"[{cell.position}] {cell.kind} {','.join(cell.tabs) if cell.tabs else 'all'}"
    for name, value in (("id", cell.identifier), *cell.attributes):
        head += f" {name}={value}" if value else ""
    head += f" outputs={len(cell.outputs)}" if cell.outputs else ""
    lines = zip(cell.lines, cell.source.split("\n"), strict=True)
    return "\n".join([head, *(f"{number:3}|{line}" for number, line in lines)])


@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_golden(path: Path, update_golden: bool) -> None:
    golden.check(path, describe, update_golden)


def test_untagged_code_can_belong_to_all_tabs() -> None:
    text = "```{.python .input}\nx = 1\n```\n"
    assert describe(text).startswith("[0] code mxnet\n")
    assert describe(text, TabRules(tabs=("a", "b"), untagged_is_all=True)).startswith(
        "[0] code all"
    )


def test_tab_marks_mean_nothing_in_a_book_without_tabs() -> None:
    text = "```{.python .input}\n%%tab x\n1\n```\n:begin_tab:`x`\ntext\n:end_tab:\n"
    page, problems = read_page(text, "p", "p.md", TabRules())
    assert [cell.source for cell in page.cells] == [
        "%%tab x\n1",
        ":begin_tab:`x`\ntext\n:end_tab:",
    ]
    assert not problems


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_ends_of_other_systems(ending: str) -> None:
    text = "# T\n\n```{.python .input}\nx\n```\nend\n"
    assert describe(text.replace("\n", ending)) == describe(text)


PIECES = st.sampled_from(
    [
        "```{.python .input}", "```", "~~~", "````", "```toc", "%%tab jax", "#@tab all",
        ":begin_tab:`jax`", ":begin_tab:", ":end_tab:", ": end_tab: ", "<!--", "-->", "text",
        "    code", "", "\t", "[]", "```{.json .output}", "$$", ":label:`x`", "* item", "\u2028",
        ":begin_fold: text", ":end_fold:", ":begin_box: *T* `x`", ":end_box:", ":begin_box:",
    ]
)  # fmt: skip
PAGES = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("\n".join))


@given(PAGES)
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    try:
        page, _ = read_page(text, "p", "p.md", RULES)
    except SourceError as error:
        assert all(problem.place and problem.place.line > 0 for problem in error.problems)
        return
    count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for position, cell in enumerate(page.cells):
        assert cell.position == position
        assert cell.source.strip()
        assert len(cell.lines) == len(cell.source.split("\n"))
        assert all(1 <= number <= count for number in cell.lines)


@given(PAGES)
def test_nothing_of_the_prose_is_lost(text: str) -> None:
    """Every line is in a cell, or is a fence, a mark, a marker, outputs, or blank."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    try:
        page, _ = read_page(text, "p", "p.md", RULES)
    except SourceError:
        return
    kept = {number for cell in page.cells for number in cell.lines}
    for number, line in enumerate(lines, 1):
        if line.strip() in {"text", "* item", ":label:`x`", "$$"}:
            assert number in kept or "output" in text or "toc" in text
