"""Prose → tokens: markdown-it-py, set up for pandoc's Markdown and the dialect.

Each construct of the dialect is a plugin of its own, in a file of its own; the
table below is their order. What the tokens of each mean is said in its file.
Those that markdown-it-py makes are described in its documentation; but addresses within
the book are as the author wrote them (see ``addresses.py``).

``map`` of a block token, and of links, images, references, citations and inline
maths, gives the lines within the cell, from 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from d2lbook.document.addresses import is_local, is_on_disk
from d2lbook.document.attributes import attributes_plugin
from d2lbook.document.bare_links import bare_links_plugin
from d2lbook.document.comments import comments_plugin
from d2lbook.document.damage import Damage
from d2lbook.document.directives import directives_plugin
from d2lbook.document.divs import divs_plugin
from d2lbook.document.emphasis import emphasis_plugin
from d2lbook.document.fences import fences_plugin
from d2lbook.document.figures import figures_plugin
from d2lbook.document.marks import Mark, marks_plugin
from d2lbook.document.math import math_plugin
from d2lbook.document.punctuation import punctuation_plugin
from d2lbook.document.roles import roles_plugin
from d2lbook.document.slides import resolve_slide_marks
from d2lbook.document.spans import flatten_deep, place_inlines, places_plugin, settle_damage
from d2lbook.document.tables import tables_plugin

ENGLISH_QUOTES = ("“", "”", "‘", "’")

_PLUGINS = (
    places_plugin,
    fences_plugin,
    directives_plugin,
    tables_plugin,
    roles_plugin,
    bare_links_plugin,
    math_plugin,
    figures_plugin,
    attributes_plugin,
    divs_plugin,
    comments_plugin,
    marks_plugin,
    emphasis_plugin,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedProse:
    """One prose cell, parsed."""

    text: str
    """What was parsed: the source, slide marks resolved."""
    tokens: list[Token]
    damages: list[Damage]
    marks: tuple[Mark, ...]
    """Where in ``text`` the dialect's own constructs stand."""


def parse_prose(
    source: str,
    *,
    quotes: tuple[str, ...] = ENGLISH_QUOTES,
    definitions: dict[str, Any] | None = None,
) -> ParsedProse:
    """The tokens of one prose cell, what is wrong in it, and where its constructs stand.

    ``quotes`` are the four quotation marks of the language, outer ones first;
    ``definitions`` are link definitions from elsewhere on the page (see
    ``find_definitions``). Any text is accepted. Directives come out as tokens of
    their own: see ``attach.py``.
    """
    env: dict[str, Any] = {"references": dict(definitions or {}), "damages": []}
    tokens = _parser(quotes).parse(resolve_slide_marks(source), env)
    return ParsedProse(
        text=env["text"], tokens=tokens, damages=env["damages"], marks=tuple(env["marks"])
    )


def find_definitions(source: str) -> dict[str, Any]:
    """The link definitions (`[name]: address`) in this text."""
    env: dict[str, Any] = {}
    if "]:" in source:
        _parser(ENGLISH_QUOTES).parse(source, env)
    return dict(env.get("references", {}))


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 the name is markdown-it's
        """Leave addresses in the book as they are: messages name them, outputs quote them."""
        return url if is_local(url) or is_on_disk(url) else super().normalizeLink(url)

    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Let through what is better reported than taken for text."""
        return is_on_disk(url) or super().validateLink(url)


@cache
def _parser(quotes: tuple[str, ...]) -> MarkdownIt:
    md = _Parser("commonmark", {"typographer": True, "quotes": quotes})
    md.enable(["table", "strikethrough", "smartquotes"])
    md.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)
    for plugin in _PLUGINS:
        md.use(plugin)
    md.use(punctuation_plugin)
    md.core.ruler.before("punctuation", "lines", _lines)
    return md


def _lines(state: StateCore) -> None:
    """Give inline tokens their lines, and take down what is damaged."""
    too_deep = list(flatten_deep(state.tokens))
    place_inlines(state.tokens)
    noted = [state.env[name] for name in ("lost_cells", "ignored_attributes", "divs")]
    damages = [*too_deep, *chain.from_iterable(noted), *settle_damage(state.tokens)]
    state.env["damages"] = sorted(damages, key=lambda damage: damage.line)
