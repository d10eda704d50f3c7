"""Fonts that SVGs ask for."""

from __future__ import annotations

import pytest
from d2lbook.pdf.drawings import with_own_fonts


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        (
            '<text font-family="Menlo, monospace">',
            '<text font-family="Menlo, Source Code Pro, monospace">',
        ),
        (
            """<g style='fill:red;font-family:"A B",serif;x:y'>""",
            """<g style='fill:red;font-family:"A B",Libertinus Serif, serif;x:y'>""",
        ),
        (
            "<style>\n.a { font: 9px MONOSPACE; fill: red }</style>",
            "<style>\n.a { font: 9px Source Code Pro, MONOSPACE; fill: red }</style>",
        ),
        (
            "<style><![CDATA[ .a{font-family:serif} ]]></style>",
            "<style><![CDATA[ .a{font-family:Libertinus Serif, serif} ]]></style>",
        ),
    ],
)
def test_ours_come_before_generic_ones(drawing: str, expected: str) -> None:
    assert with_own_fonts(drawing.encode()).decode() == expected


@pytest.mark.parametrize(
    "drawing",
    [
        '<g font-family="Arial" id="serif" class="monospace"><text>font: serif</text>',
        '<g style="font-family:sans-serif" class="serif">',
        "<style>.serif { fill: red; font-weight: bold }</style><text>font: serif</text>",
        '<text x="font-family: serif">',
        "<style",
    ],
)
def test_all_else_stays_as_it_is(drawing: str) -> None:
    assert with_own_fonts(drawing.encode()).decode() == drawing
