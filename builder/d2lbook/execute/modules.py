"""The book's own modules: which of them a notebook imports, and where its kernel finds them.

They are the packages (folders with ``__init__.py``) and modules right in the
source folder, but ``setup.py`` and what would hide a module of Python's own. A
kernel sees them through a folder that holds links to them and nothing else, so
that a chapter called ``jax/`` can't be taken for a framework.
"""

from __future__ import annotations

import ast
import contextlib
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from d2lbook.errors import OutputError
from d2lbook.execute.digests import FileDigests
from d2lbook.source.magics import parse_code

NOT_MODULES = {"setup"} | sys.stdlib_module_names
IMPORT_LINE = re.compile(r"^\s*(?:import\s+([\w., \t]+)|from\s+(\.*[\w.]*)\s+import\s+(.+))", re.M)


class LocalModules:
    """The modules in one source folder; each file is parsed once."""

    def __init__(self, source: Path, files: FileDigests | None = None) -> None:
        self.source = source
        self.files = files or FileDigests(source)
        self.roots = find_roots(source)
        self._by_name: dict[str, Sequence[Path]] = {}
        self._imports: dict[Path, frozenset[Path]] = {}
        self._closures: dict[frozenset[Path], Mapping[str, str]] = {}

    def digests(self, codes: Iterable[str]) -> Mapping[str, str]:
        """The files this code imports, directly or through each other, and their digests."""
        first = frozenset().union(*(self._imported_by_code(code) for code in codes))
        if first not in self._closures:
            found: set[Path] = set()
            waiting = set(first)
            while waiting:
                file = waiting.pop()
                if file not in found:
                    found.add(file)
                    waiting |= self._imported_by(file)
            self._closures[first] = {
                self.files.name(file): self.files.of(file) for file in sorted(found)
            }
        return self._closures[first]

    def _imported_by(self, file: Path) -> frozenset[Path]:
        if file not in self._imports:
            self.files.of(file)  # first, so that a later change of the file shows
            code = file.read_text("utf-8", errors="replace")
            self._imports[file] = self._imported_by_code(code, self._package(file))
        return self._imports[file]

    def _imported_by_code(self, code: str, package: str = "") -> frozenset[Path]:
        # Most cells import nothing of ours, and parsing all of them takes long.
        if "import" not in code or not (package or any(name in code for name in self.roots)):
            return frozenset()
        names = imports(code, package)
        return frozenset(file for name in names for file in self._files(name))

    def _files(self, name: str) -> Sequence[Path]:
        """The files that are run when a module is imported: its packages' and its own."""
        if name not in self._by_name:
            self._by_name[name] = tuple(self._find(name))
        return self._by_name[name]

    def _find(self, name: str) -> Iterator[Path]:
        parts = name.split(".")
        if parts[0] not in self.roots:
            return
        for length in range(1, len(parts) + 1):
            path = self.source.joinpath(*parts[:length])
            for file in (path / "__init__.py", path.with_suffix(".py")):
                if file.is_file():
                    yield file
                    break

    def _package(self, file: Path) -> str:
        return ".".join(file.relative_to(self.source).parent.parts)


def find_roots(source: Path) -> Mapping[str, Path]:
    """The packages and modules right in a folder, by the names they are imported by."""
    roots: dict[str, Path] = {}
    for path in sorted(source.iterdir()):
        name = path.stem if path.suffix == ".py" and path.is_file() else path.name
        is_module = path.suffix == ".py" or (path / "__init__.py").is_file()
        if is_module and name.isidentifier() and name not in NOT_MODULES:
            roots.setdefault(name, path)
    return roots


@cache
def imports(code: str, package: str = "") -> frozenset[str]:
    """Names that may be modules and are imported by the code of a cell or a module.

    ``from a import b`` gives ``a`` and ``a.b``, as ``b`` may be either. Relative
    names are resolved against the package. Code that is not Python is searched
    line by line.
    """
    try:
        tree = parse_code(code)
    except SyntaxError:
        return frozenset(_imports_by_line(code, package))
    return frozenset(_imports_of_tree(tree, package))


def _imports_of_tree(tree: ast.Module, package: str) -> Iterator[str]:
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute("." * node.level + (node.module or ""), package)
            yield from _members(base, (alias.name for alias in node.names))


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """All statements: what ``ast.walk`` finds without going through the expressions."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, ())
            if isinstance(inner, list):
                waiting += inner


def _imports_by_line(code: str, package: str) -> Iterator[str]:
    for names, base, members in IMPORT_LINE.findall(code):
        if names:
            yield from (name.split()[0] for name in names.split(",") if name.strip())
        else:
            yield from _members(_absolute(base, package), re.findall(r"\w+", members))


def _members(base: str, names: Iterable[str]) -> Iterator[str]:
    yield base
    yield from (f"{base}.{name}" for name in names)


def _absolute(name: str, package: str) -> str:
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], *filter(None, [name[level:]])])


def link_modules(roots: Mapping[str, Path], folder: Path) -> None:
    """Make the folder hold a link to each of these and no other, ready to be imported.

    Raises OutputError when that can't be done. Builds of one book at the same
    time don't disturb each other: a link that is right is left alone.
    """
    wanted = {path.name: path for path in roots.values()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.is_symlink() and path.name not in wanted:
                path.unlink(missing_ok=True)
        for name, path in wanted.items():
            _link(folder / name, path)
        _remove_old_bytecode(folder, [path for path in wanted.values() if path.is_dir()])
    except OSError as error:
        what = f"can't link the book's modules in {folder}: {error.strerror}"
        raise OutputError.of(what, "delete that folder") from error


def _link(link: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        if link.readlink() == target:
            return
    # Beside the folder, not in it: another build may be tidying up there.
    with tempfile.TemporaryDirectory(dir=link.parent.parent) as folder:
        fresh = Path(folder, link.name)
        fresh.symlink_to(target)
        fresh.replace(link)


def _remove_old_bytecode(folder: Path, packages: Iterable[Path]) -> None:
    """Remove the bytecode of modules that may have been changed since it was written.

    Python compares sizes and whole seconds, and would run the old code of a module that was
    changed within the second.
    """
    in_packages = (found for package in packages for found in package.rglob("__pycache__"))
    for compiled in (folder / "__pycache__", *in_packages):
        for bytecode in compiled.glob("*.pyc"):
            module = compiled.parent / f"{bytecode.name.partition('.')[0]}.py"
            # Another build may be doing the same.
            with contextlib.suppress(FileNotFoundError):
                if module.stat().st_mtime_ns >= bytecode.stat().st_mtime_ns:
                    bytecode.unlink()
