"""How readers run the book on their own machine, and what its outputs were made with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from d2lbook.config import Config

_VERSION = re.compile(r"\d+(?:\.\d+)*")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_PINNED = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.!+-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The zip with all notebooks of one tab."""

    file: str
    """File of the site."""
    folder: str
    """What it unpacks to; empty where it has no folder of its own."""
    python: str
    """The version that its requirements are locked for; empty where they are not."""
    has_requirements: bool
    is_complete: bool
    """Whether the requirements name all that they need themselves."""

    def commands(self, page: str) -> str:
        """What to type to run the notebook of a page, line by line."""
        return "\n".join(self._lines(page))

    def _lines(self, page: str) -> Iterator[str]:
        name = self.file.rpartition("/")[2]
        folder = self.folder or name.removesuffix(".zip")
        yield f"unzip {name}" if self.folder else f"unzip {name} -d {folder}"
        yield f"cd {folder}"
        yield f"python{self.python or '3'} -m venv .venv"
        if self.has_requirements:
            alone = " --no-deps" if self.is_complete else ""
            yield f".venv/bin/pip install{alone} -r requirements.txt"
        yield ".venv/bin/pip install jupyterlab"
        yield f".venv/bin/jupyter lab '{page}.ipynb'"


def package_of(config: Config, tab: str, file: str) -> Package:
    """The zip of a tab, which is this file of the site."""
    environment = config.environments[tab]
    return Package(
        file=file,
        folder=Path(file).stem if config.has_tabs else "",
        python=_version(environment.python) if environment.requirements else "",
        has_requirements=bool(environment.requirements),
        is_complete=not environment.unlocked,
    )


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
    python = _version(environment.python)
    return MadeWith(versions=tuple([("Python", python)] if python else []) + tuple(found))


def _names(requirements: str) -> Iterator[str]:
    """The packages that a file of requirements names."""
    for line in requirements.splitlines():
        if match := _NAME.match(line.strip()):
            yield _plain(match[0])


def _plain(name: str) -> str:
    """A name as PEP 503 has it, so that spellings don't matter."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(python: str) -> str:
    """The version of Python that this names; empty for the path of an interpreter."""
    return python if _VERSION.fullmatch(python) else ""
