"""Tokens as lines that people can read, for golden files.

line of the cell, from 1 | kind and meta: text, with ‹…› for what is not plain
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from d2lbook.document.attach import Attacher
from d2lbook.document.prose import parse_prose
from markdown_it.token import Token

MARKS = {"em": "*", "strong": "**", "s": "~~"}


def describe_prose(source: str) -> str:
    """The tokens of a prose cell, labels attached, and what is wrong in it."""
    found = parse_prose(source)
    tokens, misplaced = Attacher().attach(found.tokens)
    lines = [*describe_tokens(tokens)]
    for damage in sorted([*found.damages, *misplaced], key=lambda damage: damage.line):
        remedy = f"; {damage.remedy}" if damage.remedy else ""
        lines.append(f"! {damage.line + 1}: {damage.what}{remedy}")
    return "\n".join(lines)


def describe_tokens(tokens: Iterable[Token]) -> Iterator[str]:
    depth = 0
    for token in tokens:
        if token.nesting == -1:
            depth -= 1
        elif token.type == "inline":
            yield f"{'':4}{'  ' * depth}{describe_inline(token.children or [])}"
        else:
            where = f"{token.map[0] + 1:2}" if token.map else "  "
            name = token.type.removesuffix("_open")
            meta = "".join(f" {key}={value!r}" for key, value in token.meta.items() if value)
            text = f": {token.content.rstrip()!r}" if token.content else ""
            kind = f" <{token.tag}>" if token.type == "heading_open" else ""
            yield f"{where}| {'  ' * depth}{name}{kind}{meta}{text}"
            depth += token.nesting


def describe_inline(children: Iterable[Token]) -> str:
    return "".join(_piece(child) for child in children)


def _piece(token: Token) -> str:
    match token.type:
        case "text":
            return token.content
        case "softbreak":
            return " / "
        case "hardbreak":
            return " // "
        case "math_inline":
            return f"‹math {token.content}›"
        case "code_inline":
            return f"‹code {token.content}›"
        case "reference":
            return f"‹{token.meta['role']} {token.meta['label']}›"
        case "citation":
            return f"‹{token.meta['role']} {' '.join(token.meta['keys'])}›"
        case "footnote_ref":
            return f"‹footnote {token.meta['label']}›"
        case "image":
            return f"‹image {token.attrs['src']} {describe_inline(token.children or [])}›"
        case "link_open":
            return f"‹link {token.attrs['href']} "
        case "link_close":
            return "›"
        case "html_inline":
            return f"‹html {token.content}›"
        case _:
            return MARKS[token.type.split("_")[0]]
