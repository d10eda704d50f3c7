"""The folder of the site: writes what changed, and removes what no longer belongs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from d2lbook.errors import OutputError
from d2lbook.files import unwritable, write_file

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
        for name in self._earlier() - self._written:
            self._remove(name)
        write_file(self.path / MANIFEST, json.dumps(sorted(self._written), indent=0) + "\n")

    def _file(self, name: str) -> Path:
        if not _is_below(name):
            raise OutputError.of(f"'{name}' is not a name below {self.path}")
        return self.path / name

    def _earlier(self) -> set[str]:
        try:
            names = json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return set()
        known = names if isinstance(names, list) else []
        return {name for name in known if isinstance(name, str) and _is_below(name)}

    def _remove(self, name: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        file = self._file(name)
        try:
            file.unlink(missing_ok=True)
            for folder in file.parents:
                if folder == self.path or any(folder.iterdir()):
                    break
                folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            raise unwritable(file, error) from error


def _is_below(name: str) -> bool:
    """Whether this is the name of something below the folder it is relative to."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts
