"""Puts the tokens of ``eval_rst`` blocks in their place, in the prose of one cell."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from d2lbook.document.damage import Damage
from d2lbook.document.rst.scope import Scope


def expand_rst(
    tokens: Sequence[Token], tabs: Sequence[str], scope: Scope
) -> tuple[list[Token], list[Damage]]:
    """The cell's tokens with what its ``raw_rst`` tokens mean, and what is wrong in these.

    ``tabs`` are those that show the cell. A ``raw_rst`` token, which is gone from
    the cell but not from its marks, keeps what stands in its place: meta {"tokens"}.
    """
    if not any(token.type == "raw_rst" for token in tokens):
        return list(tokens), []
    # Few books have any of it, and docutils takes long to import.
    from d2lbook.document.rst.tokens import rst_tokens

    found: list[Token] = []
    damages: list[Damage] = []
    for token in tokens:
        if token.type != "raw_rst":
            found.append(token)
            continue
        below_fence = (token.map or [0])[0] + 1
        written, wrong = rst_tokens(token.content, below_fence, tabs, scope)
        token.meta["tokens"] = written
        found += written
        damages += wrong
    return found, damages
