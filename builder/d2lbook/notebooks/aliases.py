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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from d2lbook.config import Library
from d2lbook.source.magics import parse_python

Read = TypeVar("Read")


@dataclass(frozen=True, kw_only=True)
class Aliases:
    """The aliases of one tab, by their name in the sources, without ``d2l.``."""

    module: str
    """The framework's module as the code names it (``np``, ``torch``, ``tf``, ``jnp``)."""
    simple: Mapping[str, str]
    """What stands for the name, below the module."""
    fluent: Mapping[str, str]
    """The method of the first argument that stands for the function."""
    expressions: Mapping[str, tuple[ast.Call, ast.expr]]
    """The call with its parameters, and the expression that stands for it."""
    verbatim: tuple[str, ...] = ()
    reverse: tuple[tuple[str, str], ...] = ()
    """Whole names or regular expressions, and what replaces them in notebooks."""


class AliasError(ValueError):
    """An alias that can't be understood; ``key`` is the key of its section that has it."""

    def __init__(self, key: str, what: str) -> None:
        super().__init__(what)
        self.key = key


def parse_aliases(library: Library) -> Aliases:
    """The aliases that a ``[library-TAB]`` section describes.

    Raises AliasError, saying which item, where one can't be understood.
    """
    simple = _each("simple_alias", library.simple_alias, _name)
    if library.simple_alias and not library.name:
        what = "simple_alias needs lib_name, the module that has these names"
        raise AliasError("simple_alias", what)
    fluent = _each("fluent_alias", library.fluent_alias, _name)
    expressions = _each("args_alias", library.args_alias, _expression)
    if not _is_python("\n".join(library.alias)):
        raise AliasError("alias", "these lines are not Python")
    return Aliases(
        module=library.name,
        simple=dict(simple),
        fluent=dict(fluent),
        expressions={ast.unparse(call.func): (call, right) for call, right in expressions},
        verbatim=library.alias,
        reverse=tuple(_each("reverse_alias", library.reverse_alias, _replacement)),
    )


def _each(key: str, items: Iterable[str], read: Callable[[str], Read]) -> list[Read]:
    """What each item of a key says; AliasError where ``read`` raises ValueError."""
    try:
        return [read(item) for item in items]
    except ValueError as error:
        raise AliasError(key, str(error)) from None


def library_lines(aliases: Aliases) -> Iterable[str]:
    """The lines of Python that define the aliases in the library."""
    yield from aliases.verbatim
    for name, target in aliases.simple.items():
        yield f"{name} = {aliases.module}.{target}"
    for name, target in aliases.fluent.items():
        yield f"{name} = lambda x, *args, **kwargs: x.{target}(*args, **kwargs)"
    for call, expression in aliases.expressions.values():
        yield f"def {ast.unparse(call)}: return {ast.unparse(expression)}"


def _name(item: str) -> tuple[str, str]:
    """A name and what stands for it; a bracket at their ends, as in ``exp(``, means nothing."""
    name, target = (text.rstrip("(") for text in _pair(item))
    if not name.isidentifier() or not _is_python(f"{name} = module.{target}"):
        raise ValueError(f"'{item}' is not a name, or 'name -> name'")
    return name, target


def _is_python(code: str) -> bool:
    try:
        parse_python(code)
    except SyntaxError:
        return False
    return True


def _pair(item: str) -> tuple[str, str]:
    name, arrow, target = (part.strip() for part in item.partition("->"))
    if not name or (arrow and not target):
        raise ValueError(f"'{item}' is not a name, or 'name -> name'")
    return name, target or name


def _replacement(item: str) -> tuple[str, str]:
    old, new = _pair(item)
    if "\\" in old:
        try:
            re.sub(old, new, "")
        except re.error as error:
            raise ValueError(f"'{item}' is no regular expression: {error}") from None
    return old, new


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
