"""Pandoc's attributes, `{#id .class key=value}`: after an image, and at the end of a heading.

    attributes    content: as written; gone before ``figures.py`` has its turn

An image that becomes a figure gets label, width and height from them, by directives.
Everything else that they say is taken out of the text, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from d2lbook.document.damage import Damage
from d2lbook.document.figures import ending_image
from d2lbook.document.spans import lines_before, noting_place
from d2lbook.source.attributes import parse_attributes

_WORD = r"""(?:[#.][^\s{}]+|-|[A-Za-z][\w:.-]*=(?:"[^"\n]*"|'[^'\n]*'|[^\s{}"']+))"""
_ATTRIBUTES = re.compile(rf"\{{[ \t]*{_WORD}(?:[ \t]+{_WORD})*[ \t]*\}}")
_IN_FORMULAS = tuple("\\{$`_^")
"""What stands before a brace that is no attribute's."""


def attributes_plugin(md: MarkdownIt) -> None:
    """Teach the parser attributes."""
    md.inline.ruler.after("image", "attributes", noting_place(_after_image))
    md.core.ruler.after("block", "heading_attributes", _headings)
    md.core.ruler.after("inline", "attributes", _carry_out)


def _headings(state: StateCore) -> None:
    """Take the attributes off the headings; each is a block after its heading."""
    tokens: list[Token] = []
    for token in state.tokens:
        tokens.append(token)
        if token.type == "heading_close" and (attributes := _take_off(tokens[-2])):
            tokens.append(attributes)
    state.tokens = tokens


def _take_off(title: Token) -> Token | None:
    start = title.content.rfind("{")
    text, before = title.content[start:], title.content[: max(start, 0)]
    if not before or before.endswith(_IN_FORMULAS) or not _ATTRIBUTES.fullmatch(text):
        return None
    title.content = before.rstrip()
    line = (title.map or [0])[0] + before.count("\n")
    return Token("attributes", "", 0, content=text, map=[line, line + 1], block=True)


def _after_image(state: StateInline, silent: bool) -> bool:
    match = _ATTRIBUTES.match(state.src, state.pos)
    # A silent parser makes no tokens: to it this is text.
    is_after_image = not state.pending and state.tokens and state.tokens[-1].type == "image"
    if not match or silent or not is_after_image:
        return False
    line = lines_before(state)
    token = state.push("attributes", "", 0)
    token.content = match[0]
    token.map = [line, line + 1]
    state.pos = match.end()
    return True


def _carry_out(state: StateCore) -> None:
    """Make directives of the attributes of figures; take all others out and note them."""
    tokens: list[Token] = []
    waiting: list[Token] = []
    ignored: list[Damage] = []
    for token in state.tokens:
        if token.type == "attributes":
            name = parse_attributes(token.content).identifier
            remedy = f"write :label:`{name}` below the heading" if name else "delete it"
            ignored.append(_left_out(token.content, (token.map or [0])[0], remedy))
            continue
        tokens.append(token)
        if token.type == "inline":
            last = token.children[-1] if token.children else None
            for attributes in list(_taken_out(token)):
                line = (token.map or [0])[0] + (attributes.map or [0])[0]
                is_last = attributes is last and tokens[-2].type == "paragraph_open"
                if is_last and ending_image(token):
                    waiting, others = _directives(attributes, line)
                    remedy = "of a figure only width, height and #label are read"
                else:
                    others, remedy = attributes.content, "give the image a paragraph of its own"
                if others:
                    ignored.append(_left_out(others, line, remedy))
        elif token.type == "paragraph_close":
            tokens += waiting
            waiting = []
    state.tokens = tokens
    state.env["ignored_attributes"] = ignored


def _taken_out(token: Token) -> Iterator[Token]:
    """Take the attributes out of the tokens below this one."""
    for child in token.children or ():
        if child.type == "attributes":
            yield child
        yield from _taken_out(child)
    if token.children:
        token.children = [child for child in token.children if child.type != "attributes"]


def _directives(attributes: Token, line: int) -> tuple[list[Token], str]:
    """The directives that say the same of a figure, and what there are none for."""
    said = parse_attributes(attributes.content)
    values = {key: value.strip("\"'") for key, value in said.pairs}
    names = {key: values.pop(key, "") for key in ("width", "height")} | {"label": said.identifier}
    place = [line, line + 1]
    tokens = [
        Token("directive", "", 0, block=True, map=place, meta={"name": name, "value": value})
        for name, value in names.items()
        if value
    ]
    others = [f".{name}" for name in said.classes] + [f"{key}={values[key]}" for key in values]
    return tokens, f"{{{' '.join(others)}}}" if others else ""


def _left_out(text: str, line: int, remedy: str) -> Damage:
    return Damage(line=line, what=f"{text} is left out", remedy=remedy)
