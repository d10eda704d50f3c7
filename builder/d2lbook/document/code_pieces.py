"""Where code in a line of text or in a table may go on in the next line."""

from __future__ import annotations

import re
from itertools import pairwise

_MAY_BREAK = re.compile(r"(?<=[^\W_])[._/(\[,=]++(?=[^\s)\]])")
"""After what: ``nn.`` ``Module``, but not ``__`` ``init__``."""


def code_pieces(code: str) -> list[str]:
    """The code in pieces, together the same, between which a line may end."""
    ends = [0, *(mark.end() for mark in _MAY_BREAK.finditer(code)), len(code)]
    return [code[start:end] for start, end in pairwise(ends)]
