"""What of a page its notebook shows."""

from __future__ import annotations

from pathlib import Path

from d2lbook.notebooks.ipynb import notebook_json
from d2lbook.publish.clean import clean_notebook
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import golden
from tests.document.test_prose import PIECES
from tests.publish.books import book_of


def cleaned(page: str, folder: Path, *, tab: str = "pytorch", language: str = "en") -> str:
    """The cells of the page's clean notebook; code is quoted."""
    notebooks, book = book_of(page, folder, tab, language)
    notebook = clean_notebook(notebooks["part/page"], book, book.documents.pages["part/page"])
    return "\n\n".join(
        cell.source if cell.kind == "prose" else "> " + cell.source.replace("\n", "\n> ")
        for cell in notebook.cells
    )


def test_golden(tmp_path: Path, update_golden: bool) -> None:
    path = Path(__file__).with_name("clean.txt")
    golden.check(path, lambda page: cleaned(page, tmp_path), update_golden)


def test_the_words_are_of_the_language_of_the_book(tmp_path: Path) -> None:
    page = "# Page\n\n:numref:`chap_part`\n\n![Keterangan](a.svg)\n"
    assert cleaned(page, tmp_path, language="id").splitlines() == [
        "# Page",
        "",
        "[Bab 1](index.ipynb)",
        "",
        "![Keterangan](a.svg)",
        "",
        "Gambar 2.1: Keterangan",
    ]


def test_links_lead_to_the_notebooks_of_the_same_tab(tmp_path: Path) -> None:
    page = "# Page\n\n:numref:`sec_mxnet`\n"
    assert "[Chapter 3](mxnet.ipynb)" in cleaned(page, tmp_path, tab="mxnet")


def test_cells_keep_their_positions_and_empty_ones_go(tmp_path: Path) -> None:
    page = "# Page\n\n```{.python .input}\n%%tab all\n1\n```\n\n<!-- nothing -->\n"
    notebooks, book = book_of(page, tmp_path)
    notebook = clean_notebook(notebooks["part/page"], book, book.documents.pages["part/page"])
    assert [cell.position for cell in notebook.cells] == [0, 1]
    assert '"text": ["x\\n"]' not in notebook_json(notebook)


def test_the_same_book_gives_the_same_bytes(tmp_path: Path) -> None:
    page = "# Page\n\n:cite:`sari` and :numref:`sec_appendix`\n\n$$a$$\n"
    assert cleaned(page, tmp_path) == cleaned(page, tmp_path)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted({*PIECES} - {"```", "<!--"})), unique=True).map("".join))
def test_any_prose_can_be_cleaned(tmp_path: Path, text: str) -> None:
    notebooks, book = book_of(f"# Page\n\n{text}", tmp_path)
    notebook = clean_notebook(notebooks["part/page"], book, book.documents.pages["part/page"])
    assert notebook.cells[0].source.startswith("# Page")
