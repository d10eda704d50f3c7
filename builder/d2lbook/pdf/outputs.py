"""Outputs of code cells (nbformat 4) → blocks of a pandoc document.

    Div .output .stream | .stderr | .error | .result      with a CodeBlock
    Div .output .picture                                  with an Image

What only a browser can show falls back to its plain text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from d2lbook.book import Output
from d2lbook.document.pandoc import Node
from d2lbook.pdf import nodes

PICTURES = "outputs"
"""Folder for the pictures that code made."""

_KINDS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
}
_WIDGET = "application/vnd.jupyter.widget-view+json"
_TERMINAL_CODE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*(?:\x07|\x1b\\)|\x1b.")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def output_blocks(outputs: Iterable[Output], pictures: dict[str, bytes], alt: str) -> list[Node]:
    """The outputs of one cell, in order.

    Pictures are put into ``pictures`` by the path that their Image names, with
    ``alt`` as their description.
    """
    return [block for output in _joined(outputs) for block in _blocks(output, pictures, alt)]


def _blocks(output: Output, pictures: dict[str, bytes], alt: str) -> Iterator[Node]:
    match output.get("output_type"):
        case "stream":
            kind = "stderr" if output.get("name") == "stderr" else "stream"
            yield from _text_block(_text(output.get("text")), kind)
        case "error":
            lines = output.get("traceback") or [f"{output.get('ename')}: {output.get('evalue')}"]
            yield from _text_block("\n".join(map(str, lines)), "error")
        case "display_data" | "execute_result":
            yield from _data(output.get("data", {}), pictures, alt)


def _data(data: Mapping[str, Any], pictures: dict[str, bytes], alt: str) -> Iterator[Node]:
    if _WIDGET in data:
        return  # Alive in Jupyter only; its text says nothing to a reader.
    for kind, extension in _KINDS.items():
        if kind in data and (content := _content(_text(data[kind]), extension)):
            path = f"{PICTURES}/{hashlib.sha256(content).hexdigest()[:20]}.{extension}"
            pictures[path] = content
            yield nodes.div([nodes.plain([nodes.image(path, alt)])], "", "output", "picture")
            return
    if tex := _text(data.get("text/latex")).strip().strip("$"):
        formula = nodes.paragraph([nodes.math(tex, display=True)])
        yield nodes.div([formula], "", "output", "formula")
    else:
        yield from _text_block(_text(data.get("text/plain")), "result")


def _text_block(text: str, kind: str) -> Iterator[Node]:
    shown = _CONTROL.sub("", _TERMINAL_CODE.sub("", _overwritten(text))).strip("\n")
    if shown:
        yield nodes.div([nodes.code_block(shown)], "", "output", kind)


def _overwritten(text: str) -> str:
    """The text as a terminal leaves it: a carriage return begins its line anew."""
    return re.sub(r"[^\n]*\r(?=[^\n])", "", text.replace("\r\n", "\n"))


def _content(text: str, extension: str) -> bytes:
    if extension == "svg":
        return text.encode()
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""


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
