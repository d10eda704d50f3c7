"""Sites of tiny books, without executing anything: outputs are given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from d2lbook.book import Outputs
from d2lbook.config import read_config
from d2lbook.document.bibliography import read_bibliography
from d2lbook.document.build import build_document
from d2lbook.document.citations import References, format_citations
from d2lbook.document.language import load_language
from d2lbook.document.model import Document
from d2lbook.document.whole import Documents, connect_documents
from d2lbook.errors import Problem
from d2lbook.html.site import write_site
from d2lbook.notebooks.select import select
from d2lbook.source.files import read_book

DEMO = Path(__file__).parent / "demo"


def text(value: str) -> dict[str, object]:
    return {"output_type": "execute_result", "data": {"text/plain": value}}


def stream(value: str) -> dict[str, object]:
    return {"output_type": "stream", "name": "stdout", "text": value}


HUNDRED = stream("".join(f"{number}\n" for number in range(100)))

DEMO_OUTPUTS: Mapping[str, Mapping[str, Outputs]] = {
    "pytorch": {
        "chapter/tour": {2: (text("int"),), 4: (text("tensor([0., 0.])"),)},
        "chapter/reading": {1: (HUNDRED,)},
        "chapter/torch-only": {1: (text("tensor([1., 1.])"),)},
    },
    "mxnet": {"chapter/tour": {2: (text("<class 'int'>"),), 5: (text("array([0., 0.])"),)}},
    "jax": {
        "chapter/tour": {2: (text("int"),), 6: (text("Array([0., 0.], dtype=float32)"),)},
        "chapter/reading": {1: (HUNDRED,)},
    },
}


class GivenPages:
    """The pages of a book whose outputs and notebooks to download are given."""

    def __init__(
        self,
        root: Path,
        outputs: Mapping[str, Mapping[str, Outputs]],
        notebooks: Mapping[str, Mapping[str, str]],
        cache: Path,
    ) -> None:
        self.config, _ = read_config(root)
        self.book, _ = read_book(self.config)
        self.outputs = outputs
        self.texts = notebooks
        self.cache = cache
        self.problems: list[Problem] = []

    def made_from(self, name: str) -> object:
        return self.book.pages[name]

    def document(self, name: str) -> tuple[Document, list[Problem]]:
        page, default = self.book.pages[name], self.config.default_tab
        selected = {tab: select(page, tab, default) for tab in self.config.tabs}
        return build_document(
            page,
            {tab: notebook for tab, notebook in selected.items() if notebook},
            {tab: found[name] for tab, found in self.outputs.items() if name in found},
            quotes=load_language(self.config.project.language).quotes,
        )

    def connect(self, pages: Mapping[str, Document]) -> tuple[Documents, References]:
        documents, dangling = connect_documents(self.book, pages)
        bibliography, missing = read_bibliography(self.config, documents.bibliographies())
        references, unknown = format_citations(
            documents.citations(),
            bibliography=bibliography,
            language=self.config.project.language,
            cache=self.cache,
        )
        self.problems += [*dangling, *missing, *unknown]
        return documents, references

    def notebooks(self, document: Document, _: object) -> Mapping[str, str]:
        name = document.page.name
        return {tab: texts[name] for tab, texts in self.texts.items() if name in texts}


def build_site(
    root: Path,
    destination: Path,
    outputs: Mapping[str, Mapping[str, Outputs]] | None = None,
    notebooks: Mapping[str, Mapping[str, str]] | None = None,
    pdfs: Mapping[str, Path] | None = None,
    epubs: Mapping[str, Path] | None = None,
    packages: Mapping[str, Path] | None = None,
) -> list[Problem]:
    """Write the site of the book in this folder; returns what is wrong in it."""
    pages = GivenPages(root, outputs or {}, notebooks or {}, destination.parent / "citations")
    found = write_site(pages, pages.config, destination, pdfs=pdfs, epubs=epubs, packages=packages)
    return [*pages.problems, *found.problems]
