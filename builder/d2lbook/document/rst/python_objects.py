"""What a Python module defines, read from its text: nothing is imported or run."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["module", "class", "function", "data"]

_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonObject:
    """A module, class, function or variable."""

    kind: Kind
    name: str
    """Without the names of what it is in."""
    signature: str = ""
    """``(x, y=1) -> int``; empty for what isn't called."""
    documentation: str = ""
    """Its docstring, without the indentation."""
    bases: tuple[str, ...] = ()
    """Of a class."""
    members: tuple[PythonObject, ...] = ()
    """What a module or class defines, in order, each name once."""

    def find(self, path: Sequence[str]) -> PythonObject | None:
        """What these names lead to, each a member of the one before."""
        if not path:
            return self
        found = next((each for each in self.members if each.name == path[0]), None)
        return found.find(path[1:]) if found else None


def read_module(text: str, name: str) -> PythonObject | None:
    """The module of this text and name; None where it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return PythonObject(
        kind="module",
        name=name,
        documentation=ast.get_docstring(tree) or "",
        members=_members(tree.body),
    )


def _members(body: Iterable[ast.stmt]) -> tuple[PythonObject, ...]:
    found: dict[str, PythonObject] = {}
    for statement in body:
        for member in _defined(statement):
            found[member.name] = member
    return tuple(found.values())


def _defined(statement: ast.stmt) -> Iterator[PythonObject]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield _function(statement)
        case ast.ClassDef():
            yield _class(statement)
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield _assigned(target.id, value)
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            yield _assigned(name, value)


def _assigned(name: str, value: ast.expr | None) -> PythonObject:
    if isinstance(value, ast.Lambda):
        signature = f"({ast.unparse(value.args)})"
        return PythonObject(kind="function", name=name, signature=signature)
    return PythonObject(kind="data", name=name)


def _function(node: _Function) -> PythonObject:
    return PythonObject(
        kind="function",
        name=node.name,
        signature=_signature(node),
        documentation=ast.get_docstring(node) or "",
    )


def _class(node: ast.ClassDef) -> PythonObject:
    methods = (each for each in node.body if isinstance(each, _Function))
    making = [each for each in methods if each.name == "__init__"]
    return PythonObject(
        kind="class",
        name=node.name,
        signature=_signature(making[-1], without_self=True) if making else "",
        documentation=ast.get_docstring(node) or "",
        bases=tuple(map(ast.unparse, node.bases)),
        members=_members(node.body),
    )


def _signature(node: _Function, *, without_self: bool = False) -> str:
    arguments = copy.copy(node.args)
    if without_self:
        if arguments.posonlyargs:
            arguments.posonlyargs = arguments.posonlyargs[1:]
        else:
            arguments.args = arguments.args[1:]
        return f"({ast.unparse(arguments)})"
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(arguments)}){returned}"
