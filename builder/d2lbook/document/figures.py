"""Figures: an image that is all there is in its paragraph, or its last line above a directive.

figure_open    meta: {"src", "alt", "width", "height", "label"}
inline         the caption; empty where the image has no description
figure_close

The image's own token, which ``marks.py`` knows, has meta {"figure": figure_open}.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from d2lbook.document.text import plain_text

_BREAKS = {"softbreak", "hardbreak"}


def figures_plugin(md: MarkdownIt) -> None:
    """Teach the parser figures."""
    md.core.ruler.after("inline", "figure", _figures)


def _figures(state: StateCore) -> None:
    tokens: list[Token] = []
    for token in state.tokens:
        if token.type == "directive" and token.meta["name"] in {"label", "width", "height"}:
            _split_image_off(tokens)
        tokens.append(token)
    state.tokens = tokens
    for opening, inline, closing in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "paragraph_open" and (image := _lone_image(inline)):
            opening.type, opening.tag, opening.hidden = "figure_open", "figure", False
            opening.meta = {
                "src": image.attrGet("src"),
                "alt": plain_text(image),
                "width": None,
                "height": None,
                "label": None,
            }
            closing.type, closing.tag, closing.hidden = "figure_close", "figure", False
            inline.content, inline.children = image.content, image.children
            image.meta["figure"] = opening


def _split_image_off(tokens: list[Token]) -> None:
    """Give the image that ends the last paragraph, in a line of its own below text, its own."""
    if not tokens or tokens[-1].type != "paragraph_close":
        return
    opening, inline, closing = tokens[-3:]
    image = ending_image(inline)
    if not image or image is _lone_image(inline):
        return
    first, end = opening.map or (0, 1)
    line = (image.map or [0])[0]
    before = "\n".join(inline.content.split("\n")[:line])
    tokens[-2:] = [
        inline.copy(children=(inline.children or [])[:-2], content=before),
        closing.copy(),
        opening.copy(map=[first + line, end]),
        inline.copy(children=[image], map=[first + line, end]),
        closing,
    ]
    opening.map = [first, first + line]
    image.map = [0, end - first - line]


def ending_image(inline: Token) -> Token | None:
    """The image that is all there is in a paragraph, or ends it in a line of its own below text."""
    *text, last = inline.children or [inline]
    is_below_text = (
        last.type == "image"
        and text
        and text[-1].type in _BREAKS
        and any(child.type not in {"image", *_BREAKS} for child in text)
    )
    return last if is_below_text else _lone_image(inline)


def _lone_image(inline: Token) -> Token | None:
    children = [child for child in inline.children or () if child.type != "softbreak"]
    return children[0] if len(children) == 1 and children[0].type == "image" else None
