"""The signs that stand right at a formula in a line of text, and stay on its line with it.

Browsers break a line between a formula and the comma after it, so such signs are
written with the formula and not with the text they were read in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

_CLOSING = re.compile(r"[.,;:!?)\]}’”»…%]+|-\w+|")
_OPENING = re.compile(r"[(\[{‘“«]*\Z")


def signs_before(tokens: Sequence[Token], index: int) -> str:
    """The opening signs right before the formula at this place."""
    match = _OPENING.search(tokens[index - 1].content) if _is(tokens, index - 1, "text") else None
    return match[0] if match else ""


def signs_after(tokens: Sequence[Token], index: int) -> str:
    """The closing signs right after the formula at this place."""
    match = _CLOSING.match(tokens[index + 1].content) if _is(tokens, index + 1, "text") else None
    return match[0] if match else ""


def without_signs(tokens: Sequence[Token], index: int) -> str:
    """The text at this place without the signs of the formulas beside it."""
    text = tokens[index].content
    if _is(tokens, index - 1, "math_inline"):
        text = text.removeprefix(signs_after(tokens, index - 1))
    if _is(tokens, index + 1, "math_inline"):
        text = text.removesuffix(signs_before(tokens, index + 1))
    return text


def _is(tokens: Sequence[Token], index: int, kind: str) -> bool:
    return 0 <= index < len(tokens) and tokens[index].type == kind
