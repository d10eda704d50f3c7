"""Clean notebooks of a tiny book: one page to look at, between others it can refer to."""

from __future__ import annotations

from pathlib import Path

from d2lbook.book import Notebook
from d2lbook.document.bibliography import BibFile
from d2lbook.document.citations import format_citations
from d2lbook.document.language import load_language
from d2lbook.document.whole import Documents, build_documents
from d2lbook.publish.inlines import references_to_markdown
from d2lbook.publish.markdown import BookOfNotebooks

from tests.document.pages import read_pages, select_all

INDEX = """\
# The *Book*

```toc
:numbered:

part/index
part/page
part/mxnet
appendix
```
"""

AROUND = {
    "index": INDEX,
    "part/index": """\
        # The Part
        :label:`chap_part`
    """,
    "part/mxnet": """\
        # Only MXNet
        :label:`sec_mxnet`

        ```{.python .input}
        %%tab mxnet
        import mxnet
        ```
    """,
    "appendix": """\
        # An [Appendix](https://example.org) of $x$
        :label:`sec_appendix`

        ![Far away.](x.svg)
        :label:`fig_far`

        $$a$$
        :eqlabel:`eq_far`

        :bibliography:`book.bib`
    """,
}
"""The pages around the one to look at, which is ``part/page``."""

BIBLIOGRAPHY = """\
@book{sari, author = {Sari, Dewi and Putra, Eka}, title = {A *Book*}, year = {2018},
  publisher = {P}, doi = {10.1000/182}}
"""


def book_of(
    page: str, folder: Path, tab: str = "pytorch", language: str = "en"
) -> tuple[dict[str, Notebook], BookOfNotebooks]:
    """The notebooks of one tab as they are written, and what is needed to clean them."""
    book = read_pages({**AROUND, "part/page": page})
    notebooks = select_all(book)
    words = load_language(language)
    documents, _ = build_documents(book, notebooks, {}, words)
    return dict(notebooks[tab]), BookOfNotebooks(
        documents=documents,
        references=references_to_markdown(_references(documents, folder, language), words.quotes),
        language=words,
        tab=tab,
        names=notebooks[tab].keys(),
    )


def _references(documents: Documents, folder: Path, language: str):  # type: ignore[no-untyped-def]
    return format_citations(
        documents.citations(),
        bibliography=[BibFile(path="book.bib", text=BIBLIOGRAPHY)],
        language=language,
        cache=folder / "cache",
    )[0]
