"""The marks for the builder in the comments of code cells, but for those of tabs.

    #@save                          ``library``
    #@raises ValueError             ``source.raises``
    #@hide_code     # Hide code     ``document.hiding``

They are parts of patterns, each from its ``#`` to its last letter. Readers of notebooks get
none of them.
"""

from __future__ import annotations

import difflib
import re

SAVE = r"#[ \t]*@save\b"
RAISES = r"#[ \t]*@raises\b"
HIDE = r"#[ \t]*(?i:@(?P<mark>hide(?:_code|_output|_all)?)s?|(?P<words>hide (?:code|output))s?)\b"
"""In group ``mark`` or ``words`` what it hides; as books have it, with and without an s."""

MARK = re.compile("|".join((SAVE, RAISES, HIDE)))
"""Any of them."""

_NAMES = ("save", "raises", "hide", "hide_code", "hide_output")
_NAMED = re.compile(r"#@(\w+)\b")


def misspelt_mark(line: str) -> tuple[str, str] | None:
    """A comment of this line that is nearly a mark, and the mark; None where there is none."""
    for found in _NAMED.finditer(line) if "#@" in line else ():
        near = difflib.get_close_matches(found[1], _NAMES, n=1, cutoff=0.8)
        if near and not MARK.match(line, found.start()):
            return found[0], f"#@{near[0]}"
    return None
