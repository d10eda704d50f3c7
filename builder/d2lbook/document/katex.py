"""TeX formulas → HTML and MathML, by KaTeX, when the book is built.

KaTeX 0.19.1 (``katex/katex.min.js`` beside this file, as npm publishes it) runs
in an embedded V8; no reader needs a script to see a formula. Both the pages and the
PDF are made from what it says here, so they agree on what a formula means.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from py_mini_racer import (
    DEFAULT_V8_FLAGS,
    MiniRacer,
    init_mini_racer,
)

from d2lbook.document.mathjax import for_katex

Form = Literal["htmlAndMathml", "mathml"]

_AT_ONCE = 200
"""So many formulas are given to V8 in one call: it costs more than a formula, but takes memory."""

_FLAGS = (
    "--no-opt",  # optimising takes longer than it saves in the thousands of formulas of a book
    "--max-semi-space-size=2",  # megabytes; a third less memory for a book, no slower
)

_RENDER_ALL = """
function renderAll(formulas, form) {
    return JSON.stringify(formulas.map(([tex, displayMode]) => {
        try {
            // What is not to be trusted KaTeX only colours: with a colour that nobody else uses.
            const errorColor = "#c0ffee";
            const options = {displayMode, output: form, strict: false, trust: false, errorColor};
            const markup = katex.renderToString(tex, options);
            if (!markup.includes(errorColor)) return [markup, ""];
            return ["", "it has a command that may load or link to something"];
        } catch (error) {
            return ["", error.rawMessage || error.message];
        }
    }));
}
"""


@dataclass(frozen=True, slots=True, order=True)
class Formula:
    """A formula as it stands in the source."""

    tex: str
    display: bool
    """Whether it stands by itself, on lines of its own."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What KaTeX makes of a formula: its text, or why there is none."""

    markup: str
    error: str = ""


def render(formulas: Iterable[Formula], form: Form) -> dict[Formula, Rendered]:
    """Render all these formulas, as HTML with MathML inside, or as MathML alone."""
    wanted = list(dict.fromkeys(formulas))
    rendered: dict[Formula, Rendered] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        batch = wanted[start : start + _AT_ONCE]
        pairs = [[for_katex(formula.tex), formula.display] for formula in batch]
        results = json.loads(_engine(os.getpid()).call("renderAll", pairs, form))
        for formula, (markup, error) in zip(batch, results, strict=True):
            rendered[formula] = Rendered(markup, error)
    return rendered


def forget_engine() -> None:
    """Give back the memory of V8; it starts again when it is needed.

    Not while another thread renders: that would wait for ever.
    """
    if _engine.cache_info().currsize:
        engine = _engine(os.getpid())
        engine.close()
        atexit.unregister(engine.close)
        _engine.cache_clear()


def identity() -> str:
    """Changes with whatever decides how formulas are rendered."""
    rules = resources.files(__package__).joinpath("mathjax.py").read_text("utf-8")
    return hashlib.sha256(f"{_program()}{_RENDER_ALL}{rules}".encode()).hexdigest()[:24]


@cache
def _program() -> str:
    return resources.files(__package__).joinpath("katex/katex.min.js").read_text("utf-8")


@cache
def _engine(_process: int) -> MiniRacer:
    """The engine of this process: the thread of one doesn't live on in a forked copy."""
    init_mini_racer(flags=(*DEFAULT_V8_FLAGS, *_FLAGS), ignore_duplicate_init=True)
    # Made where an event loop runs it would live on that one, and end with it.
    with ThreadPoolExecutor(1) as pool:
        engine = pool.submit(MiniRacer).result()
    # Left to the end of the interpreter, V8's thread would keep the process from ending.
    atexit.register(engine.close)
    engine.eval(_program())
    engine.eval(_RENDER_ALL)
    return engine
