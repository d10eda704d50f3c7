"""Files of other projects that pages, slides and PDFs need (see ``vendor/README.md``)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

_FOLDER = "vendor"

PRINT_FONTS = Path(__file__).parent / _FOLDER / "print-fonts"
"""The fonts that Typst gets besides its own: Source Sans 3, Source Code Pro."""


def vendored_files(*projects: str) -> dict[str, bytes]:
    """All files of these projects (``katex``, ``fonts``, ``reveal``): ``katex/katex.min.css`` …"""
    folder = resources.files(__package__) / _FOLDER
    return {
        f"{project}/{name}": content
        for project in projects
        for name, content in _walk(folder / project)
    }


def _walk(folder: Traversable) -> Iterator[tuple[str, bytes]]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_file():
            yield item.name, item.read_bytes()
        else:
            for name, content in _walk(item):
                yield f"{item.name}/{name}", content
