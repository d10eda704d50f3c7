"""Slides of a page: what its marks keep, as a notebook for jupyterlab-rise and RISE.

Text between marks becomes a line of a slide (see ``document/slides.py``), code
is shown without its comments. What is folded or hidden on the page is left out.
The page's title begins the first slide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from d2lbook.book import Cell, Notebook, Output, Outputs, Page
from d2lbook.config import Config
from d2lbook.document.hiding import hidden_parts, hides_rest
from d2lbook.document.prose import parse_prose
from d2lbook.document.slides import SlideMark, find_slide_marks
from d2lbook.document.text import plain_text
from d2lbook.publish.code import without_comments
from d2lbook.publish.data import NotebookData, notebook_data
from d2lbook.publish.markdown import BookOfNotebooks, MarkdownWriter, title_markdown


@dataclass(frozen=True, slots=True)
class _Part:
    """A cell of the slides."""

    cell: Cell
    begins_slide: bool = False
    outputs: tuple[Output, ...] = ()


def slide_notebook(
    notebook: Notebook, outputs: Outputs | None, book: BookOfNotebooks, config: Config
) -> NotebookData | None:
    """The slides of a page, as written for one tab; None for a page without slide marks."""
    prose = (cell.source for cell in notebook.cells if cell.kind == "prose")
    if not any(mark for source in prose for mark in find_slide_marks(source)):
        return None
    parts = list(_joined(_parts(notebook, outputs or {}, book)))
    cells = [
        replace(part.cell, position=number, identifier=f"slide-{number}")
        for number, part in enumerate(parts)
    ]
    shown = {number: part.outputs for number, part in enumerate(parts)}
    deck = replace(notebook, cells=tuple(cells), required_libraries=())
    data = notebook_data(deck, None if outputs is None else shown)
    for cell, part in zip(data["cells"], parts, strict=True):
        slide_type = "slide" if part.begins_slide else "-"
        cell["metadata"] = {"slideshow": {"slide_type": slide_type}}
    title = book.documents.pages[notebook.page.name].title
    data["metadata"]["title"] = plain_text(title) if title else notebook.page.name
    data["metadata"]["celltoolbar"] = "Slideshow"
    data["metadata"]["rise"] = {"overlay": _overlay(config), "scroll": True}
    return data


def _overlay(config: Config) -> str:
    """The HTML of ``[slides] top_left`` and ``top_right``, over every slide."""
    corners = (("left", config.slides.top_left), ("right", config.slides.top_right))
    return "".join(
        f'<div style="position: absolute; top: 0; {side}: 0; z-index: 1">{html}</div>'
        for side, html in corners
        if html
    )


def _parts(notebook: Notebook, outputs: Outputs, book: BookOfNotebooks) -> Iterator[_Part]:
    document = book.documents.pages[notebook.page.name]
    writer = MarkdownWriter(book, document, links=False)
    heading = f"# {title_markdown(document.title)}" if document.title else ""
    folded = _folded(notebook.page)
    all_hidden = False
    for cell in notebook.cells:
        if cell.position in folded:
            continue
        if cell.kind == "prose":
            for begins_slide, text in _texts(cell.source, heading, writer):
                yield _Part(replace(cell, source=text, lines=()), begins_slide)
            heading = ""
            continue
        all_hidden |= hides_rest(cell)
        if all_hidden or hidden_parts(cell) == {"source", "outputs"}:
            continue
        if source := without_comments(cell.source):
            yield _Part(
                replace(cell, source=source, lines=()), outputs=outputs.get(cell.position, ())
            )


def _folded(page: Page) -> set[int]:
    """Positions of the cells in folds."""
    return {
        position
        for frame in page.frames
        if frame.kind == "fold"
        for position in range(frame.first, frame.end)
    }


def _texts(source: str, heading: str, writer: MarkdownWriter) -> list[tuple[bool, str]]:
    """The text of each slide that begins in this cell, and of the one that goes on in it.

    With whether it begins one. The heading, where there is one, begins the first.
    """
    slides = [(True, [heading])] if heading else []
    for number, (mark, sentence) in enumerate(_sentences(source)):
        if not slides or (mark.is_new and not (heading and number == 0)):
            slides.append((mark.is_new, []))
        slides[-1][1].append(_line(sentence, writer))
    return [(begins_slide, "\n\n".join(filter(None, lines))) for begins_slide, lines in slides]


def _sentences(source: str) -> list[tuple[SlideMark, str]]:
    """The texts of the marks; what follows closely on the same slide is one sentence."""
    found: list[tuple[SlideMark, str]] = []
    end = 0
    for mark in find_slide_marks(source):
        between = source[end : mark.start]
        goes_on = found and not (mark.is_new or between.strip() or "\n\n" in between)
        if goes_on:
            first, text = found.pop()
            found.append((first, f"{text}\n{mark.text(source)}"))
        else:
            found.append((mark, mark.text(source)))
        end = mark.end
    return found


def _line(text: str, writer: MarkdownWriter) -> str:
    """A piece of a sentence as a line of a slide."""
    parsed = parse_prose(text, quotes=writer.book.language.quotes)
    line = writer.write(parsed.text, parsed.marks).strip().rstrip(".,;:")
    return line[:1].upper() + line[1:]


def _joined(parts: Iterator[_Part]) -> Iterator[_Part]:
    """The parts, with pieces of code put together where nothing comes out between them."""
    waiting: _Part | None = None
    for part in parts:
        if waiting and waiting.cell.kind == part.cell.kind == "code" and not waiting.outputs:
            source = f"{waiting.cell.source}\n\n{part.cell.source}"
            part = replace(part, cell=replace(part.cell, source=source))
        elif waiting:
            yield waiting
        waiting = part
    if waiting:
        yield waiting
