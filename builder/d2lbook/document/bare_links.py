"""Addresses in a line of text, `https://example.org/`, are links.

They end before blanks, before what can't stand in an address, and before the
punctuation that closes what they stand in; also before letters of scripts that are
written without blanks (`<https://example.org/中文>` takes those along). Tokens are
those of `<https://example.org/>`.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate, takewhile

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_inline import StateInline

from d2lbook.document.emphasis import is_wide
from d2lbook.document.spans import noting_place

_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])https?\Z", re.IGNORECASE)
_REST = re.compile(r"://[A-Za-z0-9][^\s<>\"`\[\]{}|^*$]*")
_CLOSING = ".,;:!?'_~\\("


def bare_links_plugin(md: MarkdownIt) -> None:
    """Teach the parser these links."""
    md.inline.ruler.after("role", "bare_link", noting_place(_bare_link))


def _bare_link(state: StateInline, silent: bool) -> bool:
    if state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.src[max(0, state.pos - 6) : state.pos])
    rest = _REST.match(state.src, state.pos, state.posMax)
    if not scheme or not rest:
        return False
    end = state.pos + len(_without_end(rest[0]))
    if not silent:
        # The scheme was read as text before.
        state.pending = state.pending.removesuffix(scheme[0])
        address = unescapeAll(scheme[0] + state.src[state.pos : end])
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": state.md.normalizeLink(address)}
        # Not "text": that would get dashes and quotation marks.
        state.push("text_special", "", 0).content = address
        closing = state.push("link_close", "a", -1)
        opening.markup = closing.markup = "autolink"
        opening.info = closing.info = "auto"
    state.pos = end
    return True


def _without_end(address: str) -> str:
    """The address without what belongs to the text around it."""
    own = "".join(takewhile(_can_be_in_address, address))
    depths = accumulate({"(": 1, ")": -1}.get(character, 0) for character in own)
    balanced = sum(1 for _ in takewhile(lambda depth: depth >= 0, depths))
    return own[:balanced].rstrip(_CLOSING)


def _can_be_in_address(character: str) -> bool:
    is_punctuation = unicodedata.category(character).startswith("P")
    return character.isascii() or not (is_punctuation or is_wide(character))
