"""Digests of files, each read once in a build, and whether a file has changed since."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from d2lbook.errors import SourceError


class FileDigests:
    """The SHA-256 digests of files below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._digests: dict[Path, str] = {}
        self._signs: dict[Path, tuple[int, ...]] = {}

    def name(self, file: Path) -> str:
        """The path in the folder, with forward slashes."""
        return file.relative_to(self.root).as_posix()

    def of(self, file: Path) -> str:
        """The digest of what was in the file when it was first read.

        Raises SourceError when it can't be read.
        """
        if file not in self._digests:
            try:
                with file.open("rb") as stream:
                    self._signs[file] = _sign(os.fstat(stream.fileno()))
                    self._digests[file] = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                what = f"this file can't be read: {error.strerror}"
                raise SourceError.at(self.name(file), 0, what) from None
        return self._digests[file]

    def has_changed(self, name: str) -> bool:
        """Whether somebody has written to the file with this name since its digest was taken.

        File times decide here, as only what happened in the course of one build is asked for.
        """
        file = self.root / name
        try:
            return _sign(file.stat()) != self._signs[file]
        except OSError:
            return True


def _sign(status: os.stat_result) -> tuple[int, ...]:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
