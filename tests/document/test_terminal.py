"""What is to be seen of text for terminals."""

from __future__ import annotations

import pytest
from d2lbook.document.terminal import Style, plain, runs, settled


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x1b]8;;http://x\x07link\x1b]8;;\x07b", "alinkb"),
        ("a\x1b]0;never closed\nb", "a\nb"),
        ("\x1b[?25la\x1b[?25h\x1b(Bb\x1b[2K\x1b[0", "ab"),
        ("a\x08\x1b\n", "a\n"),
    ],
)
def test_control_sequences_are_not_shown(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("parameters", "style"),
    [
        ("1;31", Style("red", is_bold=True)),
        ("01;94", Style("blue", is_bold=True)),
        ("31;39", Style()),
        ("1;31;22", Style("red")),
        ("1;31;", Style()),
        # Of 256 colours the first are those that have codes of their own, too.
        ("38;5;0", Style("black")),
        ("38;5;1", Style("red")),
        ("38;5;12", Style("blue")),
        ("38;5;34", Style()),
        ("31;38;5;196;1", Style(is_bold=True)),
        ("38;2;0;10;31", Style()),
        ("48;5;1;32", Style("green")),
        ("48;2;1;1;1;32", Style("green")),
        ("58;5;34", Style()),
        ("38:5:2", Style("green")),
        ("38:2::0:1:31;4:3", Style()),
        ("38", Style()),
        ("38;5", Style()),
        ("1" * 5000, Style()),
    ],
)
def test_styles(parameters: str, style: Style) -> None:
    assert list(runs(f"\x1b[{parameters}mx")) == [("x", style)]


def test_a_style_lasts_until_the_next() -> None:
    text = "a\x1b[31mb\x1b[Kc\x1b[md"
    red = Style("red")
    assert list(runs(text)) == [("a", Style()), ("b", red), ("c", red), ("d", Style())]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("10%\r100%", "100%"),
        ("a\n10%\r50%\r100%\nb", "a\n100%\nb"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("10%\r100%\r", "100%"),
        ("a\r\r\r\nb\r\r", "a\nb"),
        ("a\r\n\r\nb", "a\n\nb"),
    ],
)
def test_a_carriage_return_begins_a_line_anew(text: str, shown: str) -> None:
    assert plain(settled(text)) == shown
