"""What a person is told when notebooks fail."""

from __future__ import annotations

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook


def code(*cells: str) -> str:
    return "# Page\n\n" + "\n\n".join(f"```{{.python .input}}\n{cell}\n```" for cell in cells)


def test_all_failures_are_told_at_the_end_and_how_many_there_are(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    book = make_book(
        {
            "config.ini": "",
            "index.md": "# Book\n\n```toc\nraises\ndies\nwell\nprose\n```\n",
            "raises.md": code("1", "x = 1\n1 / 0"),
            "dies.md": code("import os\nos.kill(os.getpid(), 9)"),
            "well.md": code("1 + 1"),
            "prose.md": "# Prose\n",
        }
    )
    assert main(["-C", str(book), "-q", "build", "eval"]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith(" ")]
    assert len(lines) == 3
    assert "raises.md:9: error: [python] ZeroDivisionError: division by zero" in lines
    assert any(line.startswith("dies.md:4: error: [python] the kernel died (sig") for line in lines)
    assert (
        lines[-1]
        == "error: 2 of 3 notebooks failed; pages, PDFs and the like are made once all of them run"
    )
