"""MathML → Typst's markup for formulas.

What a formula means is KaTeX's to say, for the pages as for the PDF: it turns
TeX into MathML (``document/katex.py``), and here each element of that becomes
the piece of Typst that looks like it. So the two outputs agree, and Typst is
told what KaTeX decided: where limits go, how large a bracket is, which space
is where. ``writer.py`` puts the pieces in a row; each kind of element has its
rule in the file for its purpose.

The elements: https://www.w3.org/TR/mathml-core/; the markup:
https://typst.app/docs/reference/math/.
"""

from __future__ import annotations

from d2lbook.pdf.math import leaves, scripts, structures, tables
from d2lbook.pdf.math.elements import parse
from d2lbook.pdf.math.writer import Writer

__all__ = ["to_typst"]

_WRITER = Writer({**leaves.RULES, **scripts.RULES, **structures.RULES, **tables.RULES})


def to_typst(mathml: str, *, display: bool) -> str:
    """The Typst markup, without dollar signs, of one formula that KaTeX has made.

    ``display`` says whether it stands by itself. Raises ValueError for MathML that
    is damaged or that is not of KaTeX's making.
    """
    body = parse(mathml)
    if display and body.tag == "mtable" and tables.is_aligned(body):
        return tables.aligned_lines(_WRITER, body)
    return _WRITER.element(body, display)
