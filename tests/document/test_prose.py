"""Prose to tokens, against cases anyone can read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from d2lbook.document.prose import find_definitions, parse_prose
from d2lbook.document.slides import resolve_slide_marks
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.rules_block import StateBlock

from tests import golden
from tests.document.describe import describe_prose

CASES = Path(__file__).parent / "cases"
PIECES = (
    "[**", "**]", "(**", "**)", "[~~", "~~]", "$", "$$", "`", "```", "\n", "\n\n", " ", "    ",
    "# a", ":label:`x`", ":numref:`x`", ":eqlabel:`y`", ":width:`3px`", "![c](f.svg)", "|a|\n|-|",
    ": cap", "- x", "1. y", "> q", "<!--", "-->", "[^1]", "[^1]: n", "[a]: b", "\\", "\t", "*", "中",
    ":foo:`x`", ": numref: `x`", "<div>", "\\text{$a$}", "\x00", "{#x .y}",
)  # fmt: skip


@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_golden(path: Path, update_golden: bool) -> None:
    golden.check(path, describe_prose, update_golden)


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_is_prose(text: str) -> None:
    describe_prose(text)
    lines = len(re.split(r"\r\n|\r|\n", text))
    for token in parse_prose(text).tokens:
        assert token.map is None or 0 <= token.map[0] <= token.map[1] <= lines


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_slide_marks_leave_lines_where_they_are(text: str) -> None:
    assert resolve_slide_marks(text).count("\n") == text.count("\n")


def test_long_lists_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read, get_lines = [], StateBlock.getLines

    def counted(*arguments: Any) -> str:
        read.append(get_lines(*arguments))
        return read[-1]

    monkeypatch.setattr(StateBlock, "getLines", counted)
    text = "- word\n" * 400
    parse_prose(text)
    assert sum(map(len, read)) < 20 * len(text)


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\f", "\v", "\r", "\r\n"])
def test_lines_end_where_the_parser_ends_them(separator: str) -> None:
    text = f"a{separator}b{separator}c{separator}d\n\n    [**x**]\n"
    assert resolve_slide_marks(text) == text


def test_link_definitions_come_from_elsewhere() -> None:
    definitions = find_definitions("Text.\n\n[docs]: https://example.org\n")
    tokens = parse_prose("See the [docs].", definitions=definitions).tokens
    assert tokens[1].children is not None
    assert tokens[1].children[1].attrs == {"href": "https://example.org"}


def test_quotation_marks_are_the_languages() -> None:
    tokens = parse_prose("\"a 'b' c\"", quotes="«»‹›").tokens
    assert tokens[1].children is not None
    assert tokens[1].children[0].content == "«a ‹b› c»"
