"""Imports point one way: what a part of the tool may use is written down here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "builder" / "d2lbook"

GROUND = {
    "archives",
    "book",
    "errors",
    "files",
    "frameworks",
    "config",
    "drawing",
    "manifests",
    "memory",
    "parallel",
    "requirements_files",
    "stopping",
    "store",
    "vendored",
}
READERS = GROUND | {"source"}
WRITERS = READERS | {"document"}

MAY_IMPORT: dict[str, set[str]] = {
    "archives": set(),
    "book": set(),
    "errors": {"book"},
    "files": {"errors"},
    "config": {"book", "errors", "files", "frameworks"},
    "drawing": {"parallel", "vendored"},
    "output": {"config", "errors", "files"},
    "frameworks": set(),
    "manifests": {"files"},
    "memory": set(),
    "parallel": {"errors"},
    "receipts": {"book", "config", "errors", "files", "source"},
    "requirements_files": set(),
    "stopping": set(),
    "store": {"files"},
    "vendored": set(),
    "source": GROUND,
    "notebooks": READERS,
    "library": READERS | {"notebooks"},
    "execute": READERS | {"notebooks"},
    "document": READERS,
    "html": WRITERS,
    "volume": WRITERS,
    "pdf": WRITERS | {"volume"},
    "epub": WRITERS | {"volume"},
    "publish": WRITERS | {"notebooks"},
    "check": WRITERS,
    "jupyter": READERS | {"notebooks", "execute"},
    "tab": set(),
}
"""For each part what it may import besides itself."""

TOP = ("pipeline", "targets", "preview", "commands", "__main__")
"""What puts the parts together: each may import everything but those after it."""


def module_name(path: Path) -> str:
    """``d2lbook.html.page`` for its file."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def imports(path: Path) -> Iterator[str]:
    """Modules of ours that this one imports anywhere, in a function, for types or by its name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else str(node.module) for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


IMPORTS = {
    name: {found for found in imports(path) if found in MODULES} for name, path in MODULES.items()
}


def part(module: str) -> str:
    """The part of the tool a module belongs to; empty for the package itself."""
    return module.partition(".")[2].partition(".")[0]


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_one_way(name: str) -> None:
    own = part(name)
    assert not own or own in MAY_IMPORT or own in TOP, f"say here what {own} may import"
    above = TOP[TOP.index(own) + 1 :] if own in TOP else ()
    for module in IMPORTS[name]:
        other = part(module)
        if other not in {own, ""}:
            allowed = other not in above if own in TOP else other in MAY_IMPORT.get(own, ())
            assert allowed, f"{name} must not import {module}"


def test_no_module_imports_itself_through_others() -> None:
    try:
        TopologicalSorter(IMPORTS).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
