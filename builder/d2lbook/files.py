"""Writing files so that they are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from d2lbook.errors import OutputError


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, with the folders above it, in one step.

    Raises OutputError when that can't be done; nothing is left behind then.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # mkstemp lets nobody else read; what a build makes is for everybody.
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink()
            raise
    except OSError as error:
        raise unwritable(path, error) from error


def write_file(path: Path, content: str | bytes) -> bool:
    """Write a file as ``write_atomically`` does, unless it already has these bytes.

    Returns whether it was written.
    """
    new = content.encode() if isinstance(content, str) else content
    try:
        if path.stat().st_size == len(new) and path.read_bytes() == new:
            return False
    except FileNotFoundError:
        pass
    except OSError as error:
        raise unwritable(path, error) from error
    write_atomically(path, new)
    return True


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error that says why this path can't be written."""
    reason = error.strerror or type(error).__name__
    return OutputError.of(
        f"can't write {path}: {reason}", "check the rights and the space on that disk"
    )
