"""Pictures: what their content says they are; photos are made no larger than can be shown.

Whoever shows a picture unpacks it first: a camera's takes fifty megabytes, most of
them for details that no printer shows.
"""

from __future__ import annotations

import io
import re
from pathlib import PurePosixPath
from typing import Any

DOTS_PER_INCH = 220
WIDEST = round(146 / 25.4 * DOTS_PER_INCH)
"""Pixels across the text of a page of A4."""
HIGHEST = round(190 / 25.4 * DOTS_PER_INCH)
_WORTH = 1.25
"""A picture that is less than so many times too large stays as sharp as it is."""

_BEGINNINGS = {
    ".gif": re.compile(rb"GIF8[79]a"),
    ".jpg": re.compile(rb"\xff\xd8\xff"),
    ".png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    ".webp": re.compile(rb"RIFF....WEBP", re.DOTALL),
    ".svg": re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?].*?)?<svg\b", re.DOTALL),
}
_FORMATS = {".jpg": "JPEG", ".png": "PNG"}
_MODES = {"JPEG": ("L", "RGB", "CMYK"), "PNG": ("L", "LA", "RGB", "RGBA")}


def suffix_of(content: bytes, path: str) -> str:
    """What a picture's name should end with; that of ``path`` where its content does not say."""
    found = (suffix for suffix, begins in _BEGINNINGS.items() if begins.match(content[:4096]))
    return next(found, PurePosixPath(path).suffix.lower())


def fitted(content: bytes) -> bytes:
    """The picture with the pixels that paper can show; as it is where it has no more.

    What can't be read, and what no camera makes, stays as it is too.
    """
    form = _FORMATS.get(suffix_of(content, ""), "")
    if not form:
        return content
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            across = picture.width
            if max(across / WIDEST, picture.height / HIGHEST) <= _WORTH:
                return content
            picture.draft(None, (WIDEST, HIGHEST))
            has_colors = picture.mode in _MODES[form]
            smaller = picture if has_colors else picture.convert("RGBA" if form == "PNG" else "RGB")
            smaller.thumbnail((WIDEST, HIGHEST))
            options: dict[str, Any] = {"icc_profile": picture.info.get("icc_profile")}
            if dots := picture.info.get("dpi"):
                # So that it is as wide as it was.
                options["dpi"] = tuple(each * smaller.width / across for each in dots)
            # A PNG is compressed once more, by Typst or in the zip file that an EPUB is.
            options |= {"quality": 85} if form == "JPEG" else {"compress_level": 1}
            written = io.BytesIO()
            ImageOps.exif_transpose(smaller).save(written, form, **options)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return content
    return written.getvalue()
