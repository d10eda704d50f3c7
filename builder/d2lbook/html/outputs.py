"""Outputs of code cells (nbformat 4) → HTML, without any script.

Of the forms that an output comes in, the richest one that a page can show is
taken. Pictures become files of the site, named by their content.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Any

from markdown_it import MarkdownIt

from d2lbook.book import Output
from d2lbook.document.katex import Formula
from d2lbook.document.language import Language
from d2lbook.html import formulas
from d2lbook.html.ansi import ansi_to_html
from d2lbook.html.pictures import picture_size

PICTURES = "_images"
"""Folder of the site for the pictures that code made."""

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_TAG = re.compile(r"<[^>]*>")
_PICTURE_TAG = re.compile(r"<(?:img|svg|video|audio|hr)\b", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b.*?(?:</script\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_PICTURE_KINDS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
}
_RICHEST_FIRST = ("text/html", *_PICTURE_KINDS, "text/markdown", "text/latex", "text/plain")


@dataclass(slots=True)
class OutputWriter:
    """Writes the outputs of one page.

    ``address`` turns a file of the site into a link of the page; ``pictures``
    gathers the files by name.
    """

    language: Language
    address: Callable[[str], str]
    pictures: dict[str, bytes] = field(default_factory=dict)

    def write(self, outputs: Iterable[Output]) -> str:
        """All outputs of a cell; empty where there is nothing to see."""
        parts = (self._one(output) for output in _joined(outputs))
        return "".join(part for part in parts if part)

    def _one(self, output: Output) -> str:
        match output.get("output_type"):
            case "stream":
                return self._stream(output)
            case "error":
                return self._error(output)
            case "display_data" | "execute_result":
                return self._data(output.get("data", {}))
            case _:
                return ""

    def _stream(self, output: Output) -> str:
        text = ansi_to_html(_text(output.get("text")).rstrip("\n"))
        if not text:
            return ""
        if output.get("name") != "stderr":
            return f"<pre>{text}</pre>\n"
        label = escape(self.language.text("warnings"))
        return f'<pre class="stderr" role="note" aria-label="{label}">{text}</pre>\n'

    def _error(self, output: Output) -> str:
        lines = output.get("traceback") or [f"{output.get('ename')}: {output.get('evalue')}"]
        label = escape(self.language.text("error"))
        text = ansi_to_html("\n".join(map(str, lines)))
        return f'<pre class="error" role="note" aria-label="{label}">{text}</pre>\n'

    def _data(self, data: Mapping[str, Any]) -> str:
        if _WIDGET in data:
            return ""  # Alive in Jupyter only; its text says nothing to a reader.
        shown = (self._form(kind, _text(data[kind])) for kind in _RICHEST_FIRST if kind in data)
        return next(filter(None, shown), "")

    def _form(self, kind: str, text: str) -> str:
        """One form of an output; empty where it can't be shown."""
        if extension := _PICTURE_KINDS.get(kind):
            return self._picture(text, extension)
        match kind:
            case "text/html":
                content = _SCRIPT.sub("", text)
                return f'<div class="html">{content}</div>\n' if _is_visible(content) else ""
            case "text/markdown":
                return f'<div class="html">{_MARKDOWN.render(text)}</div>\n'
            case "text/latex":
                formula = formulas.render(Formula(text.strip().strip("$"), display=True))
                return f'<div class="html">{formula.markup}</div>\n' if formula.markup else ""
            case _:
                return f"<pre>{ansi_to_html(text)}</pre>\n" if text else ""

    def _picture(self, text: str, extension: str) -> str:
        try:
            content = text.encode() if extension == "svg" else base64.b64decode(text)
        except binascii.Error:
            return ""
        file = f"{PICTURES}/{hashlib.sha256(content).hexdigest()[:20]}.{extension}"
        self.pictures[file] = content
        size = picture_size(content)
        shape = f' width="{size[0]}" height="{size[1]}"' if size else ""
        alt = escape(self.language.text("output_picture"))
        return f'<img src="{escape(self.address(file))}" alt="{alt}"{shape} decoding="async">\n'


def _joined(outputs: Iterable[Output]) -> Iterator[Output]:
    """The outputs, with what was written to one stream in pieces put together."""
    for (kind, name), group in groupby(outputs, lambda o: (o.get("output_type"), o.get("name"))):
        pieces = list(group)
        if kind == "stream":
            text = "".join(_text(piece.get("text")) for piece in pieces)
            yield {"output_type": kind, "name": name, "text": text}
        else:
            yield from pieces


def _text(value: object) -> str:
    """A text of a notebook: a string, or a list of its lines."""
    if isinstance(value, list):
        return "".join(map(str, value))
    return "" if value is None else str(value)


def _is_visible(content: str) -> bool:
    """Whether anything is left to see of HTML that lost its scripts."""
    return bool(_PICTURE_TAG.search(content) or _TAG.sub("", content).strip())
