"""Manifests: the files that a build has put into a folder, so that the next one can tidy up.

What a manifest doesn't name was put there by somebody else, and is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path, PurePosixPath

from d2lbook.files import unwritable, write_file


def renew_manifest(manifest: Path, folder: Path, names: Set[str]) -> None:
    """Let the manifest name these files of the folder; those that only it has named are removed.

    Raises OutputError where the folder can't be written.
    """
    for name in _read(manifest) - names:
        _remove(folder, folder / name)
    write_file(manifest, json.dumps(sorted(names), indent=0) + "\n")


def is_below(name: str) -> bool:
    """Whether this is the name of something below the folder it is relative to."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _read(manifest: Path) -> set[str]:
    """The names in a manifest; none where it is not there or damaged."""
    try:
        names = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    known = names if isinstance(names, list) else []
    return {name for name in known if isinstance(name, str) and is_below(name)}


def _remove(folder: Path, file: Path) -> None:
    """Remove a file, and the folders that are empty without it."""
    try:
        file.unlink(missing_ok=True)
        for parent in file.parents:
            if parent == folder or any(parent.iterdir()):
                break
            parent.rmdir()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise unwritable(file, error) from error
