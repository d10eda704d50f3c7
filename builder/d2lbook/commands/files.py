"""Files that a command line names."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from d2lbook.errors import UsageError


def named_files(folder: Path, patterns: list[str]) -> Iterator[str]:
    """The files that these names and patterns mean, relative to the folder, each once.

    Raises UsageError where one of them means none.
    """
    seen: set[str] = set()
    for given in patterns:
        pattern = os.path.relpath(given, folder) if Path(given).is_absolute() else given
        if Path(os.path.normpath(pattern)).parts[:1] == ("..",):
            raise UsageError.of(f"{given} is not in the book", "name pages of the book")
        names = (
            [pattern]
            if (folder / pattern).is_file()
            else sorted(glob.glob(pattern, root_dir=folder, recursive=True))  # noqa: PTH207
        )
        files = [name for name in names if (folder / name).is_file()]
        if not files:
            raise UsageError.of(f"there is no file {given}", "name pages of the book")
        yield from (name for name in files if name not in seen)
        seen.update(files)
