"""Target: the slides of the pages that mark some, as notebooks and as decks for a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.errors import Problem
from d2lbook.execute.workspace import copy_companions
from d2lbook.files import write_file
from d2lbook.output import claim
from d2lbook.pipeline import Build
from d2lbook.targets.for_readers import DECK, clean_books, for_tabs, write_folder

if TYPE_CHECKING:
    from d2lbook.publish.markdown import BookOfNotebooks


def write_slides(build: Build) -> list[Path]:
    """The slides of the pages that mark some, as notebooks and as decks for a browser."""
    from d2lbook.publish.decks import STATIC, shared_files

    folder = claim(build.config) / "slides"
    books = clean_books(build)

    def write_tab(tab: str) -> bool:
        names = build.notebooks[tab]
        texts = dict(_slides(build, tab, names, books[tab], folder / tab))
        write_folder(build.config, folder / tab, texts)
        return bool(texts)

    if not any(for_tabs(build, write_tab)):
        what = "no page marks anything for slides, so there are none"
        build.reporter.note(Problem(what=what, remedy="put [**…**] around what goes on a slide"))
    for name, content in shared_files().items():
        write_file(folder / STATIC / name, content)
    return [folder]


def write_slides_of(build: Build, names: Sequence[str]) -> list[Path]:
    """The slides of these pages; those of others stay as they are. Returns the decks."""
    from d2lbook.publish.decks import STATIC, shared_files

    folder = claim(build.config) / "slides"
    books = clean_books(build)
    decks: list[Path] = []
    for tab in build.tabs:
        own = [name for name in names if name in build.notebooks[tab]]
        for name, text in _slides(build, tab, own, books[tab], folder / tab):
            write_file(folder / tab / name, text)
            decks += [folder / tab / name] if name.endswith(DECK) else []
        copy_companions(build.config, folder / tab)
    for name, content in shared_files().items():
        write_file(folder / STATIC / name, content)
    return decks


def _slides(
    build: Build, tab: str, names: Iterable[str], book: BookOfNotebooks, folder: Path
) -> Iterator[tuple[str, str]]:
    """The files of the slides of one tab's pages, by name, and what they hold.

    ``folder`` is where they go: decks that are there already aren't made again.
    """
    from d2lbook.publish.data import notebook_text
    from d2lbook.publish.decks import STATIC, deck_html
    from d2lbook.publish.slides import slide_notebook

    for name in names:
        notebook, outputs = build.notebooks[tab][name], build.outputs[tab].get(name)
        if data := slide_notebook(notebook, outputs, book, build.config):
            static = f"{'../' * (1 + name.count('/'))}{STATIC}"
            text = notebook_text(data)
            yield f"{name}.ipynb", text
            before = _text_of(folder / f"{name}{DECK}")
            deck = deck_html(text, static=static, language=book.language, before=before)
            yield f"{name}{DECK}", deck


def _text_of(file: Path) -> str:
    """What is in a file; nothing where that can't be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
