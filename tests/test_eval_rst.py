"""A book with ``eval_rst`` blocks, as its pages, its PDF and its notebooks show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from d2lbook.__main__ import main
from pypdf import PdfReader

from tests.conftest import MakeBook

BOOK = {
    "config.ini": """\
        [project]
        name = rst
        [build]
        tabs = pytorch, jax
        eval_notebook = False
        [library-pytorch]
        lib_file = d2l/torch.py
        lib_name = torch
    """,
    "index.md": """\
        # Book

        ```eval_rst
        .. raw:: html
           :file: front.html

        .. toctree::
           :numbered:

           part/nets
           The Works <works>
        ```
    """,
    "front.html": "<p>Welcome to the <a href='part/nets.html'>front</a>.</p>",
    "part/nets.md": """\
        # Nets
        :label:`sec_nets`

        ```{.python .input}
        %%tab pytorch
        #@save
        class Net:
            '''A net of *layers*.'''
        ```

        ```{.python .input}
        %%tab jax
        1
        ```

        Both are nets.

        :begin_tab:`jax`
        ```eval_rst
        .. currentmodule:: flax.linen
        ```
        :end_tab:

        ## API

        ```eval_rst
        .. autoclass:: Net
        ```
    """,
    "works.md": """\
        ```eval_rst
        .. only:: html

           Works
           =====

           Seen in a browser.

        .. only:: latex

           Seen on paper.
        ```

        More.
    """,
}


@pytest.fixture
def folder(make_book: MakeBook, capfd: pytest.CaptureFixture[str]) -> Path:
    """The book, all of it built, without anything to complain of."""
    folder = make_book(BOOK)
    assert main(["-C", str(folder), "build", "lib"]) == 0
    capfd.readouterr()
    assert main(["-C", str(folder), "build", "html", "pdf", "ipynb"]) == 0
    assert capfd.readouterr().err == ""
    return folder


def article(folder: Path, page: str) -> str:
    html = (folder / "_build/html" / page).read_text()
    return re.sub(r"\s*\n\s*", "\n", html.split("<article>")[1].split("</article>")[0])


def paper(folder: Path, tab: str) -> str:
    pages = PdfReader(folder / f"_build/pdf/rst-{tab}.pdf").pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_book_is_made_of_the_pages_that_a_toctree_lists(folder: Path) -> None:
    cover = (folder / "_build/html/index.html").read_text()
    assert "Welcome to the <a href='part/nets.html'>front</a>." in cover
    assert re.findall(r'<span class="number">([\d.]+)</span> <span>(\w+)', cover)[:2] == [
        ("1", "Nets"),
        ("2", "Works"),
    ]
    assert "1 Nets" in paper(folder, "jax")


def test_objects_are_described_for_each_tab(folder: Path) -> None:
    page = article(folder, "part/nets.html")
    assert page.count('class="panel"') == 1  # the block that only names a module shows nothing
    of_torch, of_jax = re.findall(r'<div data-for="(\w+)">(.*?)</div>', page, re.DOTALL)
    assert of_torch[0] == "pytorch"
    assert "<code>d2l.torch.Net</code>" in of_torch[1]
    assert "<p>A net of <em>layers</em>.</p>" in of_torch[1]
    assert (
        'Defined in <a class="reference" href="nets.html">Chapter\N{NO-BREAK SPACE}1</a>'
        in of_torch[1]
    )
    assert of_jax[0] == "jax"
    assert "<code>flax.linen.Net</code>" in of_jax[1]
    assert "class d2l.torch.Net A net of layers. Defined in Chapter 1" in paper(folder, "pytorch")
    assert "class flax.linen.Net" in paper(folder, "jax")


def test_each_output_has_what_is_meant_for_it(folder: Path) -> None:
    page = article(folder, "works.html")
    assert re.findall(r"<p>(.*?)</p>", page) == ["Seen in a browser.", "More."]
    assert "2 Works Seen on paper. More." in paper(folder, "pytorch")


def test_what_a_name_refers_to_may_be_missing(
    make_book: MakeBook, capfd: pytest.CaptureFixture[str]
) -> None:
    page = "# T\n\n```eval_rst\n.. autofunction:: train\n\n:numref:`sec_none`\n\n.. odd:: x\n```\n"
    folder = make_book(BOOK | {"works.md": page, "d2l/torch.py": "x = 1\n"})
    assert main(["-C", str(folder), "-q", "build", "html", "pdf"]) == 0
    assert sorted(capfd.readouterr().err.splitlines()) == [
        "part/nets.md:27: warning: the module d2l.torch has no 'Net'; mend the name",
        "works.md:4: warning: the module d2l.torch has no 'train'; mend the name",
        "works.md:6: warning: unknown label 'sec_none' in :numref:; no page of the book has it",
        'works.md:8: warning: reStructuredText: Unknown directive type "odd"',
    ]
