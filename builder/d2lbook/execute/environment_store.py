"""The folder in the user's cache where the environments of all books lie.

One folder for each, ``TAB-DIGEST``, with a record of ours in it, ``d2lbook.json``.
A new environment is made in a folder beside it, ``.making-TAB-DIGEST-…``, and
gets its name by one rename when nothing is left to do: what has the name is
finished. That needs environments which can be moved (``uv venv --relocatable``).

A file lock keeps two processes from making the same environment twice. Nothing
depends on it: of two that make the same, the first to rename has made it.

Only what has our record in it, or the name of an unfinished one, is ever deleted.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import filelock
import platformdirs

RECORD = "d2lbook.json"
UNFINISHED = ".making-"
PATIENCE = 0.2
"""Seconds between two tries to get a lock that another process holds."""


@dataclass(frozen=True, kw_only=True)
class StoredEnvironment:
    """A finished environment in the user's cache."""

    folder: Path
    tab: str
    digest: str

    def size(self) -> int:
        """Bytes on disk, each file counted once; walks the whole folder."""
        files = (path.lstat() for path in self.folder.rglob("*"))
        return sum({status.st_ino: status.st_size for status in files}.values())

    def last_used(self) -> datetime:
        """When a command last asked for it."""
        return datetime.fromtimestamp((self.folder / RECORD).stat().st_mtime)


def environments_folder() -> Path:
    """The folder of all environments, absolute; it need not be there yet."""
    moved = os.environ.get("D2LBOOK_CACHE")
    cache = Path(moved).expanduser() if moved else platformdirs.user_cache_path("d2lbook", False)
    return cache.absolute() / "environments"


def folder_of(tab: str, digest: str) -> Path:
    """Where the environment with this digest lies, or would lie."""
    return environments_folder() / f"{tab}-{digest}"


def is_finished(folder: Path) -> bool:
    """Whether an environment of ours is there."""
    return (folder / RECORD).is_file()


def mark_used(folder: Path) -> None:
    """Remember that an environment was asked for; not worth an error where it can't be."""
    with suppress(OSError):
        os.utime(folder / RECORD)


def list_environments() -> list[StoredEnvironment]:
    """All finished environments, by name of their folder."""
    found = (_stored(record) for record in sorted(environments_folder().glob(f"*/{RECORD}")))
    return [stored for stored in found if stored and not stored.folder.name.startswith(".")]


def _stored(record: Path) -> StoredEnvironment | None:
    """The environment with this record; None when the record isn't one of ours."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        return StoredEnvironment(folder=record.parent, tab=content["tab"], digest=content["digest"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def locked(folder: Path, wait: Callable[[], None]) -> Iterator[None]:
    """Be the only process that changes this folder.

    ``wait`` is called again and again while another process is at it; what it
    raises ends the waiting.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(_lock_file(folder))
    while True:
        try:
            lock.acquire(timeout=PATIENCE)
            break
        except filelock.Timeout:
            wait()
    try:
        yield
    finally:
        lock.release()


def _lock_file(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")


@contextmanager
def new_folder(folder: Path, *, tab: str, digest: str) -> Iterator[Path]:
    """A folder to make an environment in, which gets its final name at the end.

    It is deleted instead when the body raises. Raises OSError when it can't be
    made, or when something that is not ours has the final name.
    """
    _discard_unfinished(folder)
    if is_finished(folder):
        discard(folder)
    elif folder.exists():
        raise FileExistsError(errno.EEXIST, "something else lies there", str(folder))
    making = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}{folder.name}-", dir=folder.parent))
    try:
        record = json.dumps({"tab": tab, "digest": digest})
        (making / RECORD).write_text(record, encoding="utf-8")
        making.chmod(0o755)
        yield making
        _publish(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _publish(making: Path, folder: Path) -> None:
    try:
        making.rename(folder)
    except OSError:
        # Another process that didn't heed the lock may have made it meanwhile.
        if not is_finished(folder):
            raise


def discard(folder: Path) -> None:
    """Delete an environment of ours; half-deleted it does not have its name any more."""
    doomed = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}{folder.name}-", dir=folder.parent))
    folder.rename(doomed / folder.name)
    shutil.rmtree(doomed, ignore_errors=True)


def _discard_unfinished(folder: Path) -> None:
    """Delete what processes that were killed have left of this environment."""
    for left in folder.parent.glob(f"{UNFINISHED}{folder.name}-*"):
        shutil.rmtree(left, ignore_errors=True)


def remove(stored: StoredEnvironment) -> None:
    """Delete an environment, once no process is making it."""
    with locked(stored.folder, wait=lambda: None):
        if is_finished(stored.folder):
            discard(stored.folder)
        _lock_file(stored.folder).unlink(missing_ok=True)


def remove_unfinished() -> None:
    """Delete what killed processes have left, except what is being made right now."""
    for left in environments_folder().glob(f"{UNFINISHED}*"):
        name = left.name.removeprefix(UNFINISHED).rpartition("-")[0]
        lock = filelock.FileLock(_lock_file(left.with_name(name)))
        with suppress(filelock.Timeout), lock.acquire(timeout=0):
            shutil.rmtree(left, ignore_errors=True)
