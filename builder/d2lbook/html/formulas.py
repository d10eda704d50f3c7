"""Formulas → HTML, rendered many at a time and remembered as long as the process lives."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it.token import Token

from d2lbook.document import katex
from d2lbook.document.katex import Formula, Rendered
from d2lbook.document.spans import walk_inlines

_known: dict[Formula, Rendered] = {}


def formula_of(token: Token) -> Formula:
    """The formula of a ``math_inline`` or ``math_block``."""
    return Formula(token.content, display=token.type == "math_block")


def prepare(tokens: Iterable[Token]) -> None:
    """Render all formulas in these tokens at once: one call of KaTeX costs more than a formula."""
    wanted = {
        formula_of(part)
        for token in tokens
        for part in (token, *walk_inlines(token))
        if part.type in {"math_inline", "math_block"}
    }
    new = [formula for formula in wanted if formula not in _known]
    _known.update(katex.render(new, "htmlAndMathml"))


def render(formula: Formula) -> Rendered:
    """One formula as HTML with MathML inside, or why KaTeX can't make it."""
    if formula not in _known:
        _known.update(katex.render([formula], "htmlAndMathml"))
    return _known[formula]
