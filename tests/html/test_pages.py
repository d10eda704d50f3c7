"""Pages as HTML, against cases anyone can read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import golden
from tests.conftest import MakeBook
from tests.html.sites import DEMO, build_site

CASES = Path(__file__).parent / "cases"
CONFIG = "[build]\ntabs = pytorch, mxnet, jax\n[pdf]\nbibfile = book.bib\n"
Render = Callable[[str], str]


@pytest.fixture
def render(make_book: MakeBook, tmp_path: Path) -> Render:
    """Makes the text of a page HTML: its article, formulas left out, then its problems."""

    def render(source: str) -> str:
        root = make_book(
            {
                "config.ini": CONFIG,
                "index.md": "# Book\n\n```toc\npage\nother\n```\n",
                "other.md": "# Other\n\n## Übungen\n",
                "book.bib": (DEMO / "book.bib").read_text(),
                "img/tree.svg": (DEMO / "img" / "tree.svg").read_text(),
            }
        )
        (root / "page.md").write_text(source)
        problems = build_site(root, tmp_path / "site")
        page = (tmp_path / "site" / "page.html").read_text()
        article = page.split("<article>")[1].split("</article>")[0]
        lines = [line for line in without_formulas(article).splitlines() if line.strip()]
        return "\n".join([*lines, *(problem.line("warning") for problem in problems)])

    return render


def without_formulas(html: str) -> str:
    """The HTML with KaTeX's part of it replaced by the TeX it came from."""
    parts = re.split(r'(<span class="katex(?:-display)?">)', html)
    kept = [parts[0]]
    for part in parts[2::2]:
        tex = re.search(r'<annotation encoding="application/x-tex">(.*?)</annotation>', part)
        if not tex:
            continue
        rest = re.sub(r"(?s)^.*</span></span></span>", "", part)
        kept.append(f"‹{tex[1]}›{rest}")
    return "".join(kept)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.txt")), ids=lambda path: path.stem)
def test_golden(path: Path, render: Render, update_golden: bool) -> None:
    golden.check(path, render, update_golden)
