"""Slides as reveal.js decks that open from a folder, without a network.

nbconvert makes the deck from the slides' notebook; its own page and its Markdown,
which need MathJax and other scripts from elsewhere, are replaced by ours (the
template ``templates/deck``; formulas by KaTeX, when the deck is made).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.token import Token

from d2lbook.document import katex
from d2lbook.document.katex import Formula
from d2lbook.document.language import Language
from d2lbook.document.math import math_plugin
from d2lbook.vendored import vendored_files

if TYPE_CHECKING:
    from nbconvert.exporters.slides import SlidesExporter

STATIC = "_static"
"""Folder of what all decks share, beside those of the tabs."""

_HEAD = 2000
"""In so many first characters a deck names what it was made from."""

_RICHEST_FIRST = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/latex",
    "image/png",
    "image/jpeg",
    "text/plain",
)
"""Forms of outputs that need no script."""


def deck_html(text: str, *, static: str, language: Language, before: str = "") -> str:
    """The deck of a notebook that ``slides.py`` made; ``text`` is that of its file.

    ``static`` is the address of the folder of the shared files (see ``shared_files``),
    ``before`` a deck that was made earlier, which is given back if it would be the same.
    """
    key = _key(text, static, language)
    if key in before[:_HEAD]:
        return before
    import nbformat

    deck = {"static": static, "language": language, "key": key}
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    html, _ = _exporter().from_notebook_node(notebook, resources={"deck": deck})
    return str(html)


def _key(text: str, static: str, language: Language) -> str:
    """What names all that a deck is made from."""
    template = files("d2lbook.publish") / "templates/deck/index.html.j2"
    parts = (
        text,
        static,
        language.code,
        language.direction,
        template.read_text("utf-8"),
        *(f"{name} {version(name)}" for name in ("d2lbook2", "nbconvert")),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def shared_files() -> Mapping[str, bytes]:
    """What all decks share, by name in their folder."""
    own = files("d2lbook.publish") / "static"
    ours = {name: (own / name).read_bytes() for name in ("deck.css", "deck.js")}
    return {**ours, **vendored_files("reveal", "katex", "fonts")}


@cache
def _exporter() -> SlidesExporter:
    # It takes a second to import, and only slides need it.
    from nbconvert.exporters.slides import SlidesExporter
    from traitlets.config import Config

    return SlidesExporter(  # type: ignore[no-untyped-call]
        config=Config(NbConvertBase={"display_data_priority": list(_RICHEST_FIRST)}),
        template_name="deck",
        extra_template_basedirs=[str(Path(__file__).with_name("templates"))],
        filters={"markdown2html": markdown_html},
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )


def markdown_html(source: str) -> str:
    """The Markdown of a slide as HTML, formulas included."""
    return str(_markdown().render(source))


@cache
def _markdown() -> MarkdownIt:
    md = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    md.use(math_plugin)
    for kind in ("math_inline", "math_block"):
        md.add_render_rule(kind, _formula)
    return md


def _formula(
    _renderer: object, tokens: Sequence[Token], index: int, _options: object, _env: object
) -> str:
    token = tokens[index]
    formula = Formula(token.content, display=token.type == "math_block")
    rendered = katex.render([formula], "htmlAndMathml")[formula]
    return rendered.markup or f"<code>{escape(token.content)}</code>"
