"""Files that are gone, and which notebooks they may have been something to.

What a notebook depends on names only files that are there. Of one that was deleted or
renamed, only its name can be compared with what the code imports and names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePosixPath

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.execute.data import NamedFiles, is_package_data
from d2lbook.execute.keys import Inputs, Keys
from d2lbook.execute.modules import imports
from d2lbook.source.files import matches


class GoneFiles:
    """Some files that are gone, given as paths in the source folder."""

    def __init__(self, config: Config, names: Collection[str]) -> None:
        build = config.build
        self.keys = Keys(config)
        self.is_empty = not names
        self.modules = set(map(_module, (name for name in names if name.endswith(".py"))))
        self.in_packages = [name for name in names if is_package_data(name)]
        self.resources = NamedFiles(name for name in names if matches(name, build.resources))
        self.is_everybodys = any(matches(name, build.dependencies) for name in names)

    def concern(self, notebook: Notebook, inputs: Inputs) -> bool:
        """Whether the notebook, which depends on this now, may have depended on one of them."""
        if self.is_empty or self.is_everybodys:
            return self.is_everybodys
        codes = list(self.keys.codes(notebook, inputs.modules))
        if any(self.resources.named_in(code) for code in codes):
            return True
        imported = {
            part
            for code in codes
            for name in imports(code.text, code.package)
            for part in _with_packages(name)
        }
        packages = {name.partition(".")[0] for name in imported}
        return not self.modules.isdisjoint(imported) or any(
            name.partition("/")[0] in packages for name in self.in_packages if "/" in name
        )


def _module(file: str) -> str:
    """The name by which a file is imported."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _with_packages(name: str) -> Iterator[str]:
    """A module's name, and those of the packages it is in."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def gone_files(config: Config, files: Iterable[str]) -> list[str]:
    """Those of these paths in the book that are not there, as paths in the source folder."""
    source = PurePosixPath(config.build.source)
    paths = (PurePosixPath(name) for name in files if not (config.root / name).exists())
    return [str(path.relative_to(source)) for path in paths if path.is_relative_to(source)]
