"""Headings and captions where nothing in them can be clicked: contents, breadcrumbs, links."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

from markdown_it.token import Token

from d2lbook.html import formulas


def title_html(token: Token, spell: Callable[[Token], str] = lambda _: "") -> str:
    """The text of an inline token with its emphasis, code and formulas, without links.

    ``spell`` says what stands for a reference or a citation.
    """
    return "".join(map(partial(_piece, spell), token.children or ())).strip()


def _piece(spell: Callable[[Token], str], token: Token) -> str:
    text = escape(token.content, quote=False)
    match token.type:
        case "text":
            return text
        case "code_inline":
            return f"<code>{text}</code>"
        case "math_inline":
            return formulas.render(formulas.formula_of(token)).markup or f"<code>{text}</code>"
        case "reference" | "citation":
            return escape(spell(token), quote=False)
        case "softbreak" | "hardbreak":
            return " "
        case "em_open" | "strong_open" | "s_open":
            return f"<{token.tag}>"
        case "em_close" | "strong_close" | "s_close":
            return f"</{token.tag}>"
        case _:
            return ""
