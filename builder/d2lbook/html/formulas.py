"""Formulas → HTML, rendered many at a time and remembered as long as the process lives.

Those of a whole book are also kept from one build to the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter

from markdown_it.token import Token

from d2lbook.document import katex
from d2lbook.document.katex import Formula, Rendered
from d2lbook.document.spans import walk_inlines
from d2lbook.store import Store

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


def recall_all(store: Store) -> None:
    """Take over the formulas that an earlier build has kept."""
    for tex, display, markup, error in store.load(katex.identity()) or ():
        _known.setdefault(Formula(tex, display), Rendered(markup, error))


def keep_all(store: Store, rendered: Mapping[Formula, Rendered]) -> None:
    """Keep these formulas, and no others, for later builds; OutputError where that can't be."""
    rows = [
        (formula.tex, formula.display, made.markup, made.error)
        for formula, made in sorted(rendered.items(), key=itemgetter(0))
    ]
    store.save(katex.identity(), rows)


def learn(rendered: Mapping[Formula, Rendered]) -> None:
    """Take over formulas that another process has rendered."""
    _known.update(rendered)


def render(formula: Formula) -> Rendered:
    """One formula as HTML with MathML inside, or why KaTeX can't make it."""
    return _known[formula] if formula in _known else render_all([formula])[formula]
