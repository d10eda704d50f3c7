"""Which modules may be imported before the kernel of a notebook starts.

They are what the notebooks of its tab import, themselves or through the book's
own modules. Those are not among them, as they are what notebooks are about.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.execute.jobs import code_of
from d2lbook.execute.modules import LocalModules
from d2lbook.source.magics import parse_code

if TYPE_CHECKING:
    from d2lbook.execute.environments import Environment

NOT_PRELOADED = {
    "IPython",  # imported anyway, like ipykernel
    "__future__",
    "__main__",
    "ipykernel",
    "matplotlib_inline",  # wants the shell, which only a kernel has
}

CHANGES_IMPORTS = re.compile(
    r"\benviron\s*(\[[^\]\n]*\]\s*=(?!=)|\.(clear|pop|setdefault|update)\b)"
    r"|\b(putenv|unsetenv)\b|%(env\s+\w+[\s=]|set_env\b)|"
    r"\bsys\.(meta_path|modules|path)\s*(\.\w|\[|\+?=(?!=))"
)
"""Code after which an import may do something else than before."""


def preloads(
    config: Config, notebooks: Sequence[Notebook], environments: Mapping[str, Environment]
) -> list[tuple[str, ...] | None]:
    """``Job.preload`` for each of these notebooks.

    ``environments`` has one for every tab of theirs.
    """
    local = LocalModules(config.source)
    sources = [_sources(notebook, local) for notebook in notebooks]
    found: dict[str, dict[str, None]] = {notebook.tab: {} for notebook in notebooks}
    for notebook, texts in zip(notebooks, sources, strict=True):
        for text in texts:
            others = (name for name in imports_at_once(text) if _root(name) not in local.roots)
            found[notebook.tab] |= dict.fromkeys(others)
    result: list[tuple[str, ...] | None] = []
    for notebook, texts in zip(notebooks, sources, strict=True):
        configured = environments[notebook.tab].preload
        names = tuple(found[notebook.tab]) if configured is None else configured
        if configured == ():
            result.append(None)
        else:
            result.append(() if any(map(CHANGES_IMPORTS.search, texts)) else names)
    return result


def _sources(notebook: Notebook, local: LocalModules) -> list[str]:
    """The code of the cells, and of the book's modules they import."""
    cells = code_of(notebook)
    files = (local.source / name for name in local.digests(cells))
    return [*cells, *(file.read_text("utf-8", errors="replace") for file in files)]


def _root(name: str) -> str:
    return name.partition(".")[0]


@cache
def imports_at_once(code: str) -> tuple[str, ...]:
    """Names of what may be modules and is imported whenever this code is run, in its order."""
    try:
        tree = parse_code(code)
    except SyntaxError:
        return ()
    return tuple(name for name in _imports(tree.body) if _root(name) not in NOT_PRELOADED)


def _imports(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.module
            yield from (f"{statement.module}.{alias.name}" for alias in statement.names)
        elif isinstance(statement, ast.Try | ast.With):
            yield from _imports(statement.body)
