"""The first line of a lock: what it was made from, and since which day its packages are these.

``execute/locks.py`` writes it, ``document/made_with.py`` tells readers the day.
"""

from __future__ import annotations

import re

_LINE = re.compile(r"# Made from .+ for Python \S+ on (\d{4}-\d\d-\d\d) by: d2lbook env lock\n")


def header_line(source: str, python: str, day: str) -> str:
    """The line; ``day`` as ``2026-11-23``."""
    return f"# Made from {source} for Python {python} on {day} by: d2lbook env lock\n"


def locked_on(lock: str) -> str:
    """The day that the text of a lock names; empty where it names none."""
    match = _LINE.match(lock)
    return match[1] if match else ""
