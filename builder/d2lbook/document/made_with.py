"""What the outputs of a tab were made with: the versions in the lock of its environment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from d2lbook.config import Config
from d2lbook.lock_header import locked_on

_VERSION = re.compile(r"\d+(?:\.\d+)*")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_PINNED = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.!+-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWith:
    """What the outputs of a tab were made with."""

    versions: tuple[tuple[str, str], ...]
    """Names and versions: Python, then the packages that the environment asks for by name."""
    locked: str = ""
    """When they were locked, as ``2026-11-23``; empty where nobody has noted it."""


def made_with(config: Config, tab: str) -> MadeWith | None:
    """What the lock of a tab's environment says; None for a tab without a lock.

    ``envs/TAB.in`` beside the lock ``envs/TAB.txt`` says which packages were meant,
    the lock which versions they have.
    """
    environment = config.environments[tab]
    lock = config.root / environment.requirements
    if not environment.requirements or not lock.is_file():
        return None
    text = lock.read_text("utf-8", "replace")
    pinned = {_plain(name): (name, version) for name, version in _PINNED.findall(text)}
    wanted = lock.with_suffix(".in")
    names = _names(wanted.read_text("utf-8", "replace")) if wanted.is_file() else pinned
    found = [pinned[name] for name in names if name in pinned]
    python = version_of(environment.python)
    return MadeWith(
        versions=tuple([("Python", python)] if python else []) + tuple(found),
        locked=locked_on(text),
    )


def _names(requirements: str) -> Iterator[str]:
    """The packages that a file of requirements names."""
    for line in requirements.splitlines():
        if match := _NAME.match(line.strip()):
            yield _plain(match[0])


def _plain(name: str) -> str:
    """A name as PEP 503 has it, so that spellings don't matter."""
    return re.sub(r"[-_.]+", "-", name).lower()


def version_of(python: str) -> str:
    """The version of Python that this names; empty for the path of an interpreter."""
    return python if _VERSION.fullmatch(python) else ""
