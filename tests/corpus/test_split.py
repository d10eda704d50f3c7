"""The whole corpus against what d2lbook made of it, cell for cell.

Where ours differs on purpose the difference is named here, with its reason, and
nothing else may differ.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from d2lbook.book import Notebook
from d2lbook.config import Config, read_config
from d2lbook.notebooks.aliases import parse_aliases
from d2lbook.notebooks.rewrite import rewrite_notebook
from d2lbook.notebooks.select import select
from d2lbook.source.files import read_book

TABS = ("pytorch", "mxnet", "jax", "tensorflow")

ALL_CODE_IS_FOR_ALL = {
    ("jax", "chapter_natural-language-processing-pretraining/subword-embedding"),
    ("tensorflow", "chapter_natural-language-processing-pretraining/subword-embedding"),
}
"""Kept, where d2lbook skips it: every cell of the page is marked ``%%tab all``."""

REVERSE_ALIASES_WORK = 13
"""Cells with ``d2l.size(x)`` and ``d2l.transpose(x)``: the reverse aliases in config.ini
are regular expressions, which d2lbook took literally, so that they never matched."""

LAYOUT_IS_KEPT = 12
"""Cells where a replaced call is the same Python in another layout: d2lbook printed the
call anew from its syntax tree, we leave its arguments as their author wrote them."""


@pytest.fixture(scope="module")
def config(corpus: Path) -> Config:
    return read_config(corpus)[0]


@pytest.fixture(scope="module")
def notebooks(config: Config) -> dict[tuple[str, str], Notebook | None]:
    book, _ = read_book(config)
    return {
        (tab, name): select(page, tab, config.default_tab)
        for tab in TABS
        for name, page in book.pages.items()
    }


def golden(corpus: Path, stage: str, tab: str, name: str) -> dict[str, Any] | None:
    """What d2lbook made; None where it skipped the page."""
    text = (corpus.parent / "golden" / stage / tab / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text) if text else None


def blank_lines_once(text: str) -> str:
    """d2lbook joins the pieces around a plain fence by exactly one blank line, and strips
    the text in it; we keep the text between cells as it stands."""
    text = re.sub(r"(?m)^(```.*)$", r"\n\1\n", text)
    lines = (line.rstrip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def test_an_edition_of_one_tab_has_the_same_notebooks(
    config: Config, notebooks: dict[Any, Notebook | None]
) -> None:
    tab = config.default_tab
    book, _ = read_book(replace(config, build=replace(config.build, tabs=(tab,))))
    for name, page in book.pages.items():
        there, here = notebooks[tab, name], select(page, tab, tab)
        assert (there and [cell.source for cell in there.code_cells()]) == (
            here and [cell.source for cell in here.code_cells()]
        )


def test_every_page_is_compared(corpus: Path, notebooks: dict[Any, Any]) -> None:
    folder = corpus.parent / "golden" / "split_only"
    made = {(path.relative_to(folder).parts[0], path) for path in folder.rglob("*.json")}
    assert len(made) == len(notebooks) == 4 * 192


@pytest.mark.parametrize("tab", TABS)
def test_the_split(corpus: Path, notebooks: dict[Any, Notebook | None], tab: str) -> None:
    for (its_tab, name), ours in notebooks.items():
        if its_tab != tab:
            continue
        theirs = golden(corpus, "split_only", tab, name)
        if theirs is None:
            assert (ours is not None) == ((tab, name) in ALL_CODE_IS_FOR_ALL), name
            continue
        assert ours is not None, name
        expected = [(cell["type"] == "code", cell["origin_pos"]) for cell in theirs["cells"]]
        assert [(cell.kind == "code", cell.position) for cell in ours.cells] == expected, name
        for cell, other in zip(ours.cells, theirs["cells"], strict=True):
            where = f"{name} {cell.position}"
            if cell.kind == "code":
                assert cell.source == other["source"], where
            elif "```" in cell.source:
                assert blank_lines_once(cell.source) == blank_lines_once(other["source"]), where
            else:
                assert cell.source + "\n" == other["source"], where
        libraries = [name.strip('"') for name in theirs["required_libs"]]
        assert list(ours.required_libraries) == libraries, name


def test_aliases_and_imports(
    corpus: Path, config: Config, notebooks: dict[Any, Notebook | None]
) -> None:
    aliases = {tab: parse_aliases(config.libraries[tab]) for tab in TABS}
    differences: Counter[str] = Counter()
    for (tab, name), ours in notebooks.items():
        theirs = golden(corpus, "full", tab, name)
        if ours is None or theirs is None:
            continue
        rewritten = rewrite_notebook(ours, aliases[tab], ("d2l",))
        for cell, other in zip(rewritten.cells, theirs["cells"], strict=True):
            if cell.kind != "code" or cell.source == other["source"]:
                continue
            if ast.dump(ast.parse(cell.source)) == ast.dump(ast.parse(other["source"])):
                differences["layout"] += 1
            else:
                assert re.search(r"d2l\.(size|transpose)\(", other["source"]), (tab, name, cell)
                assert not re.search(r"d2l\.(size|transpose)\(\w", cell.source), (tab, name, cell)
                differences["reverse"] += 1
    assert differences == {"layout": LAYOUT_IS_KEPT, "reverse": REVERSE_ALIASES_WORK}
