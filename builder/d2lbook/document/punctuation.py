"""Dashes and ellipses as pandoc's extension `smart` writes them: `--`, `---`, `...`.

Quotation marks are markdown-it-py's own rule `smartquotes`. Its rule for the
rest, `replacements`, would also turn an item "(c)" into a copyright sign.
"""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from d2lbook.document.spans import walk_inlines


def punctuation_plugin(md: MarkdownIt) -> None:
    """Teach the parser dashes and ellipses."""
    md.core.ruler.before("smartquotes", "punctuation", _punctuation)


def _punctuation(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and ("--" in token.content or "..." in token.content):
            for child in walk_inlines(token):
                if child.type == "text":
                    child.content = (
                        child.content.replace("---", "—").replace("--", "–").replace("...", "…")
                    )
