"""Makes the code of a notebook what a user of the framework would write.

The aliases of the library (``aliases``) become the framework's own calls, and
imports are sorted. Whole names only: ``d2l.to`` never touches ``d2l.tokenize``. What
isn't replaced keeps its layout and its comments.
"""

from __future__ import annotations

import ast
import copy
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from d2lbook.book import Cell, Notebook
from d2lbook.notebooks.aliases import Aliases
from d2lbook.source.magics import mask_magics

if TYPE_CHECKING:
    import isort

ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Tuple)
"""Expressions that a method can be called on without parentheses around them."""


NAME = re.compile(r"(?<![\w.])d2l\.(\w+)")


def rewrite_notebook(
    notebook: Notebook, aliases: Aliases | None, local_packages: tuple[str, ...]
) -> Notebook:
    """The notebook with its aliases replaced and its imports sorted.

    ``local_packages`` are sorted last, as the book's own. A cell that is not
    Python stays as it is.
    """
    return replace(
        notebook,
        cells=tuple(
            rewrite_cell(cell, aliases, local_packages) if cell.kind == "code" else cell
            for cell in notebook.cells
        ),
    )


def rewrite_cell(cell: Cell, aliases: Aliases | None, local_packages: tuple[str, ...]) -> Cell:
    """One code cell with its aliases replaced and its imports sorted."""
    text = _Text(cell.source, list(cell.lines))
    if aliases and "d2l." in text.source:
        replace_aliases(text, aliases)
    if "import " in text.source:
        text.become(sort_imports(text.source, local_packages))
    text.become("\n".join(line.rstrip() for line in text.source.split("\n")).strip("\n"))
    if text.source == cell.source:
        return cell
    return replace(cell, source=text.source, lines=tuple(text.numbers))


class _Text:
    """The source of a cell, and for each of its lines the line of the page's file."""

    def __init__(self, source: str, numbers: list[int]) -> None:
        self.source = source
        self.numbers = numbers

    def put(self, start: int, end: int, text: str) -> None:
        """Replace these characters."""
        first = self.source.count("\n", 0, start)
        last = self.source.count("\n", 0, end)
        lines = [min(first + index, last) for index in range(text.count("\n") + 1)]
        self.numbers[first : last + 1] = [self.numbers[line] for line in lines]
        self.source = self.source[:start] + text + self.source[end:]

    def become(self, source: str) -> None:
        """Replace everything, following each line that is still there, even elsewhere."""
        if source == self.source:
            return
        old, new = self.source.split("\n"), source.split("\n")
        places = dict(zip(map(str.strip, old), self.numbers, strict=True))
        numbers: list[int] = []
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for kind, first, _, new_first, new_end in matcher.get_opcodes():
            for index in range(new_first, new_end):
                nearest = self.numbers[min(first + index - new_first, len(old) - 1)]
                moved = places.get(new[index].strip(), nearest)
                numbers.append(nearest if kind == "equal" else moved)
        self.source, self.numbers = source, numbers


def replace_aliases(text: _Text, aliases: Aliases) -> None:
    """Replace every alias; what is not Python keeps those that take arguments."""
    for old, new in aliases.reverse:
        text.become(_reverse(text.source, old, new))
    names = _callable_names(aliases)
    while _mentions(text.source, names) and (edits := _innermost_calls(text.source, aliases)):
        spans = ((*_span(text.source, edit.node), edit.text) for edit in edits)
        for start, end, new in sorted(spans, reverse=True):
            text.put(start, end, new)
    targets = {name.rstrip("("): target.rstrip("(") for name, target in aliases.simple}
    text.source = NAME.sub(
        lambda match: f"{aliases.module}.{targets[match[1]]}" if match[1] in targets else match[0],
        text.source,
    )


def sort_imports(source: str, local_packages: tuple[str, ...]) -> str:
    """The code with each run of imports sorted: standard library, others, the book's own."""
    import isort

    return isort.code(source, config=_sorting(local_packages))


@lru_cache
def _sorting(local_packages: tuple[str, ...]) -> isort.Config:
    import isort

    return isort.Config(
        settings_path="/",
        default_section="THIRDPARTY",
        known_first_party=local_packages,
        no_lines_before=("STDLIB", "THIRDPARTY", "FIRSTPARTY", "LOCALFOLDER"),
    )


def _callable_names(aliases: Aliases) -> set[str]:
    """Names of the aliases that are replaced together with their arguments."""
    return {name for name, _ in aliases.fluent} | {
        ast.unparse(call.func) for call, _ in aliases.expressions
    }


def _mentions(source: str, names: set[str]) -> bool:
    return any(match[1] in names for match in NAME.finditer(source))


def _reverse(source: str, old: str, new: str) -> str:
    """One ``reverse_alias``: a whole name, or a regular expression where it has a backslash."""
    if "\\" in old:
        return re.sub(old, new, source)
    return re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", lambda _: new, source)


@dataclass(frozen=True, slots=True)
class _Edit:
    node: ast.expr
    text: str


def _nodes(source: str) -> Iterator[ast.AST]:
    """All nodes of the code's tree; none where it is not Python."""
    try:
        tree = ast.parse(mask_magics(source))
    except (SyntaxError, ValueError):
        return
    yield from ast.walk(tree)


def _innermost_calls(source: str, aliases: Aliases) -> list[_Edit]:
    """Replacements of the calls of fluent and expression aliases that hold no other of them."""
    fluent = dict(aliases.fluent)
    expressions = {ast.unparse(call.func): (call, right) for call, right in aliases.expressions}

    def is_alias(node: ast.AST) -> TypeGuard[ast.Call]:
        if not isinstance(node, ast.Call):
            return False
        name = _alias_name(node.func)
        has_subject = bool(node.args) and not isinstance(node.args[0], ast.Starred)
        return (name in fluent and has_subject) or name in expressions

    edits: list[_Edit] = []
    for node in _nodes(source):
        if is_alias(node) and not any(map(is_alias, _below(node))):
            name = _alias_name(node.func)
            text = (
                _as_method(source, node, fluent[name])
                if name in fluent
                else _as_expression(node, *expressions[name])
            )
            edits.append(_Edit(node, text))
    return edits


def _as_method(source: str, node: ast.Call, method: str) -> str:
    """``d2l.f(x, y)`` → ``x.method(y)``."""
    subject = node.args[0]
    text = ast.get_source_segment(source, subject) or ""
    if not isinstance(subject, ATOMS):
        text = f"({text})"
    _, after = _span(source, subject)
    _, end = _span(source, node)
    comma = source.find(",", after, end)
    arguments = source[comma + 1 : end - 1].strip() if comma >= 0 else ""
    return f"{text}.{method}({arguments})"


def _as_expression(node: ast.Call, call: ast.Call, expression: ast.expr) -> str:
    """The expression with the alias's parameters replaced by the call's arguments."""
    names = [ast.unparse(name) for name in call.args]
    values = dict(zip(names, node.args, strict=False))

    class Fill(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            return values.get(name.id, name)

    filled: ast.expr = Fill().visit(copy.deepcopy(expression))
    return f"({ast.unparse(filled)})" if not isinstance(filled, ATOMS) else ast.unparse(filled)


def _span(source: str, node: ast.expr) -> tuple[int, int]:
    """Where the node begins and ends in the source, in characters (``ast`` counts bytes)."""
    lines = source.split("\n")

    def offset(line: int, column: int) -> int:
        before = sum(len(text) + 1 for text in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode())

    return offset(node.lineno, node.col_offset), offset(
        node.end_lineno or node.lineno, node.end_col_offset or 0
    )


def _below(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield from ast.walk(child)


def _alias_name(node: ast.AST) -> str:
    """``a`` where the node is ``d2l.a``; else empty."""
    match node:
        case ast.Attribute(value=ast.Name(id="d2l"), attr=name):
            return name
    return ""
