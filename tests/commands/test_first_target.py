"""Every target on a book that was never built, with real kernels: whichever comes first."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.__main__ import main
from d2lbook.commands.build import EXECUTING

from tests.conftest import MakeBook

BOOK = {
    "config.ini": "[colab]\ngithub_repo = owner/book\n[sagemaker]\ngithub_repo = owner/book\n",
    "index.md": "# Book\n\n```toc\npage\n```\n",
    "page.md": "# Page\n\n[**A slide**]\n\n```{.python .input}\nprint(40 + 2)\n```\n",
}


@pytest.mark.parametrize("target", EXECUTING)
def test_any_target_may_be_the_first(make_book: MakeBook, target: str) -> None:
    assert main(["-C", str(make_book(BOOK)), "-q", "build", target]) == 0


def test_nothing_is_executed_where_the_output_folder_is_not_ours(
    make_book: MakeBook, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = tmp_path / "ran"
    page = (
        f"# Page\n\n[**A slide**]\n\n```{{.python .input}}\nopen({str(ran)!r}, 'w').close()\n```\n"
    )
    book = make_book(BOOK | {"page.md": page, "_build/own.txt": "somebody's"})
    assert main(["-C", str(book), "-q", "build", "slides"]) == 7
    assert "_build holds files that d2lbook didn't make" in capfd.readouterr().err
    assert not ran.exists()
    assert [path.name for path in (book / "_build").iterdir()] == ["own.txt"]
