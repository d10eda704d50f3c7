"""Photos and screenshots, made no larger than paper and e-readers can show.

Whoever shows a picture unpacks it first: a camera's takes fifty megabytes, most of
them for details that no printer shows.
"""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import Any

DOTS_PER_INCH = 220
WIDEST = round(146 / 25.4 * DOTS_PER_INCH)
"""Pixels across the text of a page of A4."""
HIGHEST = round(190 / 25.4 * DOTS_PER_INCH)
_WORTH = 1.25
"""A picture that is less than so many times too large stays as sharp as it is."""

_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_MODES = {"JPEG": ("L", "RGB", "CMYK"), "PNG": ("L", "LA", "RGB", "RGBA")}


def fitted(content: bytes, path: str) -> bytes:
    """The picture with the pixels that paper can show; as it is where it has no more.

    What can't be read, and what no camera makes, stays as it is too.
    """
    form = _FORMATS.get(PurePosixPath(path).suffix.lower(), "")
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
            # Who takes it in packs what is not a JPEG anew.
            options |= {"quality": 85} if form == "JPEG" else {"compress_level": 1}
            written = io.BytesIO()
            ImageOps.exif_transpose(smaller).save(written, form, **options)
    except (OSError, ValueError, Image.DecompressionBombError):
        return content
    return written.getvalue()
