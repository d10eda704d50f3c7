"""Code → HTML, coloured.

Only what the style sheet colours gets an element, and neighbours of one colour
share it; Pygments' own formatter writes several times as much.
"""

from __future__ import annotations

from html import escape

from d2lbook.document import highlight as coloring


def highlight(code: str, language: str) -> str:
    """The code as HTML for a ``<pre>``; a language nobody knows is plain text."""
    return "".join(_span(name, text) for name, text in coloring.highlight(code, language))


def _span(name: str, text: str) -> str:
    content = escape(text, quote=False)
    return f'<span class="{name}">{content}</span>' if name else content
