"""Marks: the dialect's constructs are found in the text as it was written."""

from __future__ import annotations

from pathlib import Path

from d2lbook.document.prose import parse_prose
from hypothesis import given
from hypothesis import strategies as st

from tests import golden
from tests.document.test_prose import PIECES

FIRST = {
    "reference": ":",
    "citation": ":",
    "directive": ":",
    "footnote_ref": "[^",
    "link_open": "[",
    "image": "![",
    "math_inline": "$$",
    "math_block": "$$",
}
"""What the marks of these tokens begin with."""


def describe(source: str) -> str:
    found = parse_prose(source)
    return "\n".join(
        f"{mark.token.type}: {found.text[mark.start : mark.end]!r}" for mark in found.marks
    )


def test_golden(update_golden: bool) -> None:
    golden.check(Path(__file__).with_name("marks.txt"), describe, update_golden)


@given(st.lists(st.sampled_from([*PIECES, "a", "中", " | ", "\n|x|y|\n|-|-|\n|"])).map("".join))
def test_marks_of_any_text(text: str) -> None:
    found = parse_prose(text)
    for mark in found.marks:
        assert 0 <= mark.start <= mark.end <= len(found.text)
        assert found.text.startswith(FIRST.get(mark.token.type, ""), mark.start), mark
