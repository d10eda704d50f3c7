"""The aliases of ``[library-TAB]``: one name in the sources, each framework's own in its code.

simple_alias = tensor -> array     d2l.tensor stands for np.array
fluent_alias = numpy -> asnumpy    d2l.numpy(x) stands for x.asnumpy()
args_alias = f(a, b) -> a + b      d2l.f(x, y) stands for x + y
alias = size = lambda a: a.size    a line of the library
reverse_alias = d2l.size -> size   replaced in notebooks
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from d2lbook.config import Library

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Aliases:
    """The aliases of one tab; the pairs are (name in the sources, what it stands for)."""

    module: str
    """The framework's module as the code names it (``np``, ``torch``, ``tf``, ``jnp``)."""
    simple: Pairs = ()
    fluent: Pairs = ()
    expressions: tuple[tuple[ast.Call, ast.expr], ...] = ()
    verbatim: tuple[str, ...] = ()
    reverse: Pairs = ()


def parse_aliases(library: Library) -> Aliases:
    """The aliases that a ``[library-TAB]`` section describes.

    Raises ValueError, saying which item, where one can't be understood.
    """
    return Aliases(
        module=library.name,
        simple=tuple(_pair(item) for item in library.simple_alias),
        fluent=tuple(_pair(item) for item in library.fluent_alias),
        expressions=tuple(_expression(item) for item in library.args_alias),
        verbatim=library.alias,
        reverse=tuple(_pair(item) for item in library.reverse_alias),
    )


def library_lines(aliases: Aliases) -> Iterable[str]:
    """The lines of Python that define the aliases in the library."""
    yield from aliases.verbatim
    for name, target in aliases.simple:
        yield f"{name.rstrip('(')} = {aliases.module}.{target.rstrip('(')}"
    for name, target in aliases.fluent:
        yield f"{name} = lambda x, *args, **kwargs: x.{target}(*args, **kwargs)"
    for call, expression in aliases.expressions:
        yield f"def {ast.unparse(call)}: return {ast.unparse(expression)}"


def _pair(item: str) -> tuple[str, str]:
    name, arrow, target = (part.strip() for part in item.partition("->"))
    if not name or (arrow and not target):
        raise ValueError(f"'{item}' is not a name, or 'name -> name'")
    return name, target or name


def _expression(item: str) -> tuple[ast.Call, ast.expr]:
    left, _, right = item.partition("->")
    try:
        call = ast.parse(left.strip(), mode="eval").body
        expression = ast.parse(right.strip(), mode="eval").body
    except SyntaxError:
        call = expression = ast.Constant(None)
    named = isinstance(call, ast.Call) and all(isinstance(name, ast.Name) for name in call.args)
    if not isinstance(call, ast.Call) or not named or not re.match(r"\w+\(", left.strip()):
        raise ValueError(f"'{item}' is not 'name(arguments) -> expression'")
    return call, expression
