"""Which of a notebook's code may run: all but the bodies of functions that are only defined."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from d2lbook.source.magics import mask_magics, parse_code

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
WORD = re.compile(r"[^\W\d]\w*")


def running_nodes(cells: Sequence[str]) -> Iterator[ast.AST]:
    """All nodes of the syntax trees of these cells that may run; what is not Python has none.

    A function may run when its name stands in code that may, and a method when the
    name of its class does: who is given a function can call it. One with a decorator
    has been given to that.
    """
    named = {word for cell in cells for word in _words_for_ipython(cell)}
    idle: dict[str, list[ast.AST]] = defaultdict(list)
    """What may run as soon as this name stands somewhere."""
    waiting: list[ast.AST] = list(_trees(cells))
    while waiting:
        node = waiting.pop()
        yield node
        parts = _parts(node)
        waiting += parts.now
        idle[parts.name] += parts.later
        named.update(_names(node))
        for name in named & idle.keys():
            waiting += idle.pop(name)


def _trees(cells: Iterable[str]) -> Iterator[ast.Module]:
    for cell in cells:
        try:
            yield parse_code(cell)
        except SyntaxError:
            continue


class _Parts(NamedTuple):
    """The parts of a node."""

    now: Iterable[ast.AST]
    """Those that run when the node does."""
    name: str = ""
    """By which the others can be called."""
    later: Iterable[ast.AST] = ()


def _parts(node: ast.AST) -> _Parts:
    match node:
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return _Parts([node.args], node.name, node.body)
        case ast.ClassDef():
            methods = [each for each in node.body if isinstance(each, FUNCTIONS)]
            at_once = [each for each in ast.iter_child_nodes(node) if each not in methods]
            for method in methods:
                at_once += [method.args, *method.decorator_list]
            return _Parts(at_once, node.name, [line for each in methods for line in each.body])
        case ast.Assign(targets=[ast.Name(name)], value=ast.Lambda(arguments, body)):
            return _Parts([arguments], name, [body])
    return _Parts(ast.iter_child_nodes(node))


def _names(node: ast.AST) -> Iterator[str]:
    """The name of a value that this node stands for."""
    match node:
        case ast.Name(name, ast.Load()) | ast.Attribute(_, name):
            yield name


def _words_for_ipython(cell: str) -> Iterator[str]:
    """The words in the lines that are IPython's, as ``%timeit train()``."""
    lines = zip(cell.split("\n"), mask_magics(cell).split("\n"), strict=True)
    for line, left in lines:
        if line != left:
            yield from WORD.findall(line)
