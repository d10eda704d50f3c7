"""Maths in prose: `$…$` in a line of text, `$$…$$` as an equation of its own.

What counts as maths is pandoc's rule (its manual, extension `tex_math_dollars`):
the first `$` has text right after it, the last one has text right before it
and no digit after it; so "$5 and $10" is no maths.

    math_inline   content: TeX
    math_block    content: TeX, meta: {"label": str | None}

An equation in the middle of a paragraph cuts the paragraph in two.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt, rules_block
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from d2lbook.document.spans import is_lazy, lines_before, push_damaged

INLINE = (
    r"\$(?![\s$])"
    r"(?P<tex>(?>\\text[a-z]*\{[^{}]*\}|\\.|\n(?![ \t]*\n)|[^\\$\n])++)"
    r"(?<!\s)\$(?!\d)"
)
DISPLAY = r"\$\$(?P<equation>(?>\\[^\n]|\$(?!\$)|[^\\$])++)\$\$"

_INLINE = re.compile(INLINE)
_DISPLAY = re.compile(DISPLAY)
_LABEL = re.compile(r"[ \t]*\n?[ \t]*:eqlabel:`([^`\n]+)`")
_FORMULA = re.compile(f"{DISPLAY}|{INLINE}")
_BLOCK_END = re.compile(rf"(?:{_LABEL.pattern})?[ \t]*(?:\n|\Z)")

_INTERRUPTING: Sequence[tuple[str, RuleFuncBlockType, list[str]]] = (
    ("blockquote", rules_block.blockquote, ["paragraph", "reference", "blockquote", "list"]),
    ("hr", rules_block.hr, ["paragraph", "reference", "blockquote", "list"]),
    ("list", rules_block.list_block, ["paragraph", "reference", "blockquote"]),
    ("heading", rules_block.heading, ["paragraph", "reference", "blockquote"]),
)
"""Rules that can end a paragraph without a blank line, and what else they end."""


def math_plugin(md: MarkdownIt) -> None:
    """Teach the parser maths."""
    md.block.ruler.before(
        "fence",
        "math_block",
        _math_block,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )
    md.inline.ruler.after("escape", "math", _math_inline)
    md.core.ruler.after("inline", "math_paragraph", _split_paragraphs)
    for name, rule, alternatives in _INTERRUPTING:
        md.block.ruler.at(name, _unless_inside_formula(rule), {"alt": alternatives})


def _math_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """An equation that begins a line and ends one; a label may follow on the last line."""
    start = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("$$", start) or state.is_code_block(first):
        return False
    if silent:
        return not (is_lazy(state, first) or _is_inside_formula(state, first))
    closing = state.src.find("$$", start + 2)
    last = bisect_left(state.eMarks, closing, first) if closing > 0 else end
    if last >= end:
        return False
    text = state.getLines(first, last + 1, state.blkIndent, False).lstrip(" \t")
    match = _DISPLAY.match(text)
    if not match or not (tail := _BLOCK_END.match(text, match.end())):
        return False
    state.line = first + match[0].count("\n") + 1
    token = state.push("math_block", "math", 0)
    token.block = True
    token.content = match["equation"].strip()
    token.map = [first, state.line]
    token.meta = {"label": tail[1]}
    return True


def _unless_inside_formula(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """The rule, but a line that begins with "- " does not end a formula that runs over it."""

    def guarded(state: StateBlock, first: int, end: int, silent: bool) -> bool:
        return rule(state, first, end, silent) and not (silent and _is_inside_formula(state, first))

    return guarded


def _is_inside_formula(state: StateBlock, line: int) -> bool:
    """Whether a formula of the paragraph being read runs over the start of this line."""
    above = slice(state.bMarks[state.line], state.bMarks[line])
    if state.parentType != "paragraph" or "$" not in state.src[above]:
        return False
    end = next(
        (number for number in range(line, state.lineMax) if state.isEmpty(number)), state.lineMax
    )
    text = state.getLines(state.line, end, state.blkIndent, False)
    start = len(state.getLines(state.line, line, state.blkIndent, True))
    return any(match.start() < start < match.end() for match in _FORMULA.finditer(text))


def _math_inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$":
        return False
    is_display = state.src.startswith("$$", state.pos)
    match = (_DISPLAY if is_display else _INLINE).match(state.src, state.pos)
    if not match:
        return is_display and push_damaged(state, silent, "$$", "an equation is not closed")
    if not silent:
        line = lines_before(state)
        token = state.push("math_inline", "math", 0)
        token.map = [line, line + match[0].count("\n") + 1]
        token.content = match[1].strip()
    label = _LABEL.match(state.src, match.end()) if is_display else None
    end = (label or match).end()
    if is_display and not silent:
        # Its own name until it is known whether it can stand alone.
        token.markup = "$$"
        token.meta = {"label": label[1] if label else None, "span": (state.pos, end)}
    state.pos = end
    return True


def _split_paragraphs(state: StateCore) -> None:
    """Give each equation of a paragraph a block of its own."""
    tokens: list[Token] = []
    waiting: list[Token] = []
    for token in state.tokens:
        if token.type == "paragraph_open":
            waiting = [token]
        elif len(waiting) == 1 and token.type == "inline":
            waiting.append(token)
        elif len(waiting) == 2:
            tokens.extend(_pieces(waiting[0], waiting[1], token))
            waiting = []
        else:
            tokens.append(token)
    state.tokens = tokens


def _pieces(opening: Token, inline: Token, closing: Token) -> Iterator[Token]:
    children = inline.children or []
    if not any(child.markup == "$$" and not child.level for child in children):
        yield from (opening, inline, closing)
        return
    run: list[Token] = []
    for child in [*children, None]:
        if child and (child.markup != "$$" or child.level):
            run.append(child)
            continue
        if text := _trimmed(run):
            content = "".join(part.content for part in text)
            yield opening
            yield inline.copy(children=text, content=content)
            yield closing
        run = []
        if child:
            line = (inline.map or [0])[0]
            yield child.copy(
                type="math_block",
                block=True,
                level=opening.level,
                map=[line + number for number in child.map or [0, 1]],
            )


def _trimmed(run: list[Token]) -> list[Token]:
    """The tokens without the white space at both ends."""
    first, end = 0, len(run)
    while first < end and _is_blank(run[first]):
        first += 1
    while first < end and _is_blank(run[end - 1]):
        end -= 1
    text = run[first:end]
    if text and text[0].type == "text":
        text[0] = text[0].copy(content=text[0].content.lstrip())
    if text and text[-1].type == "text":
        text[-1] = text[-1].copy(content=text[-1].content.rstrip())
    return text


def _is_blank(token: Token) -> bool:
    return token.type in {"softbreak", "hardbreak"} or (
        token.type == "text" and not token.content.strip()
    )
