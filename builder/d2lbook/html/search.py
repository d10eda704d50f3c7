"""The index for searching, made by Pagefind (https://pagefind.app) from the texts of all pages.

Texts and index are kept in the book's state: a build in which no text has changed
makes no index.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path

from d2lbook.errors import RenderError
from d2lbook.files import write_file

FOLDER = "_search"
"""Folder of the site for the index."""

_NEEDED = ("pagefind.js", "pagefind-worker.js", "pagefind-entry.json", "*.pagefind", "*.pf_*")
_FOLDERS = ("fragment", "index")
"""What the script of the pages uses; Pagefind brings interfaces of its own as well."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The index of one site."""

    folder: Path
    """Where texts and index are kept from build to build."""
    language: str

    def add(self, page: str, text: str) -> None:
        """Take in the text of a page (see ``search_text``); OutputError where it can't be kept."""
        write_file(self._text(page), text)

    def files(self, pages: Sequence[str]) -> Mapping[str, bytes]:
        """The index of these pages, whose texts were added, by name in the site.

        Raises RenderError where Pagefind fails, OutputError where files can't be kept.
        """
        self._forget_others(pages)
        made_of = self._state(pages)
        receipt = self.folder / "made-of"
        found = self._read()
        if not receipt.is_file() or receipt.read_text() != made_of + _digest(found):
            receipt.unlink(missing_ok=True)
            self._make()
            found = self._read()
            write_file(receipt, made_of + _digest(found))
        return found

    @property
    def _texts(self) -> Path:
        return self.folder / "texts"

    @property
    def _index(self) -> Path:
        return self.folder / "index"

    def _text(self, page: str) -> Path:
        return self._texts / f"{page}.html"

    def _forget_others(self, pages: Iterable[str]) -> None:
        kept = {self._text(page) for page in pages}
        for path in self._texts.rglob("*.html"):
            if path not in kept:
                path.unlink()

    def _state(self, pages: Sequence[str]) -> str:
        """Changes with everything that the index is made of."""
        digest = hashlib.sha256(json.dumps([_version(), self.language, pages]).encode())
        for page in pages:
            digest.update(hashlib.sha256(self._text(page).read_bytes()).digest())
        return digest.hexdigest()

    def _read(self) -> Mapping[str, bytes]:
        return {
            f"{FOLDER}/{path.relative_to(self._index).as_posix()}": path.read_bytes()
            for path in sorted(_needed(self._index))
        }

    def _make(self) -> None:
        shutil.rmtree(self._index, ignore_errors=True)
        arguments = [
            *("--site", self._texts),
            *("--output-path", self._index),
            *("--force-language", self.language.partition("-")[0]),
            *("--keep-index-url", "--quiet"),
        ]
        done = subprocess.run(
            [str(_program()), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            words = " ".join(done.stderr.decode(errors="replace").split())
            words = words or f"it ended with exit code {done.returncode}"
            raise RenderError.of(f"Pagefind can't make the index for searching: {words}")


def _digest(files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _needed(index: Path) -> Iterable[Path]:
    for pattern in _NEEDED:
        yield from index.glob(pattern)
    for name in _FOLDERS:
        yield from (index / name).glob("*")


def _program() -> Path:
    """The program in the wheel of ``pagefind_bin``; RenderError when the installation lacks it."""
    try:
        return Path(import_module("pagefind_bin").get_executable())
    except (ImportError, FileNotFoundError):
        raise RenderError.of(
            "Pagefind is missing from the installation", "install the package pagefind_bin again"
        ) from None


def _version() -> str:
    _program()
    return metadata.version("pagefind_bin")
