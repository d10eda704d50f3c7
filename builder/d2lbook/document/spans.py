"""Inline tokens: where they stand, and which of them are damaged.

Markdown-it-py gives lines to blocks only. Our inline rules note in ``map`` the
line within the text of their block, and ``places_plugin`` has its own do so for
links, images and HTML; ``place_inlines`` makes it a line of the cell. The plugin
also notes which characters of the block's text a token is made from, for
``marks.py``.

What an inline rule finds damaged it keeps as a token of its own kind, with what
is wrong in ``meta``; once its line is known, ``settle_damage`` makes it the plain
text that the reader sees, and hands out what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline, autolink, html_inline, image, link
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_ref

from d2lbook.document.damage import Damage

_DAMAGED = "damaged"

_DEEPEST = 50

_InlineRule = Callable[[StateInline, bool], bool]

_WITHOUT_LINES: dict[str, _InlineRule] = {
    "link": link,
    "image": image,
    "autolink": autolink,
    "html_inline": html_inline,
    "footnote_ref": partial(footnote_ref, always_match=True),
}
"""Rules of others whose tokens are to know their place."""


def places_plugin(md: MarkdownIt) -> None:
    """Teach the parser to note where links, images, footnotes and inline HTML stand."""
    for name, rule in _WITHOUT_LINES.items():
        md.inline.ruler.at(name, noting_place(rule))


def noting_place(rule: _InlineRule) -> _InlineRule:
    """The rule, but its token gets its lines, and ``span``, its characters, in ``meta``."""

    def noting(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        # The text before it may have become a token as well, and has no line.
        own = next((token for token in state.tokens[before:] if token.type != "text"), None)
        if own:
            line = state.src.count("\n", 0, start)
            own.map = own.map or [line, line + 1]
            own.meta["span"] = (start, state.pos)
            # The description of an image is parsed by itself.
            for child in walk_inlines(own):
                if "span" in child.meta:
                    first, end = child.meta["span"]
                    child.meta["span"] = (start + 2 + first, start + 2 + end)
        return True

    return noting


def is_lazy(state: StateBlock, line: int) -> bool:
    """Whether this line goes on with a list item's paragraph without being indented."""
    return state.parentType == "paragraph" and state.sCount[line] < state.blkIndent


def lines_before(state: StateInline) -> int:
    """How many lines of the block's text lie before the current position."""
    return state.src.count("\n", 0, state.pos)


def push_damaged(state: StateInline, silent: bool, text: str, what: str, remedy: str = "") -> bool:
    """Take this text as it is, and remember what is wrong with it; always True."""
    if not silent:
        line = lines_before(state)
        token = state.push(_DAMAGED, "", 0)
        token.content = text
        token.map = [line, line + text.count("\n") + 1]
        token.meta = {"what": what, "remedy": remedy}
    state.pos += len(text)
    return True


def walk_inlines(token: Token) -> Iterator[Token]:
    """All tokens below this one, those in the descriptions of images too."""
    for child in token.children or ():
        yield child
        if child.children:
            yield from walk_inlines(child)


def place_inlines(tokens: Iterable[Token]) -> None:
    """Shift the lines of all inline tokens by the first line of their block."""
    for token in tokens:
        if token.type == "inline" and token.map:
            for child in walk_inlines(token):
                if child.map:
                    child.map = [line + token.map[0] for line in child.map]


def flatten_deep(tokens: Iterable[Token]) -> Iterator[Damage]:
    """Make plain text of inlines that are nested deeper than outputs follow; yields where.

    Blocks don't nest as deep: the parser takes care of that.
    """
    for token in tokens:
        depths = accumulate(child.nesting for child in token.children or ())
        if max(depths, default=0) > _DEEPEST:
            token.children = [Token("text", "", 0, content=token.content)]
            line = token.map[0] if token.map else 0
            what = f"emphasis is nested more than {_DEEPEST} deep, so it is shown as it is written"
            yield Damage(line=line, what=what, remedy="use less of it")


def settle_damage(tokens: Iterable[Token]) -> Iterator[Damage]:
    """Make damaged tokens plain text; yields what is wrong with each."""
    for token in tokens:
        for child in walk_inlines(token):
            if child.type == _DAMAGED:
                line = child.map[0] if child.map else 0
                yield Damage(line=line, what=child.meta["what"], remedy=child.meta["remedy"])
                child.type, child.meta, child.map = "text", {}, None
