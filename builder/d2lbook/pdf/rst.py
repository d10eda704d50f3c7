"""reStructuredText of ``eval_rst`` blocks → blocks of a pandoc document.

Pandoc reads it with all access to files off. Directives of Sphinx, which it
doesn't know, leave their text.
"""

from __future__ import annotations

import json
from functools import cache

from d2lbook.document import pandoc
from d2lbook.document.pandoc import Node


@cache
def rst_blocks(source: str) -> list[Node]:
    """The blocks that this text means; RenderError when pandoc can't read it at all."""
    return list(json.loads(pandoc.run(["-f", "rst", "-t", "json", "--sandbox"], source))["blocks"])
