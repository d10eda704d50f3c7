"""SVG whose text is set in the fonts that the tool brings.

Typst knows no generic families: it passes over ``monospace`` and ``serif``. So fonts of ours
are named before them. Where a drawing names none at all, or ``sans-serif``, its text gets
the sans of the template (``drawing`` in ``template.typ``), and nothing has to be changed.
"""

from __future__ import annotations

import re

from d2lbook.pdf.fonts import FONTS

_STYLES = re.compile(
    rb"""
    (?<=[\s"']) font-family \s*=\s* (?: "[^"]*" | '[^']*' )
    | (?<=[\s"']) style \s*=\s* (?: "[^"]*" | '[^']*' )
    | <style\b [^<>]* > \s* (?: <!\[CDATA\[ | <!-- )? [^<]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Where an SVG says how text looks; all else in it, such as text and ids, stays as it is."""

# An entity such as &quot; ends no declaration.
_DECLARATION = re.compile(rb"\bfont(?:-family)?\s*[:=]\s*(?:&[\w#]+;|[^;{}&])*", re.IGNORECASE)

_GENERIC = re.compile(rb"(?<![\w-])(?:ui-)?(monospace|serif)(?![\w-])", re.IGNORECASE)
_OWN = {b"monospace": FONTS["mono"][0].encode(), b"serif": FONTS["serif"][0].encode()}


def with_own_fonts(drawing: bytes) -> bytes:
    """The SVG with our fonts before the generic families in its attributes and styles."""
    # Most have their letters as outlines, megabytes of them.
    words = drawing.lower()
    if not any(family in words for family in _OWN):
        return drawing
    return _STYLES.sub(lambda style: _DECLARATION.sub(_declared, style[0]), drawing)


def _declared(declaration: re.Match[bytes]) -> bytes:
    """A declaration of fonts with ours before those that are generic."""
    return _GENERIC.sub(lambda found: _OWN[found[1].lower()] + b", " + found[0], declaration[0])
