"""The folder that Typst compiles a PDF from.

    main.typ  template.typ  fonts.typ     what the book looks like
    pages/001.typ …                       one file for each page of the book
    pictures/001.svg …                    those that the pages show

Nothing outside it can get into the PDF; an error names the file, and with it
the page, where it happened; and the same contents give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path, PurePosixPath

import typst

from d2lbook.errors import RenderError
from d2lbook.parallel import in_a_copy
from d2lbook.pdf import fonts
from d2lbook.pdf.drawings import with_own_fonts
from d2lbook.pdf.markup import arguments, literal
from d2lbook.volume.rasters import fitted

_TEMPLATE = "template.typ"
_PLACE = re.compile(r"┌─ .*?(pages/\d+\.typ):\d+")
_COMPLAINT = re.compile(r"error: PDF/UA-1 error: (.+)\n(?:\s*┌─ .*?(pages/\d+\.typ):\d+)?")


@dataclass(frozen=True)
class Compiled:
    """A PDF."""

    content: bytes
    complaints: list[tuple[str, str]]
    """What kept it from meeting the standard: files of the book, where known, and why."""


class Workspace:
    """The contents of one PDF.

    ``folder`` is empty and stays as long as this is in use; ``families`` are the fonts
    that the book prefers to the template's own, by the names in ``fonts.FONTS``.
    """

    def __init__(self, folder: Path, families: Mapping[str, str]) -> None:
        self._folder = folder
        self._with_installed_fonts = bool(families)
        self._characters: set[str] = set()
        self._pages: dict[str, str] = {}
        self._places: dict[str, str] = {}
        """Where the compiler finds each picture."""
        template = resources.files(__package__).joinpath(_TEMPLATE).read_bytes()
        (folder / _TEMPLATE).write_bytes(template)
        definitions = (
            f"#let {name} = {literal([*filter(None, [families.get(name)]), *own])}"
            for name, own in fonts.FONTS.items()
        )
        self._write("fonts.typ", "\n".join(definitions))
        for name in ("pages", "pictures"):
            (folder / name).mkdir()

    def add_pictures(self, paths: Iterable[str], root: Path) -> dict[str, str]:
        """Put in pictures from below ``root``; returns where the compiler finds each."""
        places = {path: self._picture_place(path) for path in sorted(paths)}
        for path, place in places.items():
            self._add_picture(place, (root / path).read_bytes())
        return places

    def add_made_pictures(self, pictures: Mapping[str, bytes]) -> dict[str, str]:
        """Put in these pictures; returns where the compiler finds each."""
        places = {path: self._picture_place(path) for path in sorted(pictures)}
        for path, place in places.items():
            self._add_picture(place, pictures[path])
        return places

    def _add_picture(self, place: str, content: bytes) -> None:
        is_drawing = place.endswith(".svg")
        shown = with_own_fonts(content) if is_drawing else fitted(content, place)
        (self._folder / place[1:]).write_bytes(shown)

    def add_page(self, code: str, source: str) -> None:
        """Put in the next page, made from this file of the book."""
        name = f"pages/{len(self._pages) + 1:03}.typ"
        self._pages[name] = source
        self._characters.update(code)
        self._write(name, f'#import "/template.typ": *\n#{{\n{code}\n}}')

    def compile(self, front: Mapping[str, object]) -> Compiled:
        """The PDF, with what the template's ``book`` is to say before the pages.

        Raises RenderError, naming the page at fault.
        """
        return in_a_copy(lambda: self._compiled(front))

    def _compiled(self, front: Mapping[str, object]) -> Compiled:
        if not fonts.suffice("".join(sorted(self._characters.union(arguments(**front))))):
            self._with_installed_fonts = True
        try:
            return self._compile(front, self._pages)
        except typst.TypstError as error:
            raise self._located(error, front) from None

    def _compile(self, front: Mapping[str, object], pages: Iterable[str]) -> Compiled:
        lines = ['#import "/template.typ": *', f"#show: book.with({arguments(**front)})"]
        lines += [f'#include "/{name}"' for name in pages]
        self._write("main.typ", "\n".join(lines))
        compiler = typst.Compiler(
            self._folder / "main.typ",
            root=self._folder,
            font_paths=[fonts.OWN_FOLDER],
            ignore_system_fonts=not self._with_installed_fonts,
        )
        # The time is part of a PDF; a fixed one keeps the bytes the same.
        compile_as = partial(compiler.compile, format="pdf", timestamp=0)
        complaints: list[tuple[str, str]] = []
        try:
            content = compile_as(pdf_standards=[fonts.STANDARD])
        except typst.TypstError as error:
            found = _COMPLAINT.findall(error.diagnostic)
            if not found:
                raise
            content = compile_as()
            complaints = [(self._pages.get(page, ""), what) for what, page in found]
        assert isinstance(content, bytes), "one format gives one file"
        return Compiled(content, complaints)

    def _located(self, error: typst.TypstError, front: Mapping[str, object]) -> RenderError:
        """The error with the file of the book that it comes from."""
        if unreadable := self._unreadable_picture():
            return unreadable
        remedy = "; ".join(error.hints)
        place = _PLACE.search(error.diagnostic)
        page = place[1] if place else self._failing(error, front)
        if not page:
            return RenderError.of(f"Typst can't make the PDF: {error.message}", remedy)
        what = f"Typst can't set this page: {error.message}"
        return RenderError.at(self._pages[page], 0, what, remedy)

    def _unreadable_picture(self) -> RenderError | None:
        """The error for a picture that Typst can't read, if there is one.

        Typst's own says why, but not which one.
        """
        for path, place in self._places.items():
            compiler = typst.Compiler(f'#image("{place}")'.encode(), root=self._folder)
            try:
                compiler.compile(format="pdf")
            except typst.TypstError as error:
                shown = (
                    source for name, source in self._pages.items() if place in self._read(name)
                )
                what = f"the image '{path}' can't be read: {error.message}"
                return RenderError.at(next(shown, path), 0, what, "mend it, or take another one")
        return None

    def _failing(self, error: typst.TypstError, front: Mapping[str, object]) -> str:
        """The page that fails alone as all of them did: errors of the layout have no place."""
        for page in self._pages:
            try:
                self._compile(front, [page])
            except typst.TypstError as other:
                if other.message == error.message:
                    return page
        return ""

    def _picture_place(self, path: str) -> str:
        suffix = PurePosixPath(path).suffix.lower()
        self._places[path] = f"/pictures/{len(self._places) + 1:03}{suffix}"
        return self._places[path]

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="utf-8")

    def _write(self, name: str, markup: str) -> None:
        (self._folder / name).write_text(f"{markup}\n", encoding="utf-8")
