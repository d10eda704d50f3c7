r"""TeX that MathJax reads and KaTeX refuses → TeX that both read.

Books were written for MathJax. What differs, in one table:

    \label{x}  \require{x}       go: labels are `:eqlabel:`, packages are there
    eqnarray, multline           align*, gather*
    equation, align, gather …    their starred forms: the numbers are the book's
    \mbox{x}  \text{a_b}         \text{x}  \text{a\_b}
    \newcommand{\x}{y}           the same, where KaTeX knows \x already, too
    \DeclareMathOperator{\x}{y}  \x is \operatorname{y}

A number of its own, ``\tag{7}``, takes the place of the book's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter

_BRACES = r"\{(?>[^{}\\]|\\.|\{(?>[^{}\\]|\\.|\{(?>[^{}\\]|\\.)*\})*\})*\}"
"""A group, with groups two deep in it."""

_COMMAND = r"(?:\{\s*(\\(?:[A-Za-z]+|.))\s*\}|(\\(?:[A-Za-z]+|.)))"
"""The command that is defined, in braces or not."""

_LINE_BREAK = r"\\\\"
"""Its second backslash begins no command."""


def _equations(match: re.Match[str]) -> str:
    r"""An eqnarray, with ``&=&`` of its three columns as ``&=`` of the two that align has."""
    rows = re.sub(r"&([^&\\\w{}]*(?:\\[A-Za-z]+)?[^&\\\w{}]*)&", r"&\1{}", match[2])
    return f"\\begin{{align*}}{rows}\\end{{align*}}"


def _text(match: re.Match[str]) -> str:
    """Words, in which ``_`` is a sign as any other, but for formulas in them."""
    name = "text" if match[1] == "mbox" else match[1]
    kept = r"\$[^$]*\$|\\\(.*?\\\)|\\."
    words = re.sub(rf"({kept})|_", lambda found: found[1] or r"\_", match[2], flags=re.DOTALL)
    return f"\\{name}{words}"


_TABLE: Mapping[str, str | Callable[[re.Match[str]], str]] = {
    r"\\(?:label|require)\s*\{[^{}]*\}": "",
    r"\\(begin|end)\s*\{(equation|align|alignat|gather)\}": r"\\\1{\2*}",
    r"\\begin\s*\{eqnarray(\*?)\}(.*?)\\end\s*\{eqnarray\1\}": _equations,
    r"\\(begin|end)\s*\{multline\*?\}": r"\\\1{gather*}",
    rf"\\(mbox|hbox|text|text(?:bf|it|md|normal|rm|sf|tt|up))\s*({_BRACES})": _text,
    rf"\\newcommand\*?\s*{_COMMAND}": r"\\providecommand{\1\2}{}\\renewcommand{\1\2}",
    rf"\\DeclareMathOperator(\*?)\s*{_COMMAND}\s*({_BRACES})": (
        r"\\providecommand{\2\3}{}\\renewcommand{\2\3}{\\operatorname\1\4}"
    ),
}

_RULES = [
    (re.compile(f"{_LINE_BREAK}|{pattern}", re.DOTALL), replacement)
    for pattern, replacement in _TABLE.items()
]

_TAG = re.compile(rf"{_LINE_BREAK}|\\tag(\*?)\s*({_BRACES})")


def for_katex(tex: str) -> str:
    """The same formula, as KaTeX reads it."""
    for pattern, replacement in _RULES:
        tex = pattern.sub(partial(_rewritten, replacement), tex)
    return tex


def _rewritten(replacement: str | Callable[[re.Match[str]], str], match: re.Match[str]) -> str:
    if match[0] == r"\\":
        return match[0]
    return match.expand(replacement) if isinstance(replacement, str) else replacement(match)


def own_number(tex: str) -> str:
    r"""What ``\tag`` says is the formula's number: "(7)"; "(7), (8)" for two lines; else empty."""
    tags = filter(itemgetter(2), _TAG.finditer(tex))
    return ", ".join(tag[2][1:-1] if tag[1] else f"({tag[2][1:-1]})" for tag in tags)


def without_number(tex: str) -> str:
    """The formula without the number that it gives itself."""
    return _TAG.sub(partial(_rewritten, ""), tex)
