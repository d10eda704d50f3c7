"""What the outputs of a notebook depend on, and the key made of it.

Two notebooks with the same key have the same outputs. The key covers the code
of all cells, the folder of the page, the environment, the kernel's variables,
the seed, the text of every module of the book that the notebook imports, its
data (see ``data``), and how a kernel is prepared. File times are not looked at,
and neither is prose, so a fresh clone or a corrected typo executes nothing.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Self

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.execute import preparation
from d2lbook.execute.data import Code, DataFiles
from d2lbook.execute.digests import FileDigests
from d2lbook.execute.jobs import code_of
from d2lbook.execute.modules import LocalModules

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

FORMAT = 4
"""Another number for every change of how notebooks are run, and of what is kept of them, that
``startup.py`` does not show."""


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """All that the outputs of one notebook depend on, so that changes can be told by name."""

    cells: tuple[str, ...]
    """A digest of each cell that is run."""
    environment: str
    variables: Mapping[str, str]
    """A digest of each variable of the kernel, as a value may be nobody else's business."""
    modules: Mapping[str, str]
    """Digests of the book's own modules, by path in the source folder."""
    data: Mapping[str, str]
    """Digests of data, by path in the source folder."""
    folder: str
    """Of the page, in the source folder."""
    seed: int
    preparation: str
    """How this version of d2lbook runs notebooks."""

    @cached_property
    def key(self) -> str:
        """64 hexadecimal digits, others for other inputs."""
        return _digest(json.dumps(self.as_json(), sort_keys=True))

    def as_json(self) -> dict[str, Any]:
        """The fields, as values that JSON has."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """What ``as_json`` gave. Raises TypeError or ValueError when it is something else."""
        mappings = {name: dict(kept[name]) for name in ("variables", "modules", "data")}
        return cls(**{**kept, **mappings, "cells": tuple(kept["cells"])})


class Keys:
    """What the notebooks of one book depend on as things are now; every file is read once."""

    def __init__(self, config: Config) -> None:
        self.seed = config.execute.seed
        self.files = FileDigests(config.source)
        self.modules = LocalModules(config.source, self.files)
        self.data = DataFiles(config, self.files)
        self.preparation = f"{FORMAT} {preparation.DIGEST}"
        self._texts: dict[str, str] = {}

    def of(self, notebook: Notebook, environment: Environment) -> Inputs:
        """What the notebook depends on. Raises SourceError when a file can't be read."""
        code = code_of(notebook)
        modules = self.modules.digests(code)
        return Inputs(
            cells=tuple(map(_digest, code)),
            environment=environment.digest,
            variables={name: _digest(text) for name, text in environment.variables.items()},
            modules=modules,
            data=self.data.digests(self.codes(notebook, modules), _packages_of(modules)),
            folder=_folder_of(notebook.page.name),
            seed=self.seed,
            preparation=self.preparation,
        )

    def codes(self, notebook: Notebook, modules: Iterable[str]) -> Iterator[Code]:
        """The code of the notebook's cells and of these modules that it imports.

        The paths in a module may start where the notebook runs, or where it lies itself.
        """
        folder = _folder_of(notebook.page.name)
        for text in code_of(notebook):
            yield Code(text, folder)
        for name in modules:
            if name not in self._texts:
                file = self.files.root / name
                self._texts[name] = file.read_text("utf-8", errors="replace")
            own = _folder_of(name)
            package = "" if own == "." else own.replace("/", ".")
            for start in {folder, own}:
                yield Code(self._texts[name], start, package)

    def changed(self, inputs: Inputs) -> list[str]:
        """The files of these that somebody has changed since they were read."""
        return [name for name in (*inputs.modules, *inputs.data) if self.files.has_changed(name)]


def _folder_of(name: str) -> str:
    return str(PurePosixPath(name).parent)


def _packages_of(modules: Iterable[str]) -> set[str]:
    """The packages right in the source folder that these modules are in."""
    return {package for package, slash, _ in (name.partition("/") for name in modules) if slash}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
