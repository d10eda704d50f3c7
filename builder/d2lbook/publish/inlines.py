"""Citations and the list of references, which are inlines of a pandoc document → Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from d2lbook.document.citations import Citation, References
from d2lbook.document.pandoc import Node

_SPECIAL = re.compile(r"([\\`*_\[\]<>$])")
_MARKUP = {"Emph": "*", "Strong": "**", "Strikeout": "~~"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkdownReferences:
    """A book's references in Markdown."""

    citations: Mapping[Citation, str]
    entries: str
    """The list of all that is cited."""


def references_to_markdown(references: References, quotes: Sequence[str]) -> MarkdownReferences:
    """The same references in Markdown, with these quotation marks (see ``Language``)."""
    return MarkdownReferences(
        citations={
            citation: inlines_to_markdown(found.inlines, quotes)
            for citation, found in references.citations.items()
        },
        entries="\n".join(
            f"- {inlines_to_markdown(entry.inlines, quotes)}"
            for entry in references.entries.values()
        ),
    )


def escape(text: str) -> str:
    """The text so that Markdown takes none of it for its own."""
    return _SPECIAL.sub(r"\\\1", text)


def inlines_to_markdown(inlines: Sequence[Node], quotes: Sequence[str]) -> str:
    """The same text in Markdown; links within the document lead nowhere and become text."""
    return "".join(_inline(node["t"], node.get("c"), quotes) for node in inlines)


def _inline(kind: str, content: object, quotes: Sequence[str]) -> str:
    match kind, content:
        case "Str", str(text):
            return escape(text)
        case (("Space" | "SoftBreak" | "LineBreak"), _):
            return " "
        case "Code", [_, str(text)]:
            return f"`{text}`"
        case "Math", [_, str(text)]:
            return f"${text}$"
        case "Quoted", [{"t": str(marks)}, list(inner)]:
            pair = quotes[:2] if marks == "DoubleQuote" else quotes[2:]
            return inlines_to_markdown(inner, quotes).join(pair)
        case "Link", [_, list(inner), [str(address), _]]:
            return _link(inlines_to_markdown(inner, quotes), address)
        case (("Superscript" | "Subscript"), list(inner)):
            tag = kind[:3].lower()
            return f"<{tag}>{inlines_to_markdown(inner, quotes)}</{tag}>"
        case _, list(inner) if all(isinstance(node, dict) for node in inner):
            markup = _MARKUP.get(kind, "")
            return f"{markup}{inlines_to_markdown(inner, quotes)}{markup}"
        case _:
            return ""


def _link(text: str, address: str) -> str:
    if address.startswith("#"):
        return text
    return f"<{address}>" if text == escape(address) else f"[{text}]({address})"
