"""What the outputs of a tab were made with: the versions in the lock of its environment."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from d2lbook.config import Config
from d2lbook.requirements_files import locked_on, named_package, pins

_VERSION = re.compile(r"\d+(?:\.\d+)*")


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
    pinned = pins(text.splitlines())
    wanted = lock.with_suffix(".in")
    names: Iterable[str] = pinned
    if wanted.is_file():
        names = map(named_package, wanted.read_text("utf-8", "replace").splitlines())
    found = [pinned[name] for name in names if name in pinned]
    python = version_of(environment.python)
    return MadeWith(
        versions=tuple([("Python", python)] if python else []) + tuple(found),
        locked=locked_on(text),
    )


def version_of(python: str) -> str:
    """The version of Python that this names; empty for the path of an interpreter."""
    return python if _VERSION.fullmatch(python) else ""
