"""The links in raw HTML of the author's."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser
from itertools import accumulate

LINKING = frozenset({"href", "src"})
"""The attributes that name something else."""

_ATTRIBUTE = re.compile(r"""[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?""")

Rewrite = Callable[[str, str, int], str]
"""What stands for a link, given the tag, the link and its line, from 0."""


def with_links(html: str, rewrite: Rewrite) -> str:
    """The same HTML, but for the links that ``rewrite`` gives another form."""
    parser = _TagParser()
    parser.feed(html)
    starts = [0, *accumulate(len(line) + 1 for line in html.split("\n"))]
    parts: list[str] = []
    done = 0
    for tag, text, (line, column) in parser.found:
        start = starts[line - 1] + column
        parts += [html[done:start], _tag_with_links(tag, text, line - 1, rewrite)]
        done = start + len(text)
    return "".join([*parts, html[done:]])


def _tag_with_links(tag: str, text: str, line: int, rewrite: Rewrite) -> str:
    def attribute(match: re.Match[str]) -> str:
        name, _, value = match[0].partition("=")
        link = unescape(value.strip().strip("\"'"))
        if name.strip().lower() not in LINKING or not link:
            return match[0]
        new = rewrite(tag, link, line + text.count("\n", 0, match.start()))
        return match[0] if new == link else f'{name.strip()}="{escape(new)}"'

    return _ATTRIBUTE.sub(attribute, text)


class _TagParser(HTMLParser):
    """Finds the opening tags: name, text and position of each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, tuple[int, int]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.found.append((tag, self.get_starttag_text() or "", self.getpos()))
