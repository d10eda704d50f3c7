"""Results kept from one build to the next, each in a file named by its content key.

Loading never fails: what is missing or damaged counts as not there.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from d2lbook.files import write_atomically


@dataclass(frozen=True, slots=True)
class Store:
    """JSON values by key, in one folder."""

    folder: Path

    def load(self, key: str) -> Any | None:
        """The value kept under this key, or None."""
        try:
            return json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def save(self, key: str, value: Any) -> None:
        """Keep the value; OutputError when the folder can't be written."""
        write_atomically(
            self.folder / f"{key}.json", json.dumps(value, ensure_ascii=False).encode()
        )

    def forget_all_but(self, count: int) -> None:
        """Keep only so many values, those that were saved last."""
        with suppress(OSError):  # somebody else may do the same now
            files = sorted(self.folder.glob("*.json"), key=lambda file: -file.stat().st_mtime_ns)
            for file in files[count:]:
                file.unlink()
