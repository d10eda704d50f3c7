"""Parts of a page that not every output, or not every tab, has.

    only_open     meta: {"outputs": tuple[str, ...], "tabs": tuple[str, ...]}; no tabs: all
    only_close    the same meta

The outputs are "html", for pages and notebooks, and "latex", for what is printed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from markdown_it.token import Token

OUTPUTS = ("html", "latex")


def outputs_of(expression: str) -> tuple[str, ...]:
    """The outputs that fit ``html``, ``not latex``, ``html or text``; else ValueError."""
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(expression) from None
    return tuple(output for output in OUTPUTS if _fits(tree, output))


def _fits(node: ast.expr, output: str) -> bool:
    match node:
        case ast.Name(id=name):
            return name == output
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _fits(operand, output)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_fits(value, output) for value in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_fits(value, output) for value in values)
    raise ValueError(ast.unparse(node))


def only(
    tokens: Iterable[Token], outputs: Sequence[str] = OUTPUTS, tabs: Sequence[str] = ()
) -> list[Token]:
    """The tokens, marked as being for these outputs and tabs alone."""
    meta = {"outputs": tuple(outputs), "tabs": tuple(tabs)}
    opening = Token("only_open", "div", 1, block=True, meta=meta)
    closing = Token("only_close", "div", -1, block=True, meta=meta)
    return [opening, *tokens, closing]


def shown_in(output: str, tokens: Sequence[Token], tab: str = "") -> Sequence[Token]:
    """What one of the outputs has of these tokens, and of that what one tab has.

    Without a tab, what is for some of them stays between its marks.
    """
    if not any(token.type == "only_open" for token in tokens):
        return tokens
    kept: list[Token] = []
    hidden: list[bool] = []
    for token in tokens:
        if token.type not in {"only_open", "only_close"}:
            if not any(hidden):
                kept.append(token)
            continue
        tabs = token.meta["tabs"]
        if token.type == "only_open":
            hidden.append(
                output not in token.meta["outputs"] or bool(tab and tabs and tab not in tabs)
            )
        if tabs and not tab and not any(hidden):
            kept.append(token)
        if token.type == "only_close":
            hidden.pop()
    return kept
