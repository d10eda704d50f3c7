"""Emphasis beside letters that are written without blanks: Chinese, Japanese, Korean.

CommonMark lets `*` open or close where a blank or punctuation stands on its outer
side, or none on its inner side; so in `**함수(loss)**는` nothing closes. Here
such a letter, or the punctuation of such a script, is on either side as good as
a blank. Texts without them are read as CommonMark has it, and so is `_`.
"""

from __future__ import annotations

import unicodedata

from markdown_it import MarkdownIt
from markdown_it.common.utils import isWhiteSpace
from markdown_it.rules_inline import StateInline, emphasis

_WIDE = {"W", "F", "H"}
"""Values of the Unicode property East Asian Width."""


def emphasis_plugin(md: MarkdownIt) -> None:
    """Teach the parser emphasis beside these letters."""
    md.inline.ruler.at("emphasis", _emphasis)


def _emphasis(state: StateInline, silent: bool) -> bool:
    start, known = state.pos, len(state.delimiters)
    if not emphasis.tokenize(state, silent):
        return False
    before = state.src[start - 1 : start] or " "
    after = state.src[state.pos : state.posMax][:1] or " "
    if state.src[start] == "*" and (is_wide(before) or is_wide(after)):
        for delimiter in state.delimiters[known:]:
            delimiter.open = not isWhiteSpace(ord(after))
            delimiter.close = not isWhiteSpace(ord(before))
    return True


def is_wide(character: str) -> bool:
    """Whether it belongs to one of these scripts. Pictures of people are as wide, but symbols."""
    is_wide = unicodedata.east_asian_width(character) in _WIDE
    return is_wide and not unicodedata.category(character).startswith("S")
