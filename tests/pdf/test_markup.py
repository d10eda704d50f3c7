"""What becomes of a page on its way to Typst."""

from __future__ import annotations

from pathlib import Path

from tests import golden
from tests.pdf.books import markup_of


def test_golden(update_golden: bool) -> None:
    golden.check(Path(__file__).parent / "cases" / "markup.txt", markup_of, update_golden)
