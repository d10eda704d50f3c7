"""Values, calls and pieces of content, as Typst's code writes them.

A page is written as code, never as markup: text is a string, so nothing in a
book can be taken for more than text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


class Raw(str):
    """A piece of Typst that stands for itself."""

    __slots__ = ()


_ESCAPES = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"'})


def literal(value: object) -> str:
    """A value in Typst's code; text becomes a string."""
    match value:
        case Raw():
            return str(value)
        case str():
            return f'"{value.translate(_ESCAPES)}"'
        case Mapping():
            return f"({', '.join(f'{key}: {literal(each)}' for key, each in value.items())})"
        case Sequence():
            # Brackets around a single value alone would make no array of it.
            return f"({', '.join(map(literal, value))}{',' if len(value) == 1 else ''})"
        case _:
            return str(value)


def arguments(*positional: object, **named: object) -> str:
    """The arguments of a call; named ones that are empty are left out."""
    parts = [f"{name}: {literal(value)}" for name, value in named.items() if value]
    parts += [literal(value) for value in positional]
    return ", ".join(parts)


def call(function: str, /, *positional: object, **named: object) -> Raw:
    """A call of a function."""
    return Raw(f"{function}({arguments(*positional, **named)})")


def joined(pieces: Iterable[str]) -> str:
    """Text and calls, one after the other, as one piece of content."""
    runs: list[str] = []
    for piece in pieces:
        if runs and not isinstance(piece, Raw) and not isinstance(runs[-1], Raw):
            runs[-1] += piece
        else:
            runs.append(piece)
    if not runs:
        return Raw("[]")
    if len(runs) == 1:
        return runs[0]
    return Raw(f"{{{'; '.join(map(literal, runs))}}}")
