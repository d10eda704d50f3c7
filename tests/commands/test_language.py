"""A book's language in all that is built of it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from d2lbook.__main__ import main
from pypdf import PdfReader

from tests.conftest import MakeBook

PAGE = """
# One
:label:`sec_one`

:numref:`fig_f` :numref:`tab_t` :numref:`sec_one` :numref:`sec_two` "a"

![Net](img/f.svg)
:label:`fig_f`

: Sizes
:label:`tab_t`

|a|
|-|
|1|

## Two
:label:`sec_two`
"""
FILES = {
    "index.md": "# B\n\n```toc\n:numbered:\n\npage\n```\n",
    "page.md": PAGE,
    "img/f.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
}
CONFIG = "[project]\nlang = {}\n[build]\neval_notebook = False\nresources = img\n"
OWN_WORDS = (
    "sphinx_configs = numfig_format = {'figure': 'F%%s', 'table': 'T%%s', 'section': '%%sS'}\n"
)


def read(built: Path) -> Iterator[str]:
    """What page, EPUB and PDF say, with single spaces."""
    with zipfile.ZipFile(next((built / "epub").glob("*.epub"))) as epub:
        parts = [epub.read(name).decode() for name in epub.namelist() if name.endswith(".xhtml")]
    pdf = PdfReader(next((built / "pdf").glob("*.pdf")))
    for markup in ((built / "html/page.html").read_text(encoding="utf-8"), "".join(parts)):
        yield " ".join(unescape(re.sub(r"<[^>]*>", "", markup)).split())
    yield " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


@pytest.mark.parametrize(
    ("language", "more", "text", "captions"),
    [
        ("de", "", "Abbildung 1.1 Tabelle 1.1 Kapitel 1 Abschnitt 1.1 „a“", ("Abbildung 1.1 Net", "Tabelle 1.1 Sizes")),
        ("fr", "", "Figure 1.1 Tableau 1.1 Chapitre 1 Section 1.1 « a »", ("Figure 1.1 Net", "Tableau 1.1 Sizes")),
        ("pt_BR", OWN_WORDS, "F1.1 T1.1 Capítulo 1 1.1S “a”", ("F1.1 Net", "T1.1 Sizes")),
    ],
)  # fmt: skip
def test_all_outputs_use_the_same_words(
    make_book: MakeBook, language: str, more: str, text: str, captions: tuple[str, ...]
) -> None:
    folder = make_book({**FILES, "config.ini": CONFIG.format(language) + more})
    assert main(["-C", str(folder), "build", "html", "epub", "pdf"]) == 0
    for found in read(folder / "_build"):
        assert all(words in found for words in (text, *captions))


def test_a_language_without_texts_is_noted_once(
    make_book: MakeBook, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = make_book({**FILES, "config.ini": CONFIG.format("sv")})
    assert main(["-C", str(folder), "build", "html", "epub", "pdf"]) == 0
    told = capfd.readouterr().err.splitlines()
    assert [line.partition(",")[0] for line in told] == [
        "config.ini:2: note: there are no texts in the language 'sv'"
    ]
    assert "Figure 1.1" in next(read(folder / "_build"))


def test_a_book_brings_its_own_texts(make_book: MakeBook) -> None:
    config = CONFIG.format("sv\ntexts = texts.toml")
    texts = '[texts]\nfigure_number = "Figur {number}"\nnext = "Nästa"\ncopy = "Kopiera"\n'
    folder = make_book({**FILES, "config.ini": config, "texts.toml": texts})
    assert main(["-C", str(folder), "build", "html", "epub", "pdf"]) == 0
    assert all("Figur 1.1 Net" in found for found in read(folder / "_build"))
    assert "Nästa" in (folder / "_build/html/index.html").read_text(encoding="utf-8")
    assert '"Kopiera"' in (folder / "_build/html/_static/book.js").read_text(encoding="utf-8")
