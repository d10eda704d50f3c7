"""Pictures as EPUBs may have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from d2lbook.volume.rasters import fitted, suffix_of

MEDIA_TYPES: Mapping[str, str] = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""What every e-reader has to show (https://www.w3.org/TR/epub-33/#sec-core-media-types)."""

_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[[^\]]*\]\s*)?>")
_SCRIPT = re.compile(rb"<script\b.*?(?:/>|</script\s*>)", re.DOTALL | re.IGNORECASE)
_NO_PATH = re.compile(rb"<path\b(?![^>]*\sd\s*=)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    file: str
    """Its name in the EPUB."""
    content: bytes


def prepared(pictures: Mapping[str, bytes]) -> dict[str, Picture]:
    """The pictures, by their paths."""
    found: dict[str, Picture] = {}
    for number, path in enumerate(sorted(pictures), 1):
        content = pictures[path]
        suffix = suffix_of(content, path)
        content = _sound_svg(content) if suffix == ".svg" else fitted(content)
        found[path] = Picture(file=f"pictures/{number:03}{suffix}", content=content)
    return found


def _sound_svg(content: bytes) -> bytes:
    """An SVG as EPUBs may have it: no document type, no programs, no path without a way."""
    drawn = _SCRIPT.sub(b"", _DOCTYPE.sub(b"", content, count=1))
    return _NO_PATH.sub(b'<path d="M0 0"', drawn)
