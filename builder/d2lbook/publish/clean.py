"""Notebooks for readers: plain Markdown and code, with nothing left for the builder.

    Notebook + its page's Document + what the book says of others ──► Notebook

The same cells at the same positions, so the outputs of the execution still
belong to them. The same book gives the same notebooks.
"""

from __future__ import annotations

from dataclasses import replace

from d2lbook.book import Cell, Notebook
from d2lbook.document.model import Document, Prose
from d2lbook.publish.code import without_marks
from d2lbook.publish.markdown import BookOfNotebooks, MarkdownWriter


def clean_notebook(notebook: Notebook, book: BookOfNotebooks, document: Document) -> Notebook:
    """The notebook as its readers get it; cells that were only for the builder are gone.

    ``book`` is that of the notebook's tab, ``document`` its page.
    """
    writer = MarkdownWriter(book, document)
    prose = {block.cell.position: block for block in document.blocks if isinstance(block, Prose)}
    cells = (_clean_cell(cell, prose.get(cell.position), writer) for cell in notebook.cells)
    return replace(notebook, cells=tuple(cell for cell in cells if cell.source.strip()))


def _clean_cell(cell: Cell, prose: Prose | None, writer: MarkdownWriter) -> Cell:
    if cell.kind == "code":
        source = without_marks(cell.source) if cell.language == "python" else cell.source
    else:
        source = writer.write(prose.text, prose.marks) if prose else cell.source
    return cell if source == cell.source else replace(cell, source=source, lines=())
