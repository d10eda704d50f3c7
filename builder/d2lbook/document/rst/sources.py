"""The book's own files that an ``eval_rst`` block can take in: HTML, and Python to document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from d2lbook.config import Config
from d2lbook.document.addresses import file_at, local_link
from d2lbook.document.rst.python_objects import PythonObject, read_module


@dataclass(frozen=True, slots=True, kw_only=True)
class BookSources:
    """Finds them; nothing from outside the book's folder is ever read."""

    root: Path
    """The book's folder, links resolved."""
    source: Path
    """That of its pages."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """By tab, the module that is made of its ``#@save`` cells."""
    _files: dict[str, Path | None] = field(default_factory=dict, compare=False)
    """Those of the modules that were looked for: a page asks for the same ones again and again."""

    def text(self, page: str, link: str) -> str | None:
        """The text of a file, named by its path from a page; None where there is none."""
        local = local_link(page, link)
        file = file_at(local.path, source=self.source, root=self.root) if local else None
        return _text(file) if file else None

    def module_of(self, name: str) -> str:
        """The longest beginning of a dotted name that is a module of the book; or empty."""
        parts = name.split(".")
        beginnings = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((module for module in beginnings if self._file_of(module)), "")

    def python_object(self, name: str) -> PythonObject | None:
        """What a dotted name (``d2l.torch.Module``) means in a module of the book."""
        module = self.module_of(name)
        file = self._file_of(module) if module else None
        found = _module(file, module, file.stat().st_mtime_ns) if file else None
        rest = name.removeprefix(module).lstrip(".")
        return found.find(rest.split(".") if rest else []) if found else None

    def _file_of(self, module: str) -> Path | None:
        if module not in self._files:
            self._files[module] = self._find(module)
        return self._files[module]

    def _find(self, module: str) -> Path | None:
        path = module.replace(".", "/")
        candidates = (
            file_at(name, source=folder, root=self.root)
            for folder in (self.source, self.root)
            for name in (f"{path}.py", f"{path}/__init__.py")
        )
        return next(filter(None, candidates), None)


def book_sources(config: Config) -> BookSources:
    """The files of this book."""
    return BookSources(
        root=config.root,
        source=config.source,
        libraries={
            tab: ".".join(PurePosixPath(library.file).with_suffix("").parts)
            for tab, library in config.libraries.items()
            if library.file
        },
    )


@lru_cache(maxsize=16)
def _module(file: Path, name: str, _changed: int) -> PythonObject | None:
    return read_module(_text(file) or "", name)


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
