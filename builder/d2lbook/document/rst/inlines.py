"""docutils' inline nodes → inline tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docutils import nodes
from markdown_it.token import Token

from d2lbook.document.rst import reading


def inline_tokens(children: Iterable[nodes.Node], line: int) -> list[Token]:
    """The tokens of these nodes; ``line`` is that of the cell, from 0, for messages."""
    return [token for node in children for token in _one(node, line)]


def text_token(text: str) -> Token:
    return Token("text", "", 0, content=text)


def tagged(tag: str, inner: Iterable[Token]) -> Iterator[Token]:
    """The tokens as emphasis: ``em`` or ``strong``."""
    yield Token(f"{tag}_open", tag, 1)
    yield from inner
    yield Token(f"{tag}_close", tag, -1)


def _one(node: nodes.Node, line: int) -> Iterator[Token]:
    place = [line, line + 1]
    inner = inline_tokens(node.children, line)
    match node:
        case nodes.Text():
            yield text_token(node.astext().replace("\n", " "))
        case nodes.emphasis() | nodes.title_reference():
            yield from tagged("em", inner)
        case nodes.strong():
            yield from tagged("strong", inner)
        case nodes.literal():
            yield Token("code_inline", "code", 0, content=node.astext())
        case nodes.math():
            yield Token("math_inline", "math", 0, content=node.astext(), markup="$", map=place)
        case nodes.subscript() | nodes.superscript():
            tag = node.tagname[:3]
            yield Token("html_inline", "", 0, content=f"<{tag}>", map=place)
            yield from inner
            yield Token("html_inline", "", 0, content=f"</{tag}>", map=place)
        case nodes.reference() if address := node.get("refuri"):
            yield Token("link_open", "a", 1, attrs={"href": address}, map=place)
            yield from inner
            yield Token("link_close", "a", -1)
        case nodes.image():
            alt = node.get("alt", "")
            attributes: dict[str, str | int | float] = {"src": node["uri"], "alt": alt}
            image = Token("image", "img", 0, attrs=attributes, content=alt, map=place)
            image.children = [text_token(alt)] if alt else []
            yield image
        case nodes.footnote_reference() | nodes.citation_reference():
            yield text_token(f"[{node.astext()}]")
        case nodes.raw():
            if node["format"] == "html":
                yield Token("html_inline", "", 0, content=node.astext(), map=place)
        case reading.BookReference():
            meta = {"role": node["role"], "label": node["label"]}
            if node["text"]:
                yield text_token(f"{node['text']} (")
            yield Token("reference", "", 0, map=place, meta=meta)
            if node["text"]:
                yield text_token(")")
        case reading.BookCitation():
            meta = {"role": node["role"], "keys": node["keys"]}
            yield Token("citation", "", 0, map=place, meta=meta)
        case nodes.Invisible() | nodes.system_message():
            return
        case _:
            yield from inner
