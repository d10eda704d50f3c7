"""Outputs of code cells (nbformat 4) → the forms in which each can be shown.

What Jupyter alone can show, a live widget, is the text that stands for it; of what
overwrites itself, a progress bar, only the end is shown. Pages and PDFs show no more of
an output than the book allows; notebooks keep all of it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal, Self, TypeAlias, get_args

from d2lbook.book import Output
from d2lbook.config import Config
from d2lbook.document.terminal import settled

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
_RICH: tuple[Kind, ...] = ("html", *PICTURE_KINDS)

WITHOUT_HTML: tuple[Kind, ...] = (*PICTURE_KINDS, "markdown", "latex", "text")
"""Of several forms of an output, the first of these is shown by what can't show HTML."""
RICHEST_FIRST: tuple[Kind, ...] = ("html", *WITHOUT_HTML)
"""The same for pages."""

MOST_LINES = 1000

_FIRST_FRAME = re.compile(r'\bframes\[0\] = "data:(image/(?:png|jpeg|gif));base64,([^"]+)"')
"""In the HTML of an animation of matplotlib, whose script shows its pictures by turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of one output is shown; None: any amount."""

    text: int | None = None
    """In characters; and no more than ``MOST_LINES`` lines then."""
    picture: int | None = None
    """In bytes; HTML counts as a picture, as what is large in it mostly is one."""

    @classmethod
    def of(cls, config: Config) -> Self:
        """Those of a book."""
        return cls(text=config.execute.output_limit, picture=config.execute.picture_limit)


@dataclass(frozen=True, slots=True)
class Form:
    """One form of an output."""

    kind: Kind
    text: str = ""
    picture: bytes = b""
    """Of a picture, in place of ``text``."""
    size: tuple[int, int] | None = None
    """Width and height in which a picture is to be shown, where the output says so."""
    whole: str = ""
    """How large the output is (``412 kB``), where this is not all of it."""

    @property
    def file(self) -> str:
        """A name for the picture's file, the same for the same picture."""
        return f"{hashlib.sha256(self.picture).hexdigest()[:20]}.{self.kind}"


def output_forms(
    outputs: Iterable[Output], kinds: Sequence[Kind], limits: Limits = Limits()
) -> Iterator[list[Form]]:
    """For each output of a cell, in order, its forms.

    Where an output comes in several forms, they are those of these ``kinds``, in
    their order: a writer takes the first that it can show. Pieces written to one
    stream, one after the other, are one output.
    """
    for forms in _all_forms(outputs, kinds):
        yield list(_limited(forms, limits))


def readable(outputs: Iterable[Output], limits: Limits) -> Iterator[str]:
    """What there is to read on pages in the outputs of a cell: pictures are left out.

    HTML is as code has put it out.
    """
    for forms in output_forms(outputs, RICHEST_FIRST, limits):
        yield from (form.text for form in forms[:1])


def _limited(forms: Iterable[Form], limits: Limits) -> Iterator[Form]:
    """The forms that are not too large, and of texts the beginning."""
    left_out = ""
    is_empty = True
    for form in forms:
        if form.kind not in _RICH:
            text = _beginning(form.text, limits)
            size = "" if text == form.text else _shown_size(form.text.encode())
            yield replace(form, text=text, whole=left_out or size)
            is_empty = False
        elif limits.picture is None or len(form.picture or form.text) <= limits.picture:
            yield form
            is_empty = False
        else:
            left_out = left_out or _shown_size(form.picture or form.text.encode())
    if left_out and is_empty:
        yield Form("text", whole=left_out)


def _beginning(text: str, limits: Limits) -> str:
    if limits.text is None:
        return text
    if len(text) > limits.text or text.rstrip("\n").count("\n") >= MOST_LINES:
        text = "\n".join(text[: limits.text].split("\n", MOST_LINES)[:MOST_LINES])
    return text


def _shown_size(content: bytes) -> str:
    """How large it is, in the same words in every language."""
    size, units = len(content), ["B", "kB", "MB", "GB"]
    while size >= 1000 and len(units) > 1:
        size, units = round(size / 1000), units[1:]
    return f"{size}\N{NO-BREAK SPACE}{units[0]}"


def _all_forms(outputs: Iterable[Output], kinds: Sequence[Kind]) -> Iterator[list[Form]]:
    for (kind, name), group in groupby(outputs, lambda o: (o.get("output_type"), o.get("name"))):
        if kind == "stream":
            text = "".join(_text(output.get("text")) for output in group)
            yield [Form("stderr" if name == "stderr" else "stream", settled(text))]
            continue
        for output in group:
            if kind == "error":
                name_and_value = f"{output.get('ename')}: {output.get('evalue')}"
                lines = output.get("traceback") or [name_and_value]
                yield [Form("error", settled("\n".join(map(str, lines))))]
            elif kind in {"display_data", "execute_result"}:
                data = _with_first_frame(output.get("data", {}))
                yield list(_forms(data, output.get("metadata", {}), kinds))


def _forms(
    data: Mapping[str, Any], metadata: Mapping[str, Any], kinds: Sequence[Kind]
) -> Iterator[Form]:
    for kind in kinds:
        if _TYPES[kind] in data:
            text = _text(data[_TYPES[kind]])
            if kind not in PICTURE_KINDS:
                yield Form(kind, settled(text) if kind == "text" else text)
            elif picture := _picture(text, kind):
                said = metadata.get(_TYPES[kind])
                yield Form(kind, picture=picture, size=_size(said))


def _with_first_frame(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data of an output, for an animation with the picture that it begins with."""
    frame = _FIRST_FRAME.search(_text(data.get(_TYPES["html"])))
    return {frame[1]: frame[2], **data} if frame else data


def _size(metadata: object) -> tuple[int, int] | None:
    """What the metadata of a picture say of its size, for screens of twice the resolution."""
    match metadata:
        case {"width": int(width), "height": int(height)}:
            return width, height
    return None


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
