"""The cell that installs what a notebook needs and its host lacks.

``libs`` of ``[colab]`` and ``[sagemaker]`` says which import needs which package:
one row for each, of tab, module and what ``pip install`` is told; in a book
without tabs, of module and the rest. ``==RELEASE`` stands for the book's own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from d2lbook.book import Notebook, Place
from d2lbook.config import Config
from d2lbook.errors import ConfigError
from d2lbook.publish.data import CellData, cell_data
from d2lbook.source.magics import parse_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a module is installed with."""

    module: str
    pip: str
    """What follows ``pip install``."""


def packages_for(
    rows: Sequence[Sequence[str]], tab: str, config: Config, place: Place
) -> tuple[Package, ...]:
    """The packages that these rows of ``libs`` have for a tab, in their order.

    ``place`` is where they stand. Raises ConfigError for a row that can't be meant.
    """
    found: list[Package] = []
    for row in rows:
        whose, module, *rest = _with_tab(row, config, place)
        if whose == tab:
            pip = ", ".join(rest).replace("==RELEASE", f"=={config.project.release}")
            found.append(Package(module=module, pip=pip))
    return tuple(found)


def _with_tab(row: Sequence[str], config: Config, place: Place) -> Sequence[str]:
    """The row with its tab in front, which a book of one tab may leave out."""
    if len(config.tabs) == 1 and len(row) > 1 and (len(row) == 2 or row[0] not in config.tabs):
        return (config.default_tab, *row)
    if len(row) < 3 or row[0].lower() not in config.tabs:
        columns = "tab, module" if config.has_tabs else "module"
        raise ConfigError.at(
            place.path,
            place.line,
            f"'{', '.join(row)}' in libs is not '{columns}, what pip installs'",
            f"known tabs are: {', '.join(config.build.tabs)}" if config.has_tabs else "",
        )
    return (row[0].lower(), *row[1:])


def installation(
    notebook: Notebook, packages: Sequence[Package], header: str
) -> tuple[CellData, ...]:
    """The cells to put first: the header, and one ``pip`` line for each package.

    Those whose module the notebook imports, in the order of the configuration,
    then those that the notebook itself says it needs; no cells where there are none.
    """
    imports = set(imported_modules(notebook))
    needed = [
        package.pip
        for package in packages
        if any(f"{name}.".startswith(f"{package.module}.") for name in imports)
    ]
    lines = [
        f"!pip install {pip}" for pip in dict.fromkeys([*needed, *notebook.required_libraries])
    ]
    if not lines:
        return ()
    text = (cell_data("markdown", "packages-text", header),) if header else ()
    return (*text, cell_data("code", "packages", "\n".join(lines)))


def imported_modules(notebook: Notebook) -> Iterator[str]:
    """The modules that the notebook's Python imports, with dots, in order."""
    for cell in notebook.code_cells():
        try:
            tree = parse_code(cell.source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
