"""Formulas that were written for MathJax."""

from __future__ import annotations

import pytest
from d2lbook.document.katex import Formula, render
from d2lbook.document.mathjax import for_katex, own_number, without_number

from tests.document.pages import documents_of

READ = {
    r"x \label{eq1}": "x ",
    r"x \\\label{eq1} y": r"x \\ y",
    r"x \nonumber": r"x \nonumber",
    r"\require{cancel}\cancel{x}": r"\cancel{x}",
    r"\begin{eqnarray}a&=&b\\&&+\,c\\d&\leq&e\end{eqnarray}": (
        r"\begin{align*}a&={}b\\&{}+\,c\\d&\leq{}e\end{align*}"
    ),
    r"\begin{eqnarray*}a&=&\frac{b}{c}\end{eqnarray*}": (
        r"\begin{align*}a&={}\frac{b}{c}\end{align*}"
    ),
    r"\begin{multline}a\\b\end{multline}": r"\begin{gather*}a\\b\end{gather*}",
    r"\begin{multline*}a\\b\end{multline*}": r"\begin{gather*}a\\b\end{gather*}",
    r"\begin{align}a&=b\end{align}": r"\begin{align*}a&=b\end{align*}",
    r"\mbox{a b}": r"\text{a b}",
    r"\text{a_b $x_1$ \_ \(x_1\) \textbf{c_d}}": r"\text{a\_b $x_1$ \_ \(x_1\) \textbf{c\_d}}",
    r"\newcommand{\R}{\mathbb{R}}\R": (r"\providecommand{\R}{}\renewcommand{\R}{\mathbb{R}}\R"),
    r"\newcommand\set[1]{\{#1\}}\set{x}": (
        r"\providecommand{\set}{}\renewcommand{\set}[1]{\{#1\}}\set{x}"
    ),
    r"\DeclareMathOperator{\x}{y}\x": (
        r"\providecommand{\x}{}\renewcommand{\x}{\operatorname{y}}\x"
    ),
    r"\DeclareMathOperator*\argmax{arg\,max}\argmax_x": (
        r"\providecommand{\argmax}{}\renewcommand{\argmax}{\operatorname*{arg\,max}}\argmax_x"
    ),
}
"""What books have, and what KaTeX gets of it."""


@pytest.mark.parametrize("tex", READ)
def test_katex_reads_what_mathjax_reads(tex: str) -> None:
    assert for_katex(tex) == READ[tex]
    formula = Formula(tex, display=True)
    assert not render([formula], "mathml")[formula].error


def test_only_the_book_numbers_equations() -> None:
    formula = Formula(r"\begin{align}a&=b\\c&=d\end{align}", display=True)
    assert "eqn-num" not in render([formula], "htmlAndMathml")[formula].markup


@pytest.mark.parametrize(
    ("tex", "number", "rest"),
    [
        ("z", "", "z"),
        (r"z\tag{7}", "(7)", "z"),
        (r"z\tag*{\{7\}}", r"\{7\}", "z"),
        (r"a \tag{1}\\\tag{2} b", "(1), (2)", r"a \\ b"),
        (r"a \\tag{1}", "", r"a \\tag{1}"),
    ],
)
def test_numbers_of_their_own(tex: str, number: str, rest: str) -> None:
    assert own_number(tex) == number
    assert without_number(tex) == rest


def test_an_equation_with_a_number_of_its_own_gets_none_of_the_books() -> None:
    text = "# A\n\n$$z \\tag{7}$$\n:eqlabel:`z`\n\n$$y$$\n:eqlabel:`y`\n\n:eqref:`z`, :eqref:`y`\n"
    documents, problems = documents_of({"index": text})
    assert not problems
    assert documents.targets["z"].number == ()
    assert documents.targets["z"].title == "(7)"
    assert documents.targets["z"].anchor == "z"
    assert documents.targets["y"].number == (1,)
