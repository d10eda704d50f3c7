"""Files of requirements, and the locks that are made from them: what their lines say.

The first line of a lock says what it was made from, and since which day its packages
are these. ``execute/locks.py`` writes it, ``document/made_with.py`` tells readers the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_HEADER = re.compile(r"# Made from .+ for Python \S+ on (\d{4}-\d\d-\d\d) by: d2lbook env lock\n")
_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_PIN = re.compile(_NAME.pattern + r"\s*(?:\[[^\]]*\])?\s*===?\s*([\w.!+-]+)(?=[\s;\\]|$)")


class Pin(NamedTuple):
    """The one version of a package that is asked for."""

    name: str
    """As it is written."""
    version: str


def pins(lines: Iterable[str]) -> dict[str, Pin]:
    """The packages that these lines ask for in one version, by ``normal_name``."""
    found = (Pin(*match.groups()) for match in map(_PIN.match, lines) if match)
    return {normal_name(pin.name): pin for pin in found}


def named_package(line: str) -> str:
    """The ``normal_name`` of the package that a line asks for; empty where it asks for none."""
    match = _NAME.match(line)
    return normal_name(match[1]) if match else ""


def normal_name(name: str) -> str:
    """A package's name as the index spells it (PyPA's "Names and normalization")."""
    return re.sub(r"[-_.]+", "-", name).lower()


def header_line(source: str, python: str, day: str) -> str:
    """The first line of a lock; ``day`` as ``2026-11-23``."""
    return f"# Made from {source} for Python {python} on {day} by: d2lbook env lock\n"


def locked_on(lock: str) -> str:
    """The day that the text of a lock names; empty where it names none."""
    match = _HEADER.match(lock)
    return match[1] if match else ""
