"""Tables: where they end, and their captions.

    table_caption_open, inline, table_caption_close, table_open …
    table_open     meta: {"label": str | None}

A table ends before a line that has no bar, as pandoc has it. A caption is a
paragraph beside it that begins with a colon, or with `Table:`. Pandoc takes it
before the table or after it; here it always comes out before. A label that stands
between caption and table names the table, as one after it does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import escapedSplit, getLine, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from d2lbook.document.damage import Damage

CAPTION = re.compile(r"(?:[Tt]able)?:(?![A-Za-z][\w-]*:`)[ \t]*(?=\S)")
"""What a caption begins with."""

_QUOTED = re.compile(r"^(?:[ \t]*>)*")


def tables_plugin(md: MarkdownIt) -> None:
    """Teach the parser the end of tables, and their captions."""
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    md.core.ruler.after("block", "table_caption", _captions)
    md.core.ruler.after("block", "lost_cells", _lost_cells)


def _table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A table of those lines that have bars."""
    is_table = table(state, first, end, True)
    if silent or not is_table:
        return is_table
    lines = range(first + 2, end)
    without = (line for line in lines if len(escapedSplit(getLine(state, line))) == 1)
    return table(state, first, next(without, end), False)


def _lost_cells(state: StateCore) -> None:
    """Take down rows that have more cells than their table has columns: those are left out."""
    lost: list[Damage] = []
    lines = state.src.split("\n")
    columns = 0
    for token, following in pairwise(state.tokens):
        if token.type == "table_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and following.type == "td_open" and token.map:
            row = _QUOTED.sub("", lines[token.map[0]]).strip().strip("|")
            cells = [cell.strip() for cell in escapedSplit(row)]
            if left_out := " | ".join(filter(None, cells[columns:])):
                what = f"this row has more cells than its table has columns: '{left_out}' is lost"
                lost.append(
                    Damage(line=token.map[0], what=what, remedy="give the head a cell more")
                )
    state.env["lost_cells"] = lost


def _captions(state: StateCore) -> None:
    tokens = state.tokens
    for token in tokens:
        if token.type == "table_open":
            token.meta = {"label": None}
    if not any(token.type == "table_open" for token in tokens):
        return
    result: list[Token] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "table_open":
            position = _place_table(tokens, position, result)
        else:
            result.append(token)
            position += 1
    state.tokens = result


def _place_table(tokens: list[Token], start: int, result: list[Token]) -> int:
    """Add the table that begins here, with its caption; returns where to go on."""
    end = next(i for i in range(start, len(tokens)) if tokens[i].type == "table_close") + 1
    table = tokens[start:end]
    labels = _take_labels(result)
    if caption := _take_caption(result):
        result += [*_as_caption(caption), *table, *labels]
        return end
    result += labels
    below = _end_of_labels(tokens, end)
    caption = tokens[below : below + 3]
    if not is_caption(caption):
        result += table
        return end
    result += [*_as_caption(caption), *table, *tokens[end:below]]
    return below + 3


def _end_of_labels(tokens: list[Token], start: int) -> int:
    """Where the label lines end that begin here, if the next block is right below them."""
    end = start
    while end < len(tokens) and tokens[end].meta.get("name") == "label":
        end += 1
    if end == start or end == len(tokens):
        return start
    last, following = tokens[end - 1].map, tokens[end].map
    return end if last and following and last[1] == following[0] else start


def _take_labels(tokens: list[Token]) -> list[Token]:
    """Take the label lines off the end of the list."""
    start = len(tokens)
    while start and tokens[start - 1].meta.get("name") == "label":
        start -= 1
    labels = tokens[start:]
    del tokens[start:]
    return labels


def _take_caption(tokens: list[Token]) -> list[Token]:
    """Take a caption off the end of the list."""
    caption = tokens[-3:]
    if not is_caption(caption):
        return []
    del tokens[-3:]
    return caption


def is_caption(tokens: Sequence[Token]) -> bool:
    """Whether these tokens are a paragraph that reads as the caption of a table."""
    return (
        len(tokens) == 3
        and tokens[0].type == "paragraph_open"
        and CAPTION.match(tokens[1].content) is not None
    )


def _as_caption(paragraph: list[Token]) -> list[Token]:
    opening, inline, closing = paragraph
    opening.type, closing.type = "table_caption_open", "table_caption_close"
    opening.tag = closing.tag = "caption"
    inline.content = CAPTION.sub("", inline.content, count=1)
    return paragraph
