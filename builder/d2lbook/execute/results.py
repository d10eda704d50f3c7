"""The cache of results: one file per key, written atomically, checked when read.

The first line of a file is the digest of the rest, which is JSON. Outputs are
kept in the order of the cells that were run, not by position in the page, so
that they still fit when prose was added.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from d2lbook.book import Output
from d2lbook.files import write_atomically


@dataclass(frozen=True, kw_only=True)
class Result:
    """What is kept of one executed notebook."""

    outputs: tuple[tuple[Output, ...], ...]
    """For each cell that was run its outputs."""
    seconds: float


class DamagedResult(Exception):
    """An entry of the cache is not what was written."""


class ResultStore:
    """The results in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, key: str) -> Result | None:
        """The result with this key; None when there is none.

        Raises DamagedResult when there is one that can't be trusted.
        """
        try:
            content = self._path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise DamagedResult(error.strerror) from error
        digest, _, payload = content.partition(b"\n")
        if digest != _digest(payload):
            raise DamagedResult("its digest is wrong")
        kept = json.loads(payload)
        return Result(outputs=tuple(map(tuple, kept["outputs"])), seconds=kept["seconds"])

    def save(self, key: str, result: Result) -> None:
        """Keep a result. Raises OutputError when that can't be done."""
        kept = {"outputs": result.outputs, "seconds": result.seconds}
        payload = json.dumps(kept, sort_keys=True).encode()
        write_atomically(self._path(key), _digest(payload) + b"\n" + payload)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def _digest(payload: bytes) -> bytes:
    return hashlib.sha256(payload).hexdigest().encode()
