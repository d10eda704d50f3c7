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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeGuard

from d2lbook.book import Cell, Notebook
from d2lbook.notebooks.aliases import Aliases
from d2lbook.source.magics import parse_code

if TYPE_CHECKING:
    import isort

ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Tuple)
"""Expressions that a method can be called on without parentheses around them."""


UP_TO_COMMA = re.compile(r"(?:[\s)\\]|#[^\n]*\n)*,")
"""What may stand between the first argument of a call and the second one."""

# A pattern that begins with plain text is found many times faster, so it looks back after it.
NAME = re.compile(r"d2l\.(?<![\w.]d2l\.)(\w+)")


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
    if any(
        match[1] in aliases.fluent or match[1] in aliases.expressions
        for match in NAME.finditer(text.source)
    ):
        for start, end, new in reversed(list(_Calls(text.source, aliases).edits())):
            text.put(start, end, new)
    text.source = NAME.sub(
        lambda match: (
            f"{aliases.module}.{to}" if (to := aliases.simple.get(match[1])) else match[0]
        ),
        text.source,
    )


@lru_cache(maxsize=1024)  # many cells import the same
def sort_imports(source: str, local_packages: tuple[str, ...]) -> str:
    """The code with each run of imports sorted: standard library, others, the book's own.

    What is not Python stays as it is.
    """
    import isort

    try:
        parse_code(source)
    except SyntaxError:
        return source
    try:
        return isort.code(source, config=_sorting(local_packages))
    except isort.exceptions.ISortError:  # the cell says that it is not to be sorted
        return source


@lru_cache
def _sorting(local_packages: tuple[str, ...]) -> isort.Config:
    import isort

    return isort.Config(
        settings_path="/",
        default_section="THIRDPARTY",
        known_first_party=local_packages,
        no_lines_before=("STDLIB", "THIRDPARTY", "FIRSTPARTY", "LOCALFOLDER"),
    )


def _reverse(source: str, old: str, new: str) -> str:
    """One ``reverse_alias``: a whole name, or a regular expression where it has a backslash."""
    if "\\" in old:
        return re.sub(old, new, source)
    if old not in source:
        return source
    name = re.escape(old)
    return re.sub(rf"{name}(?<![\w.]{name})(?!\w)", lambda _: new, source)


class _Calls:
    """The calls of aliases in some code, and what stands for them."""

    def __init__(self, source: str, aliases: Aliases) -> None:
        self.source = source
        self.aliases = aliases
        self.starts = [0]
        """Where each line begins."""
        for line in source.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def edits(self) -> Iterator[tuple[int, int, str]]:
        """Beginning, end and replacement of the outermost calls, in order."""
        try:
            calls = self.outermost(parse_code(self.source))
            yield from sorted((*self.span(node), self.replacement(node)) for node in calls)
        except (SyntaxError, RecursionError):
            return  # not Python, or nested too deep for us

    def outermost(self, node: ast.AST) -> Iterator[ast.Call]:
        if self.is_alias(node):
            yield node
        else:
            for child in ast.iter_child_nodes(node):
                yield from self.outermost(child)

    def is_alias(self, node: ast.AST) -> TypeGuard[ast.Call]:
        if not isinstance(node, ast.Call):
            return False
        name = _alias_name(node.func)
        has_subject = bool(node.args) and not isinstance(node.args[0], ast.Starred)
        return name in self.aliases.expressions or (has_subject and name in self.aliases.fluent)

    def replacement(self, node: ast.Call) -> str:
        name = _alias_name(node.func)
        if name in self.aliases.expressions:
            return self.as_expression(node, *self.aliases.expressions[name])
        return self.as_method(node, self.aliases.fluent[name])

    def as_method(self, node: ast.Call, method: str) -> str:
        """``d2l.f(x, y)`` → ``x.method(y)``."""
        subject = node.args[0]
        start, after = self.span(subject)
        end = self.span(node)[1] - 1
        text = self.rendered([subject], start, after)
        if not isinstance(subject, ATOMS):
            text = f"({text})"
        comma = UP_TO_COMMA.match(self.source, after, end)
        others = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        arguments = self.rendered(others, comma.end(), end).strip() if comma else ""
        return f"{text}.{method}({arguments})"

    def as_expression(self, node: ast.Call, call: ast.Call, expression: ast.expr) -> str:
        """The expression with the alias's parameters replaced by the call's arguments.

        A call that the parameters don't fit stays: the library has the alias as a function.
        """
        arguments = _bound(node, call)
        if arguments is None:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            return self.rendered(given, *self.span(node))
        texts = {
            name: self.rendered([argument], *self.span(argument))
            for name, argument in arguments.items()
        }
        defaults = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        values = {name: ast.parse(f"({text})", mode="eval").body for name, text in texts.items()}
        filled = _Fill({**defaults, **values}).visit(copy.deepcopy(expression))
        text = ast.unparse(filled)
        return text if isinstance(filled, ATOMS) else f"({text})"

    def rendered(self, nodes: Sequence[ast.AST], start: int, end: int) -> str:
        """This piece of the source, which holds these nodes, with the calls in them replaced."""
        found = [
            (*self.span(call), self.replacement(call))
            for node in nodes
            for call in self.outermost(node)
        ]
        text = self.source[start:end]
        for first, last, new in sorted(found, reverse=True):
            text = text[: first - start] + new + text[last - start :]
        return text

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Where the node begins and ends in the source, in characters."""
        last, last_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self.offset(node.lineno, node.col_offset), self.offset(last, last_column)

    def offset(self, line: int, column: int) -> int:
        """Of a place as ``ast`` gives it: lines from 1, columns in bytes of UTF-8."""
        start = self.starts[line - 1]
        text = self.source[start : self.starts[line] - 1]
        return start + (column if text.isascii() else len(text.encode()[:column].decode()))


def _bound(node: ast.Call, call: ast.Call) -> Mapping[str, ast.expr] | None:
    """The arguments of a call by the parameters of the alias; None where they don't fit."""
    names = [ast.unparse(name) for name in call.args]
    optional = [keyword.arg for keyword in call.keywords if keyword.arg]
    if len(node.args) > len(names + optional) or any(
        isinstance(argument, ast.Starred) for argument in node.args
    ):
        return None
    found = dict(zip(names + optional, node.args, strict=False))
    for keyword in node.keywords:
        if keyword.arg not in names + optional or keyword.arg in found:
            return None
        found[keyword.arg] = keyword.value
    return found if found.keys() >= set(names) else None


class _Fill(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.values.get(node.id, node)


def _alias_name(node: ast.AST) -> str:
    """``a`` where the node is ``d2l.a``; else empty."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.attr if node.value.id == "d2l" else ""
    return ""
