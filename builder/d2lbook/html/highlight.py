"""Code → HTML, coloured.

Only what the style sheet colours gets an element, and neighbours of one colour
share it; Pygments' own formatter writes several times as much. Lines that may be
too long get one as well, which says how far their rest hangs where they are wrapped.
The line breaks stand outside of all elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from d2lbook.document import highlight as coloring

_FITTING = 28
"""So many characters of code fit on a small phone."""


def highlight(code: str, language: str) -> str:
    """The code as HTML for a ``<pre>``; a language nobody knows is plain text."""
    return "\n".join(map(_line, coloring.highlight_lines(code, language)))


def _line(runs: Sequence[coloring.Run]) -> str:
    content = "".join(_span(name, text) for name, text in runs)
    hanging = coloring.hanging(runs, _FITTING)
    return f'<span class="{hanging}">{content}</span>' if hanging else content


def _span(name: str, text: str) -> str:
    content = escape(text, quote=False)
    return f'<span class="{name}">{content}</span>' if name else content
