"""The data of a book: which files the outputs of a notebook depend on besides code.

``[build] dependencies`` are everybody's. A file of ``[build] resources`` is the
data of those notebooks that name it in their code, and of those that name, as a
path from their page, a folder it is in. So are modules beside a page for what imports
them, with all modules in that folder. The book's modules that they import count
as their code. Whatever lies in a package beside its modules is the data of those
that import it. A file whose name is put together when the notebook runs can't be
seen here; it belongs into ``dependencies``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from d2lbook.config import Config
from d2lbook.execute.digests import FileDigests
from d2lbook.execute.modules import imports
from d2lbook.source.files import matching_files, resource_files

QUOTED = re.compile(r'"([^"\n\\]*)"|\'([^\'\n\\]*)\'')
WORD = re.compile(r"[\w.~+/-]*[./][\w.~+/-]*")
"""What may be a path in a line that is not Python: ``!head ../data/x.csv``."""


class Code(NamedTuple):
    """Some code that a notebook runs."""

    text: str
    folder: str
    """Where its paths may start, in the source folder."""
    package: str = ""
    """In which its relative imports start."""


class DataFiles:
    """The data in one source folder; only what is somebody's is read."""

    def __init__(self, config: Config, files: FileDigests) -> None:
        self.config = config
        self.files = files
        self._in_package: dict[str, frozenset[str]] = {}

    def digests(self, codes: Iterable[Code], packages: Iterable[str] = ()) -> Mapping[str, str]:
        """The data of a notebook with this code that imports these packages, and its digests."""
        found = self._declared.union(
            *map(self._resources.named_in, codes), *map(self._beside_modules, packages)
        )
        return {name: self.files.of(self.files.root / name) for name in sorted(found)}

    @cached_property
    def _declared(self) -> frozenset[str]:
        return frozenset(
            map(self.files.name, matching_files(self.config, self.config.build.dependencies))
        )

    @cached_property
    def _resources(self) -> NamedFiles:
        return NamedFiles(map(self.files.name, resource_files(self.config)))

    def _beside_modules(self, package: str) -> frozenset[str]:
        if package not in self._in_package:
            names = map(self.files.name, matching_files(self.config, (package,)))
            self._in_package[package] = frozenset(filter(is_package_data, names))
        return self._in_package[package]


class NamedFiles:
    """Files, given as paths in the source folder, and which of them some code names."""

    def __init__(self, names: Iterable[str]) -> None:
        paths = [PurePosixPath(name) for name in names]
        self._names = frozenset(map(str, paths))
        self._by_name = _grouped((path.name, str(path)) for path in paths)
        # But not in the folder of the whole book, which says too little.
        self._by_folder = _grouped(
            (str(parent), str(path)) for path in paths for parent in path.parents[:-1]
        )
        self._paths: dict[str, Sequence[str]] = {}
        self._of_code: dict[Code, frozenset[str]] = {}

    def named_in(self, code: Code) -> frozenset[str]:
        """Those that the code names, themselves or through a folder they are in."""
        if not self._by_name:
            return frozenset()
        if code not in self._of_code:
            self._of_code[code] = frozenset(self._find(code))
        return self._of_code[code]

    def _find(self, code: Code) -> Iterator[str]:
        if code.text not in self._paths:
            self._paths[code.text] = tuple(dict.fromkeys(_paths(code.text)))
        for path in self._paths[code.text]:
            yield from self._by_name.get(path.rpartition("/")[2], ())
            if "/" in path:
                below = posixpath.normpath(posixpath.join(code.folder, path))
                yield from self._by_folder.get(below, ())
        yield from self._imported_by(code)

    def _imported_by(self, code: Code) -> Iterator[str]:
        """All modules in the folders in which the code finds some that it imports."""
        for name in imports(code.text):
            path = posixpath.normpath(posixpath.join(code.folder, name.replace(".", "/")))
            for file in (f"{path}.py", f"{path}/__init__.py"):
                if file in self._names:
                    beside = self._by_folder.get(posixpath.dirname(file), ())
                    yield from (each for each in {file, *beside} if each.endswith(".py"))


def is_package_data(name: str) -> bool:
    """Whether a file in a package is something its modules may read: no module, and no page."""
    return not name.endswith((".py", ".md"))


def _paths(code: str) -> Iterator[str]:
    """What may be paths in some code."""
    for double, single in QUOTED.findall(code):
        yield double or single
    yield from WORD.findall(code)


def _grouped(pairs: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for name, file in pairs:
        groups.setdefault(name, set()).add(file)
    return {name: frozenset(files) for name, files in groups.items()}
