"""Directives: lines of nothing but `:name:`text``, about what stands above them.

    :label:`fig_x`     names the nearest figure, table or heading above
    :eqlabel:`eq_x`    names the equation above
    :width:`400px`     :height:`300px`    size of the figure above
    :bibliography:`../book.bib`           the list of references, here, and a file with some

The first four are found here and carried out in ``attach.py``, because what they
are about may stand in an earlier cell of the page. Tokens:

    directive      meta: {"name": str, "value": str}; gone after ``attach``
    bibliography   meta: {"path": str}
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from d2lbook.document.spans import is_lazy

ATTACHED = ("label", "eqlabel", "width", "height")
DIRECTIVES = (*ATTACHED, "bibliography")

_ONE = re.compile(rf":({'|'.join(DIRECTIVES)}):`([^`\n]*[^`\s][^`\n]*)`[ \t]*")
_LINE = re.compile(rf"(?:{_ONE.pattern})+\Z")


def directives_plugin(md: MarkdownIt) -> None:
    """Teach the parser directives; they end a paragraph without a blank line."""
    md.block.ruler.after(
        "fence", "directive", _directive, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def _directive(state: StateBlock, first: int, _end: int, silent: bool) -> bool:
    line = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
    if not line.startswith(":") or state.is_code_block(first) or not _LINE.match(line):
        return False
    if silent:
        # In a list, an equation that is not indented is still the item's text.
        return not (is_lazy(state, first) and line.startswith(":eqlabel:"))
    state.line = first + 1
    for name, value in _ONE.findall(line):
        is_list = name == "bibliography"
        token = state.push(name if is_list else "directive", "", 0)
        token.block = True
        token.map = [first, first + 1]
        token.meta = {"path": value.strip()} if is_list else {"name": name, "value": value.strip()}
    return True
