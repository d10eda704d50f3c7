"""How long each notebook took the last time it was executed."""

from __future__ import annotations

import json
import math
from pathlib import Path

from d2lbook.book import Notebook
from d2lbook.files import write_atomically


class Durations:
    """Seconds by notebook, kept in a file; without the file nothing is known."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            known = json.loads(path.read_text("utf-8"))
            self.seconds = {name: float(seconds) for name, seconds in known.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.seconds = {}

    def of(self, notebook: Notebook) -> float:
        """The seconds of this notebook; of one that is not known, infinitely many."""
        return self.seconds.get(_name(notebook), math.inf)

    def record(self, notebook: Notebook, seconds: float) -> None:
        self.seconds[_name(notebook)] = round(seconds, 3)

    def save(self) -> None:
        """Write the file. Raises OutputError when that can't be done."""
        content = json.dumps(self.seconds, indent=1, sort_keys=True, ensure_ascii=False)
        write_atomically(self.path, content.encode())


def _name(notebook: Notebook) -> str:
    return f"{notebook.page.name} {notebook.tab}"
