"""KaTeX, as the build runs it."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from d2lbook.document.katex import Formula, forget_engine, render

FRACTION, DAMAGED = Formula(r"\frac12", display=True), Formula(r"\frac", display=False)


def test_formulas_become_mathml_or_say_what_is_wrong() -> None:
    results = render([FRACTION, DAMAGED, FRACTION], "mathml")
    assert list(results) == [FRACTION, DAMAGED]
    assert "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in results[FRACTION].markup
    assert not results[FRACTION].error
    assert not results[DAMAGED].markup
    assert "Unexpected end of input" in results[DAMAGED].error


def test_html_has_mathml_inside() -> None:
    markup = render([FRACTION], "htmlAndMathml")[FRACTION].markup
    assert 'class="katex-html"' in markup
    assert "<math" in markup


def test_nothing_asked_is_nothing_done() -> None:
    assert render([], "mathml") == {}


def test_a_process_that_has_used_it_ends() -> None:
    program = "from d2lbook.document.katex import *; render([Formula('x', True)], 'mathml')"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_v8_starts_again_when_it_is_needed() -> None:
    before = render([FRACTION], "mathml")
    forget_engine()
    forget_engine()  # there is nothing to
    assert render([FRACTION], "mathml") == before


def test_what_may_load_something_is_no_formula() -> None:
    link = Formula(r"\href{https://example.org}{z}", display=False)
    assert "may load" in render([link], "mathml")[link].error


def test_it_needs_no_event_loop_of_its_caller() -> None:
    forget_engine()

    async def within() -> None:
        render([FRACTION], "mathml")

    asyncio.run(within())
    assert not render([DAMAGED], "mathml")[DAMAGED].markup
