"""Sites of tiny books, without executing anything: outputs are given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from d2lbook.book import Notebook, Outputs
from d2lbook.config import read_config
from d2lbook.document.citations import format_citations
from d2lbook.document.language import load_language
from d2lbook.document.whole import build_documents
from d2lbook.errors import Problem
from d2lbook.html.site import write_site
from d2lbook.notebooks.select import select
from d2lbook.source.files import read_book

DEMO = Path(__file__).parent / "demo"


def text(value: str) -> dict[str, object]:
    return {"output_type": "execute_result", "data": {"text/plain": value}}


DEMO_OUTPUTS: Mapping[str, Mapping[str, Outputs]] = {
    "pytorch": {
        "chapter/tour": {2: (text("int"),), 4: (text("tensor([0., 0.])"),)},
        "chapter/torch-only": {1: (text("tensor([1., 1.])"),)},
    },
    "mxnet": {"chapter/tour": {2: (text("<class 'int'>"),), 5: (text("array([0., 0.])"),)}},
    "jax": {"chapter/tour": {2: (text("int"),), 6: (text("Array([0., 0.], dtype=float32)"),)}},
}


def build_site(
    root: Path,
    destination: Path,
    outputs: Mapping[str, Mapping[str, Outputs]] | None = None,
    **options: object,
) -> list[Problem]:
    """Write the site of the book in this folder; returns what is wrong in it."""
    config, _ = read_config(root)
    book, _ = read_book(config)
    notebooks: dict[str, dict[str, Notebook]] = {tab: {} for tab in config.tabs}
    for name, page in book.pages.items():
        for tab in config.tabs:
            if notebook := select(page, tab, config.default_tab):
                notebooks[tab][name] = notebook
    language = load_language(config.project.language)
    documents, problems = build_documents(book, notebooks, outputs or {}, language)
    references, unknown = format_citations(
        documents.citations(),
        root=root,
        bibliography=config.pdf.bibliography,
        language=config.project.language,
        cache=destination.parent / "citations",
    )
    found = write_site(book, documents, references, config, destination, **options)  # type: ignore[arg-type]
    return [*problems, *unknown, *found]
