"""Nodes of pandoc documents (see ``document/pandoc.py``), each by a function of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from d2lbook.document.pandoc import Node

Nodes = Sequence[Node]

_BREAKING = " \t\n"
"""Spaces at which a line may be broken."""


def node(kind: str, *content: Any) -> Node:
    """A node of this kind; several contents become a list."""
    if not content:
        return {"t": kind}
    return {"t": kind, "c": content[0] if len(content) == 1 else list(content)}


def attributes(
    identifier: str = "", classes: Sequence[str] = (), values: Mapping[str, object] | None = None
) -> list[Any]:
    """What pandoc calls Attr; values that are empty are left out."""
    pairs = [[key, str(value)] for key, value in (values or {}).items() if value]
    return [identifier, list(classes), pairs]


def text(content: str) -> list[Node]:
    """A run of text; spaces that must not break stay as they are.

    Its first word is a node of its own, for writers that have to see what a text
    begins with; all others share one, because a book has a great many of them.
    """
    words = content.strip(_BREAKING)
    if not words:
        return [node("Space")] if content else []
    first, *rest = re.split(f"[{_BREAKING}]+", words, maxsplit=1)
    found = [node("Space")] if content[0] in _BREAKING else []
    found.append(node("Str", first))
    if rest:
        found += [node("Space"), node("Str", re.sub(f"[{_BREAKING}]+", " ", rest[0]))]
    return [*found, node("Space")] if content[-1] in _BREAKING else found


def plain(inlines: Nodes) -> Node:
    return node("Plain", list(inlines))


def paragraph(inlines: Nodes) -> Node:
    return node("Para", list(inlines))


def span(inlines: Nodes, identifier: str = "", *classes: str, **values: object) -> Node:
    return node("Span", attributes(identifier, classes, values), list(inlines))


def div(blocks: Nodes, identifier: str = "", *classes: str, **values: object) -> Node:
    return node("Div", attributes(identifier, classes, values), list(blocks))


def link(inlines: Nodes, address: str, *classes: str) -> Node:
    return node("Link", attributes("", classes), list(inlines), [address, ""])


def image(address: str, alt: str, **values: object) -> Node:
    return node("Image", attributes("", (), values), text(alt), [address, ""])


def code(content: str) -> Node:
    return node("Code", attributes(), content)


def code_block(content: str, *classes: str) -> Node:
    return node("CodeBlock", attributes("", classes), content)


def math(tex: str, *, display: bool) -> Node:
    return node("Math", node("DisplayMath" if display else "InlineMath"), tex)


def header(level: int, inlines: Nodes, identifier: str, *classes: str, **values: object) -> Node:
    return node("Header", level, attributes(identifier, classes, values), list(inlines))


def table(
    attr: Sequence[Any], caption: Any, columns: Sequence[Any], rows: Sequence[Sequence[Nodes]]
) -> Node:
    """A table whose first row is its head; every cell is a line of text."""
    written = [
        [
            attributes(),
            [[attributes(), node("AlignDefault"), 1, 1, [plain(cell)]] for cell in row],
        ]
        for row in rows
    ]
    head, body = [attributes(), written[:1]], [attributes(), 0, [], written[1:]]
    return node("Table", attr, caption, columns, head, [body], [attributes(), []])


def value_of(attr: Sequence[Any], key: str) -> str:
    """One of the values in an Attr; empty where it isn't there."""
    return str(dict(attr[2]).get(key, ""))


def walk(content: Any) -> Iterator[Node]:
    """All nodes in this piece of a document, parents first."""
    if isinstance(content, dict):
        if "t" in content:
            yield content
        content = content.get("c", ())
    if isinstance(content, (list, tuple)):
        for part in content:
            yield from walk(part)


def rewritten(content: Any, rewrite: Callable[[Node], Nodes | None]) -> Any:
    """A copy of this piece of a document with nodes replaced, from the top down.

    ``rewrite`` returns what stands in a node's place, or None to go on inside it.
    """
    if isinstance(content, dict):
        if "c" not in content:
            return content
        return {**content, "c": rewritten(content["c"], rewrite)}
    if not isinstance(content, (list, tuple)):
        return content
    found: list[Any] = []
    for part in content:
        new = rewrite(part) if isinstance(part, dict) and "t" in part else None
        if new is None:
            found.append(rewritten(part, rewrite))
        else:
            found.extend(new)
    return found


def plain_text(content: Any) -> str:
    """The words below these nodes."""
    words: list[str] = []
    for part in walk(content):
        match part["t"]:
            case "Str":
                words.append(part["c"])
            case "Code" | "Math":
                words.append(part["c"][1])
            case "Space" | "SoftBreak" | "LineBreak":
                words.append(" ")
    return "".join(words)
