"""What IPython adds to Python in a cell: ``%magic``, ``!command``, ``help?``."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator

SHELL_OR_MAGIC = re.compile(r"([ \t]*)(?:[%!]|[\w.,()\[\] \t]+=[ \t]*[%!](?!=))")
HELP = re.compile(r"([ \t]*)(?:\?{1,2}[\w.]+|[\w.]+\?{1,2})[ \t]*$")


def mask_magics(code: str) -> str:
    """The code with every line of IPython's replaced by ``pass``, so that ``ast`` reads it.

    The number of lines and the indentation stay. A cell that a cell magic hands
    to another language (``%%bash``) becomes empty. Lines inside strings can be
    taken for magics; the result is for finding things in, not for running.
    """
    if not any(mark in code for mark in "%!?"):
        return code
    lines = code.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not first.startswith(("%%time", "%%capture", "%%prun")):
        return "\n" * (len(lines) - 1)
    masked: list[str] = []
    continued = False
    for line in lines:
        match = SHELL_OR_MAGIC.match(line) or HELP.match(line)
        if continued:
            masked.append("")
            continued = line.endswith("\\")
        elif match:
            masked.append(f"{match[1]}pass")
            continued = line.endswith("\\")
        else:
            masked.append(line)
    return "\n".join(masked)


def comment_tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    """The comments of a cell, with where they are; what looks like one in a string is none.

    Raises SyntaxError or tokenize.TokenError where it is not Python any more.
    """
    for token in tokenize.generate_tokens(io.StringIO(mask_magics(code)).readline):
        if token.type == tokenize.COMMENT:
            yield token


def comments_of(code: str) -> dict[int, str]:
    """The comments of a cell by their line, from 1; raises as ``comment_tokens`` does."""
    return {token.start[0]: token.string for token in comment_tokens(code)}


def parse_code(code: str) -> ast.Module:
    """The syntax tree of a cell, IPython's lines masked. SyntaxError where it is not Python."""
    return parse_python(mask_magics(code))


def parse_python(code: str) -> ast.Module:
    """The syntax tree of Python alone. SyntaxError where it is something else.

    What Python would warn of is left to whoever runs it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(code)
    except (ValueError, RecursionError, MemoryError) as error:
        # Null characters, and code that is nested too deep for the parser.
        raise SyntaxError(str(error)) from None
