"""A zip of notebooks and what they need: the same bytes for the same files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from d2lbook.archives import archive_entry
from d2lbook.files import unwritable

_PACKED = {".gif", ".gz", ".jpeg", ".jpg", ".mp4", ".pdf", ".png", ".webp", ".zip"}
"""Endings of files that don't get smaller."""


def write_archive(path: Path, files: Mapping[str, str | Path]) -> None:
    """Write a zip in one step.

    ``files`` are texts, or files to read, by the name they get. Raises
    OutputError where the zip can't be written or a file can't be read.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
            fresh = Path(folder, path.name)
            with ZipFile(fresh, "w") as archive:
                for name in sorted(files):
                    _add(archive, name, files[name])
            fresh.replace(path)
    except OSError as error:
        raise unwritable(Path(error.filename or path), error) from error


def _add(archive: ZipFile, name: str, content: str | Path) -> None:
    entry = archive_entry(name)
    is_packed = PurePosixPath(name).suffix.lower() in _PACKED
    entry.compress_type = ZIP_STORED if is_packed else ZIP_DEFLATED
    if isinstance(content, str):
        archive.writestr(entry, content)
        return
    entry.file_size = content.stat().st_size
    with content.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)
