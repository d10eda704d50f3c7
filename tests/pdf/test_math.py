"""Formulas in the PDF: readable cases, all of KaTeX's signs, all formulas of a real book."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import pytest
import typst
from d2lbook.document.katex import Formula, render
from d2lbook.document.prose import parse_prose
from d2lbook.document.spans import walk_inlines
from d2lbook.parallel import in_a_copy
from d2lbook.pdf.math import to_typst

from tests import golden


def convert(tex: str, *, display: bool = True) -> str:
    formula = Formula(tex, display)
    rendered = render([formula], "mathml")[formula]
    assert not rendered.error, f"{tex}: {rendered.error}"
    return to_typst(rendered.markup, display=display)


def failing(formulas: dict[Formula, str]) -> dict[Formula, str]:
    """Those that Typst can't compile, and why."""
    return in_a_copy(lambda: halved(formulas))


def halved(formulas: dict[Formula, str]) -> dict[Formula, str]:
    """The same, found by halving what fails."""
    lines = (
        f"$ {body} $" if formula.display else f"${body}$" for formula, body in formulas.items()
    )
    try:
        typst.Compiler(ignore_system_fonts=True).compile("\n\n".join(lines).encode())
    except typst.TypstError as error:
        if len(formulas) == 1:
            return dict.fromkeys(formulas, error.message)
        items = list(formulas.items())
        middle = len(items) // 2
        return halved(dict(items[:middle])) | halved(dict(items[middle:]))
    return {}


def converted(formulas: Iterable[Formula]) -> dict[Formula, str]:
    rendered = render(formulas, "mathml")
    assert not {formula: result.error for formula, result in rendered.items() if result.error}
    return {
        formula: to_typst(result.markup, display=formula.display)
        for formula, result in rendered.items()
    }


def test_golden(update_golden: bool) -> None:
    golden.check(Path(__file__).parent / "cases" / "formulas.txt", convert, update_golden)


def test_golden_cases_compile() -> None:
    cases = golden.read_cases(Path(__file__).parent / "cases" / "formulas.txt")
    assert failing(converted(Formula(case.source, display=True) for case in cases)) == {}


def test_formulas_in_a_line_have_their_limits_beside_them() -> None:
    assert convert(r"\sum_{i=1}^n x_i", display=False) == r"∑_(i\=1)^n x_i"
    assert convert(r"\dfrac12", display=False) == "display(frac(1, 2))"


SURROUNDINGS = (
    r"a NAME b_{NAME}",
    r"\left( NAME{x y} \right)^NAME{z}",
    r"\Big NAME",
    r"NAME{x}{y}_z",
    r"xNAME_{i}^{j} y",
    r"\frac{NAME}{NAME}\sqrt{NAME}",
    r"\mathbf{NAME}\text{NAME}",
)


def test_every_command_of_katex_compiles() -> None:
    script = resources.files("d2lbook.document").joinpath("katex/katex.min.js").read_text("utf-8")
    names = {json.loads(name) for name in re.findall(r'"\\\\(?:[a-zA-Z]+|[^a-zA-Z\s\\"])"', script)}
    formulas = [
        Formula(surroundings.replace("NAME", name), display=True)
        for name in sorted(names)
        for surroundings in SURROUNDINGS
    ]
    # Not every name is a command, and not every command can stand everywhere.
    sound = [formula for formula, result in render(formulas, "mathml").items() if not result.error]
    assert len(sound) > 3000
    assert failing(converted(sound)) == {}


def test_what_is_not_mathml_is_refused() -> None:
    with pytest.raises(ValueError, match="not MathML"):
        to_typst("<math><mrow></math>", display=True)
    with pytest.raises(ValueError, match="unknown MathML element 'mfoo'"):
        to_typst("<math><semantics><mfoo/></semantics></math>", display=True)


def test_every_formula_of_a_real_book_compiles(corpus: Path) -> None:
    formulas = {
        Formula(part.content, display=part.type == "math_block")
        for path in corpus.rglob("*.md")
        for token in parse_prose(path.read_text(encoding="utf-8")).tokens
        for part in (token, *walk_inlines(token))
        if part.type in {"math_inline", "math_block"}
    }
    assert len(formulas) > 3000
    assert failing(converted(formulas)) == {}
