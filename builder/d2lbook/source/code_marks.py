"""The marks for the builder in the comments of code cells, but for those of tabs.

    #@save                          ``library``
    #@raises ValueError             ``source.raises``
    #@hide_code     # Hide code     ``document.hiding``

They are parts of patterns, each from its ``#`` to its last letter. Readers of notebooks get
none of them.
"""

from __future__ import annotations

import re

SAVE = r"#[ \t]*@save\b"
RAISES = r"#[ \t]*@raises\b"
HIDE = r"#[ \t]*(?i:@(?P<mark>hide(?:_code|_output|_all)?)s?|(?P<words>hide (?:code|output))s?)\b"
"""In group ``mark`` or ``words`` what it hides; as books have it, with and without an s."""

MARK = re.compile("|".join((SAVE, RAISES, HIDE)))
"""Any of them."""
