"""The results that are kept in one folder: a file per key, checked when it is read.

The first line of a file is the digest of the rest, which is JSON: reading it can
run no code, and a name is made of a key alone, so nothing is written elsewhere.
Outputs are kept in the order of the cells that were run, not by position in the
page, so that they still fit when prose was added.

When a result was last used stands in its file's time of modification, which the
system changes on no other occasion. It is this computer's clock, but for one
thing: it never goes back, since each use is later than the latest so far. So the
order holds, whatever happens to the clock.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from d2lbook.book import Output
from d2lbook.files import write_atomically
from d2lbook.source.outputs import checked

LATEST = ".latest-use"
"""Empty file whose time is that of the latest use of any result."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What is kept of one executed notebook."""

    outputs: tuple[tuple[Output, ...], ...]
    """For each cell that was run its outputs."""
    seconds: float
    has_gpu: bool = False
    """Whether it had a GPU."""


class DamagedResult(Exception):
    """An entry of the cache is not what was written."""


def encode(key: str, result: Result) -> bytes:
    """What is kept of a result."""
    kept = {"key": key, **vars(result)}
    payload = json.dumps(kept, sort_keys=True).encode()
    return _digest(payload) + b"\n" + payload


def decode(key: str, content: bytes) -> Result:
    """The result that was kept. Raises DamagedResult when it can't be trusted."""
    digest, _, payload = content.partition(b"\n")
    if digest != _digest(payload):
        raise DamagedResult("its digest is wrong")
    try:
        kept = json.loads(payload)
        if kept["key"] != key:
            raise DamagedResult("it is another notebook's")
        outputs = tuple(tuple(map(checked, cell)) for cell in kept["outputs"])
        return Result(
            outputs=outputs, seconds=float(kept["seconds"]), has_gpu=bool(kept["has_gpu"])
        )
    except (ValueError, TypeError, LookupError, RecursionError):
        raise DamagedResult("it is no result") from None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A result in the folder."""

    key: str
    size: int
    """In bytes."""
    used: int
    """When it was last used, in nanoseconds."""


class ResultStore:
    """The results in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, key: str) -> bytes | None:
        """What is kept under this key; None when there is nothing.

        Raises DamagedResult when there is something that can't be read.
        """
        try:
            return self.path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise DamagedResult(error.strerror) from error

    def save(self, key: str, content: bytes) -> None:
        """Keep something. Raises OutputError when that can't be done."""
        write_atomically(self.path(key), content)

    def remove(self, key: str) -> None:
        """Forget what is kept under this key, if that can be done."""
        with contextlib.suppress(OSError):
            self.path(key).unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def mark_used(self, keys: Iterable[str]) -> None:
        """Remember that these were used just now; not worth an error where it can't be."""
        latest = self.folder / LATEST
        with contextlib.suppress(OSError):
            before = latest.stat().st_mtime_ns if latest.exists() else 0
            now = max(time.time_ns(), before + 1)
            latest.touch()
            for path in (latest, *map(self.path, keys)):
                with contextlib.suppress(FileNotFoundError):
                    os.utime(path, ns=(now, now))

    def entries(self) -> list[Entry]:
        """All that is kept, the least recently used first."""
        return sorted(self._entries(), key=lambda entry: (entry.used, entry.key))

    def _entries(self) -> Iterator[Entry]:
        for path in self.folder.glob("??/*.json"):
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                yield Entry(key=path.stem, size=status.st_size, used=status.st_mtime_ns)


def _digest(payload: bytes) -> bytes:
    return hashlib.sha256(payload).hexdigest().encode()
