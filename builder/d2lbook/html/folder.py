"""The folder of the site: writes what changed, and removes what no longer belongs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from d2lbook.errors import OutputError
from d2lbook.files import write_file
from d2lbook.manifests import is_below, renew_manifest

MANIFEST = ".d2lbook-files.json"
"""Names of all files that the last build wrote; only these are ever removed."""


class SiteFolder:
    """A folder, and what one build puts into it.

    Every method raises OutputError where the folder can't be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._written: set[str] = set()

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file (its name relative to the folder) unless it is there already."""
        write_file(self._file(name), content)
        self._written.add(name)

    def copy(self, name: str, source: Path) -> None:
        """Write a file with the content of another one, unless it is there already."""
        try:
            content = source.read_bytes()
        except OSError as error:
            raise OutputError.of(f"can't read {source}: {error.strerror}") from error
        self.write(name, content)

    def keep(self, names: Iterable[str]) -> None:
        """Count these files as written by this build: another process has done it."""
        self._written.update(names)

    def finish(self) -> None:
        """Remove what an earlier build wrote and this one did not, and note what it wrote."""
        renew_manifest(self.path / MANIFEST, self.path, self._written)

    def _file(self, name: str) -> Path:
        if not is_below(name):
            raise OutputError.of(f"'{name}' is not a name below {self.path}")
        return self.path / name
