"""Values, calls and names as Typst's markup writes them.

Nothing here has a line break in it: pandoc indents what stands in a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Raw(str):
    """A piece of Typst that stands for itself."""

    __slots__ = ()


_ESCAPES = str.maketrans({"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"'})


def literal(value: object) -> str:
    """A value in Typst's markup; text becomes a string."""
    match value:
        case Raw():
            return str(value)
        case str():
            return f'"{value.translate(_ESCAPES)}"'
        case Mapping():
            return f"({', '.join(f'{key}: {literal(each)}' for key, each in value.items())})"
        case Sequence():
            return f"({''.join(f'{literal(each)}, ' for each in value)})"
        case _:
            return str(value)


def arguments(*positional: object, **named: object) -> str:
    """The arguments of a call; named ones that are empty are left out."""
    parts = [literal(value) for value in positional]
    parts += [f"{name}: {literal(value)}" for name, value in named.items() if value]
    return ", ".join(parts)


def call(name: str, *positional: object, **named: object) -> str:
    """A call of a function; it ends so that no text after it can be taken for its part."""
    return f"#{name}({arguments(*positional, **named)});"
