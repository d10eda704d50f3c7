"""Reading text, and writing files so that they are there whole or not at all."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from d2lbook.errors import BookError, OutputError

_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_count = count()
"""So that two threads of this process never use the same temporary file."""


def read_text(path: Path, shown: str, kind: type[BookError], what: str = "the file") -> str:
    """The text of a file, just as its bytes have it; the OSError where it can't be read.

    Raises an error of this kind, with the line, where it is not UTF-8; messages show its
    path as ``shown``, and say ``what`` it is.
    """
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise kind.at(shown, line, f"{what} is not UTF-8", "save it as UTF-8") from None


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file, with the folders above it, in one step.

    A file that is replaced passes on its mode, so that who may read it stays the same.
    Raises OutputError when that can't be done; nothing is left behind then.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{next(_count)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(content)
            if path.is_file():
                temporary.chmod(path.stat().st_mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unwritable(path, error) from error


def left_over(folder: Path) -> Iterator[Path]:
    """What ``write_atomically`` has left below a folder in processes that were killed."""
    for path in folder.rglob(".*"):
        match = re.fullmatch(r"\..+\.(\d+)-\d+", path.name)
        if match and not _is_running(int(match[1])):
            yield path


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass  # somebody else's
    return True


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


def is_of_the_disk(error: BaseException) -> bool:
    """Whether a disk is full or broken, or may not be written: no fault of who writes to it."""
    return isinstance(error, OSError) and error.errno in _OF_THE_DISK


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error that says why this path can't be written."""
    reason = error.strerror or type(error).__name__
    return OutputError.of(
        f"can't write {path}: {reason}", "check the rights and the space on that disk"
    )
