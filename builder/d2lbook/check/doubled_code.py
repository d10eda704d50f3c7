"""Two code cells of one group that define the same thing: copied for another tab, not renamed.

```{.python .input}              ```{.python .input}
%%tab pytorch                    %%tab pytorch
class Net(nn.Module): …          class Net(nn.Module): …
```                              ```
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from d2lbook.book import Cell
from d2lbook.check.groups import tab_groups
from d2lbook.document.model import Document
from d2lbook.errors import Problem
from d2lbook.source.magics import parse_code


def doubled_code(document: Document) -> Iterator[Problem]:
    """A problem for each code cell that defines what one of its group has defined for its tab."""
    for blocks in tab_groups(document):
        seen: dict[tuple[str, str], int] = {}
        for block in blocks:
            line = block.cell.line_of(0)
            names = _definitions(block.cell) if block.cell.kind == "code" else []
            doubled = [
                (tab, name, first)
                for tab in block.tabs
                for name in names
                if (first := seen.setdefault((tab, name), line)) != line
            ]
            for tab, name, first in doubled[:1]:
                yield Problem(
                    what=f"{tab} has '{name}' already at line {first}",
                    place=document.page.place(line),
                    remedy="name another tab, or delete one of the two",
                )


def _definitions(cell: Cell) -> list[str]:
    """The functions and classes that a cell defines at its top, with their decorators."""
    try:
        tree = parse_code(cell.source)
    except SyntaxError:
        return []
    return [
        " ".join([*(f"@{ast.unparse(each)}" for each in node.decorator_list), node.name])
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
