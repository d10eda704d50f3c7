"""Slides: what the marks of a page put on them, and decks that need no network."""

from __future__ import annotations

import json
import re
from pathlib import Path

from d2lbook.book import Outputs
from d2lbook.config import parse_config
from d2lbook.document.language import load_language
from d2lbook.publish.data import notebook_text
from d2lbook.publish.decks import deck_html, shared_files
from d2lbook.publish.slides import slide_notebook

from tests import golden
from tests.publish.books import book_of

CONFIG = "[slides]\ntop_left = <b>Left</b>\ntop_right = <i>Right</i>\n"

DECK = """\
# A page of $x^2$

[**A formula $\\frac{a}{b}$**] and (**$$c$$**)

```{.python .input}
%%tab all
print(1)
```
"""


def slides_of(page: str, folder: Path, outputs: Outputs | None = None) -> str:
    """The text of the slides' notebook; empty where there is none."""
    notebooks, book = book_of(page, folder)
    config, _ = parse_config(CONFIG, folder)
    data = slide_notebook(notebooks["part/page"], outputs, book, config)
    return notebook_text(data) if data else ""


def described(page: str, folder: Path) -> str:
    """The cells of the slides, each after its slide type; code is quoted."""
    text = slides_of(page, folder)
    lines: list[str] = []
    for cell in json.loads(text)["cells"] if text else ():
        source = "".join(cell["source"])
        lines.append(f"({cell['metadata']['slideshow']['slide_type']})")
        lines.append(
            source if cell["cell_type"] == "markdown" else re.sub("^", "> ", source, flags=re.M)
        )
    return "\n".join(lines)


def test_golden(tmp_path: Path, update_golden: bool) -> None:
    path = Path(__file__).with_name("slides.txt")
    golden.check(path, lambda page: described(page, tmp_path), update_golden)


def test_code_goes_on_where_nothing_came_out(tmp_path: Path) -> None:
    page = "# Page\n\n[**One**]\n" + "\n```{.python .input}\n%%tab all\n1\n```\n" * 3
    outputs = {2: ({"output_type": "stream", "name": "stdout", "text": "two\n"},)}
    cells = json.loads(slides_of(page, tmp_path, outputs))["cells"]
    assert ["".join(cell["source"]) for cell in cells] == ["# Page\n\nOne", "1\n\n1", "1"]
    assert cells[1]["outputs"][0]["text"] == ["two\n"]
    assert cells[2]["outputs"] == []


def test_what_lies_over_the_slides_is_in_the_notebook(tmp_path: Path) -> None:
    metadata = json.loads(slides_of("# Page\n\n[**One**]\n", tmp_path))["metadata"]
    assert re.findall("<[bi]>.*?</[bi]>", metadata["rise"]["overlay"]) == [
        "<b>Left</b>",
        "<i>Right</i>",
    ]


def test_a_deck_needs_no_network_and_no_script_for_formulas(tmp_path: Path) -> None:
    outputs = {1: ({"output_type": "stream", "name": "stdout", "text": "1 < 2\n"},)}
    html = deck_html(
        slides_of(DECK, tmp_path, outputs), static="../_static", language=load_language("id")
    )
    addresses = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert addresses
    assert all(address.startswith("../_static/") for address in addresses)
    assert {address.removeprefix("../_static/") for address in addresses} <= set(shared_files())
    assert "@import" not in html
    assert '<html dir="ltr" lang="id">' in html
    assert html.count('<span class="katex">') == 3
    assert "1 &lt; 2" in html
    assert "<b>Left</b>" in html


def test_a_deck_has_the_same_bytes_twice(tmp_path: Path) -> None:
    text = slides_of(DECK, tmp_path)
    decks = {deck_html(text, static="s", language=load_language("en")) for _ in range(2)}
    assert len(decks) == 1


def test_the_shared_files_ask_the_network_for_nothing() -> None:
    for name, content in shared_files().items():
        if name.endswith(".css"):
            assert not re.search(rb"url\(['\"]?(?:https?:)?//", content), name
