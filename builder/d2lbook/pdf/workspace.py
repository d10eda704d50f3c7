"""The folder that Typst compiles a PDF from.

    main.typ  template.typ  fonts.typ     what the book looks like, and which part of it is set
    pages/001.typ …                       one file for each page of the book
    pictures/001.svg …                    those that the pages show

Nothing outside it can get into the PDF; an error names the file, and with it
the page, where it happened; and the same contents give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path

import typst

from d2lbook.book import Place
from d2lbook.errors import RenderError
from d2lbook.parallel import in_a_copy
from d2lbook.pdf import fonts
from d2lbook.pdf.binding import Anchor, Part
from d2lbook.pdf.drawings import with_own_fonts
from d2lbook.pdf.markup import arguments, literal
from d2lbook.vendored import PRINT_FONTS
from d2lbook.volume.rasters import fitted, suffix_of

_TEMPLATE = "template.typ"
_PLACE = re.compile(r"┌─ .*?(pages/\d+\.typ):\d+")
_COMPLAINT = re.compile(r"error: PDF/UA-1 error: (.+)\n(?:\s*┌─ .*?(pages/\d+\.typ):\d+)?")


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the book, as Typst gets it."""

    name: str
    """Of its file in the workspace."""
    source: str
    """The file of the book that it was made from."""
    code: str
    anchors: Sequence[str]
    """The names of the places on it that links can lead to."""
    begins_chapter: bool
    pictures: Mapping[str, Place]
    """Where it shows which picture."""


@dataclass(frozen=True, kw_only=True)
class SetPart(Part):
    """A part as it was set."""

    complaints: Sequence[tuple[str, str]]
    """What kept it from meeting the standard: files of the book, where known, and why."""


class Workspace:
    """The contents of one PDF.

    ``folder`` is empty and stays as long as this is in use; ``families`` are the fonts
    that the book prefers to the template's own, by the names in ``fonts.FONTS``.
    """

    def __init__(self, folder: Path, families: Mapping[str, str]) -> None:
        self._folder = folder
        self._with_installed_fonts = bool(families)
        self._places: dict[str, str] = {}
        """Where the compiler finds each picture."""
        self._made: set[str] = set()
        """Those that code made."""
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
        return {path: self._add_picture(path, (root / path).read_bytes()) for path in sorted(paths)}

    def add_made_pictures(self, pictures: Mapping[str, bytes]) -> dict[str, str]:
        """Put in these pictures; returns where the compiler finds each."""
        self._made.update(pictures)
        return {path: self._add_picture(path, pictures[path]) for path in sorted(pictures)}

    def _add_picture(self, path: str, content: bytes) -> str:
        suffix = suffix_of(content, path)
        place = self._places[path] = f"/pictures/{len(self._places) + 1:03}{suffix}"
        shown = with_own_fonts(content) if suffix == ".svg" else fitted(content)
        (self._folder / place[1:]).write_bytes(shown)
        return place

    def add_pages(self, pages: Iterable[Page], others: str) -> None:
        """Put in all pages of the book; ``others`` are the characters that it has elsewhere."""
        characters = set(others)
        for page in pages:
            characters.update(page.code)
            self._write(page.name, f'#import "/{_TEMPLATE}": *\n#{{\n{page.code}\n}}')
        if not in_a_copy(lambda: fonts.suffice("".join(sorted(characters)))):
            self._with_installed_fonts = True

    def set_front(
        self, settings: Mapping[str, object], said: Mapping[str, object], *, meets_standard: bool
    ) -> SetPart:
        """Set what stands before the pages: the arguments of the template's ``front``.

        It says of the book that it meets the standard, if it does. Raises RenderError.
        """
        body = [f"#front({arguments(**said)})"]
        return self._set(partial(self._compile, settings, body, meets_standard=meets_standard), ())

    def set_pages(self, settings: Mapping[str, object], pages: Sequence[Page]) -> SetPart:
        """Set pages; ``settings`` are the arguments of the template's ``part``.

        Raises RenderError, naming the page at fault.
        """
        return self._set(partial(self._compile, settings, ()), pages)

    def _set(self, compiled: Callable[[Sequence[Page]], SetPart], pages: Sequence[Page]) -> SetPart:
        def compiled_or_located() -> SetPart:
            try:
                return compiled(pages)
            except typst.TypstError as error:
                raise self._located(error, compiled, pages) from None

        # The memory that Typst takes for all that it has ever set is given back with the copy.
        return in_a_copy(compiled_or_located)

    def _compile(
        self,
        settings: Mapping[str, object],
        body: Iterable[str],
        pages: Sequence[Page],
        *,
        meets_standard: bool = True,
    ) -> SetPart:
        lines = [f'#import "/{_TEMPLATE}": *', f"#show: part.with({arguments(**settings)})", *body]
        lines += [f'#include "/{page.name}"' for page in pages]
        lines.append(f"#told({literal([name for page in pages for name in page.anchors])})")
        self._write("main.typ", "\n".join(lines))
        compiler = typst.Compiler(
            self._folder / "main.typ",
            root=self._folder,
            font_paths=[PRINT_FONTS],
            ignore_system_fonts=not self._with_installed_fonts,
        )
        # The time is part of a PDF; a fixed one keeps the bytes the same.
        compile_as = partial(compiler.compile, format="pdf", timestamp=0)
        complaints: list[tuple[str, str]] = []
        try:
            content = compile_as(pdf_standards=[fonts.STANDARD] if meets_standard else [])
        except typst.TypstError as error:
            found = _COMPLAINT.findall(error.diagnostic)
            if not found:
                raise
            content = compile_as()
            sources = {page.name: page.source for page in pages}
            complaints = [(sources.get(page, ""), what) for what, page in found]
        assert isinstance(content, bytes), "one format gives one file"
        told = json.loads(compiler.query("<told>", field="value", one=True))
        return SetPart(
            content=content,
            pages=told["pages"],
            anchors={name: Anchor(*place) for name, place in told["anchors"].items()},
            complaints=complaints,
        )

    def _located(
        self,
        error: typst.TypstError,
        compiled: Callable[[Sequence[Page]], SetPart],
        pages: Sequence[Page],
    ) -> RenderError:
        """The error with the file of the book that it comes from."""
        if unreadable := self._unreadable_picture(pages):
            return unreadable
        remedy = "; ".join(error.hints)
        place = _PLACE.search(error.diagnostic)
        name = place[1] if place else _failing(error, compiled, pages)
        source = next((page.source for page in pages if page.name == name), "")
        if not source:
            return RenderError.of(f"Typst can't make the PDF: {error.message}", remedy)
        return RenderError.at(source, 0, f"Typst can't set this page: {error.message}", remedy)

    def _unreadable_picture(self, pages: Sequence[Page]) -> RenderError | None:
        """The error for a picture that Typst can't read, if there is one.

        Typst's own says why, but not which one.
        """
        for path, place in self._places.items():
            compiler = typst.Compiler(f'#image("{place}")'.encode(), root=self._folder)
            try:
                compiler.compile(format="pdf")
            except typst.TypstError as error:
                shown = (page.pictures[path] for page in pages if path in page.pictures)
                at = next(shown, Place(path=path, line=0))
                name = (
                    "a picture that this cell puts out"
                    if path in self._made
                    else f"the image '{path}'"
                )
                what = f"{name} can't be read: {error.message}"
                return RenderError.at(at.path, at.line, what, "mend it, or take another one")
        return None

    def _write(self, name: str, markup: str) -> None:
        (self._folder / name).write_text(f"{markup}\n", encoding="utf-8")


def _failing(
    error: typst.TypstError, compiled: Callable[[Sequence[Page]], SetPart], pages: Sequence[Page]
) -> str:
    """The page that fails alone as all of them did: errors of the layout have no place."""
    for page in pages:
        try:
            compiled([page])
        except typst.TypstError as other:
            if other.message == error.message:
                return page.name
    return ""
