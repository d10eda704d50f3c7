"""Outputs of code that are Markdown, or formulas with text around them → tokens of prose.

What they mean is settled here for all that shows them. Nothing of the dialect but maths
is known in them, and nothing has a number or a name: a heading is a paragraph in bold.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from d2lbook.document.math import math_plugin
from d2lbook.document.outputs import Form
from d2lbook.document.spans import settle_damage, walk_inlines


def prose_of(form: Form) -> list[Token]:
    """The tokens of an output that is Markdown or LaTeX; each stands in the first line of its cell.

    LaTeX without dollars is a formula as a whole, and so is one formula between dollars.
    """
    tokens = _markdown(form.text) if form.kind == "markdown" else _latex(form.text.strip())
    for token in tokens:
        for each in (token, *walk_inlines(token)):
            each.map = [0, 1]
    return tokens


def _markdown(text: str) -> list[Token]:
    tokens = _parsed(text, "commonmark")
    return list(_without_headings(tokens))


def _latex(text: str) -> list[Token]:
    formula = text.strip("$").strip()
    if "$" not in formula:
        return [Token("math_block", "math", 0, content=formula, block=True)] if formula else []
    return _parsed(text, "zero")


def _parsed(text: str, preset: str) -> list[Token]:
    tokens = _parser(preset).parse(text)
    for _ in settle_damage(tokens):
        pass  # what is wrong is shown as it is: whoever wrote it was a program
    return tokens


@cache
def _parser(preset: str) -> MarkdownIt:
    md = MarkdownIt(preset).use(math_plugin)
    return md.enable("table") if preset == "commonmark" else md


def _without_headings(tokens: list[Token]) -> Iterator[Token]:
    is_heading = False
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            is_heading = token.nesting == 1
            kind = token.type.replace("heading", "paragraph")
            yield token.copy(type=kind, tag="p")
        elif is_heading and token.type == "inline":
            begins, ends = Token("strong_open", "strong", 1), Token("strong_close", "strong", -1)
            yield token.copy(children=[begins, *(token.children or ()), ends])
        else:
            yield token
