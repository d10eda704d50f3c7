"""The content key of a notebook: two notebooks with the same key have the same outputs.

It covers the code of all cells, the folder of the page, the environment's
digest, the kernel's variables, the seed, the text of every module of the book
that the notebook imports, the files the book declares as dependencies, and how
a kernel is prepared. File times are not looked at, and neither is prose, so a
fresh clone or a corrected typo executes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.execute import preparation
from d2lbook.execute.jobs import code_of
from d2lbook.execute.modules import LocalModules

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

FORMAT = 1
"""Another number for every change of how notebooks are run that ``startup.py`` does not show."""


class Keys:
    """The keys of one book's notebooks; every file they cover is read once."""

    def __init__(self, config: Config) -> None:
        self.seed = config.execute.seed
        self.modules = LocalModules(config.source)
        self.data = {
            file.relative_to(config.source).as_posix(): _digest(file.read_bytes())
            for pattern in config.build.dependencies
            for file in _files(config.source, pattern)
        }

    def of(self, notebook: Notebook, environment: Environment) -> str:
        """The key of the notebook, as 64 hexadecimal digits."""
        code = code_of(notebook)
        covered = {
            "format": FORMAT,
            "code": code,
            "folder": str(PurePosixPath(notebook.page.name).parent),
            "environment": environment.digest,
            "variables": dict(environment.variables),
            "seed": self.seed,
            "modules": dict(self.modules.digests(code)),
            "data": self.data,
            "preparation": preparation.DIGEST,
        }
        return _digest(json.dumps(covered, sort_keys=True).encode())


def _files(source: Path, pattern: str) -> Iterator[Path]:
    for path in source.glob(pattern):
        yield from (file for file in (path, *path.rglob("*")) if file.is_file())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
