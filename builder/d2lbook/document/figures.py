"""Figures: an image that is all there is in its paragraph.

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


def figures_plugin(md: MarkdownIt) -> None:
    """Teach the parser figures."""
    md.core.ruler.after("inline", "figure", _figures)


def _figures(state: StateCore) -> None:
    for opening, inline, closing in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
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


def _lone_image(inline: Token) -> Token | None:
    children = [child for child in inline.children or () if child.type != "softbreak"]
    return children[0] if len(children) == 1 and children[0].type == "image" else None
