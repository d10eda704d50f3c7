"""Files of other projects that pages and slides need beside them (see ``vendor/README.md``)."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable

_FOLDER = "vendor"


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
