"""Outputs of code cells (nbformat 4) → the forms in which each can be shown.

What Jupyter alone can show, a live widget, has none.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal, TypeAlias, get_args

from d2lbook.book import Output

PictureKind: TypeAlias = Literal["svg", "png", "jpg", "gif"]
Kind: TypeAlias = (
    Literal["stream", "stderr", "error", "html", "markdown", "latex", "text"] | PictureKind
)

PICTURE_KINDS: tuple[PictureKind, ...] = get_args(PictureKind)
"""Kinds of pictures, the best first."""

_TYPES: Mapping[Kind, str] = {
    "html": "text/html",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "markdown": "text/markdown",
    "latex": "text/latex",
    "text": "text/plain",
}
_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an output."""

    kind: Kind
    text: str = ""
    picture: bytes = b""
    """Of a picture, in place of ``text``."""

    @property
    def file(self) -> str:
        """A name for the picture's file, the same for the same picture."""
        return f"{hashlib.sha256(self.picture).hexdigest()[:20]}.{self.kind}"


def output_forms(outputs: Iterable[Output], kinds: Sequence[Kind]) -> Iterator[list[Form]]:
    """For each output of a cell, in order, its forms.

    Where an output comes in several forms, they are those of these ``kinds``, in
    their order: a writer takes the first that it can show. Pieces written to one
    stream, one after the other, are one output.
    """
    for (kind, name), group in groupby(outputs, lambda o: (o.get("output_type"), o.get("name"))):
        if kind == "stream":
            text = "".join(_text(output.get("text")) for output in group)
            yield [Form("stderr" if name == "stderr" else "stream", text)]
            continue
        for output in group:
            if kind == "error":
                name_and_value = f"{output.get('ename')}: {output.get('evalue')}"
                lines = output.get("traceback") or [name_and_value]
                yield [Form("error", "\n".join(map(str, lines)))]
            elif kind in {"display_data", "execute_result"}:
                yield list(_forms(output.get("data", {}), kinds))


def _forms(data: Mapping[str, Any], kinds: Sequence[Kind]) -> Iterator[Form]:
    if _WIDGET in data:
        return  # Its text says nothing to a reader.
    for kind in kinds:
        if _TYPES[kind] in data:
            text = _text(data[_TYPES[kind]])
            if kind not in PICTURE_KINDS:
                yield Form(kind, text)
            elif picture := _picture(text, kind):
                yield Form(kind, picture=picture)


def _picture(text: str, kind: Kind) -> bytes:
    """The content of a picture's file; empty where it is damaged."""
    if kind == "svg":
        return text.encode()
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""


def _text(value: object) -> str:
    """A text of a notebook: a string, or a list of its lines."""
    if isinstance(value, list):
        return "".join(map(str, value))
    return "" if value is None else str(value)
