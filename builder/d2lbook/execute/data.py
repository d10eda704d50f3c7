"""The data of a book: which files the outputs of a notebook depend on besides code.

``[build] dependencies`` are everybody's. A file of ``[build] resources`` is the
data of those notebooks that name it in their code, and of those that name, as a
path from their page, a folder it is in. A file whose name is put together when
the notebook runs can't be seen here; it belongs into ``dependencies``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from d2lbook.config import Config
from d2lbook.execute.digests import FileDigests
from d2lbook.source.files import matching_files, resource_files

QUOTED = re.compile(r'"([^"\n\\]*)"|\'([^\'\n\\]*)\'')
WORD = re.compile(r"[\w.~+/-]*[./][\w.~+/-]*")
"""What may be a path in a line that is not Python: ``!head ../data/x.csv``."""


class DataFiles:
    """The data in one source folder; only what is somebody's is read."""

    def __init__(self, config: Config, files: FileDigests) -> None:
        self.config = config
        self.files = files
        self._of_code: dict[tuple[str, str], frozenset[Path]] = {}

    def digests(self, codes: Iterable[str], folder: str) -> Mapping[str, str]:
        """The data of a notebook with this code whose page is in this folder, and its digests."""
        found = self._declared.union(*(self._named(code, folder) for code in codes))
        return {self.files.name(file): self.files.of(file) for file in sorted(found)}

    @cached_property
    def _declared(self) -> frozenset[Path]:
        return frozenset(matching_files(self.config, self.config.build.dependencies))

    @cached_property
    def _resources(self) -> Sequence[tuple[Path, PurePosixPath]]:
        """The resources, and where they lie in the source folder."""
        source = self.config.source
        return [
            (file, PurePosixPath(file.relative_to(source))) for file in resource_files(self.config)
        ]

    @cached_property
    def _by_name(self) -> Mapping[str, frozenset[Path]]:
        return _grouped((path.name, file) for file, path in self._resources)

    @cached_property
    def _by_folder(self) -> Mapping[str, frozenset[Path]]:
        """What lies in each folder, but in that of the whole book, which says too little."""
        return _grouped(
            (str(parent), file) for file, path in self._resources for parent in path.parents[:-1]
        )

    def _named(self, code: str, folder: str) -> frozenset[Path]:
        if not self._resources:
            return frozenset()
        if (code, folder) not in self._of_code:
            found: set[Path] = set()
            for path in _paths(code):
                found |= self._by_name.get(path.rpartition("/")[2], frozenset())
                if "/" in path:
                    below = posixpath.normpath(posixpath.join(folder, path))
                    found |= self._by_folder.get(below, frozenset())
            self._of_code[code, folder] = frozenset(found)
        return self._of_code[code, folder]


def _paths(code: str) -> Iterator[str]:
    """What may be paths in some code."""
    for double, single in QUOTED.findall(code):
        yield double or single
    yield from WORD.findall(code)


def _grouped(pairs: Iterable[tuple[str, Path]]) -> Mapping[str, frozenset[Path]]:
    groups: dict[str, set[Path]] = {}
    for name, file in pairs:
        groups.setdefault(name, set()).add(file)
    return {name: frozenset(files) for name, files in groups.items()}
