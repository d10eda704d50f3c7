"""Formulas → HTML, rendered many at a time and remembered as long as the process lives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markdown_it.token import Token

from d2lbook.document import katex
from d2lbook.document.katex import Formula, Rendered
from d2lbook.document.spans import walk_inlines

_known: dict[Formula, Rendered] = {}


def formula_of(token: Token) -> Formula:
    """The formula of a ``math_inline`` or ``math_block``."""
    return Formula(token.content, display=token.type == "math_block")


def formulas_in(tokens: Iterable[Token]) -> set[Formula]:
    """All formulas in these tokens."""
    return {
        formula_of(part)
        for token in tokens
        for part in (token, *walk_inlines(token))
        if part.type in {"math_inline", "math_block"}
    }


def render_all(formulas: Iterable[Formula]) -> dict[Formula, Rendered]:
    """Render these formulas at once: one call of KaTeX costs more than a formula."""
    wanted = set(formulas)
    new = sorted(formula for formula in wanted if formula not in _known)
    learn(katex.render(new, "htmlAndMathml"))
    return {formula: _known[formula] for formula in wanted}


def learn(rendered: Mapping[Formula, Rendered]) -> None:
    """Take over formulas that another process has rendered."""
    _known.update(rendered)


def render(formula: Formula) -> Rendered:
    """One formula as HTML with MathML inside, or why KaTeX can't make it."""
    return _known[formula] if formula in _known else render_all([formula])[formula]
