"""Pictures and other files of the book that its pages show or link to.

Only what lies in the book's folder, links resolved, is ever found; so nothing
from elsewhere gets into the site.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from d2lbook.document.addresses import file_at, local_link

_HEAD = 1 << 16
"""How much of a picture is read for its size."""

ELSEWHERE = "_files"
"""Folder of the site for files that lie outside the folder of the pages."""


@dataclass(frozen=True, slots=True)
class BookFile:
    """A file of the book that goes into the site."""

    path: Path
    site_path: str


@dataclass(frozen=True, slots=True)
class BookFiles:
    """Finds files: ``root`` is the book's folder, ``source`` that of its pages, both absolute."""

    root: Path
    source: Path

    def find(self, page: str, link: str) -> BookFile | None:
        """The file that a link of this page means; None where it leads to none in the book."""
        local = local_link(page, link)
        if not local:
            return None
        path = file_at(local.path, source=self.source, root=self.root)
        if not path:
            return None
        if path.is_relative_to(self.source):
            return BookFile(path, path.relative_to(self.source).as_posix())
        return BookFile(path, f"{ELSEWHERE}/{path.relative_to(self.root).as_posix()}")


def picture_size_of(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture in a file; None where it doesn't say."""
    with path.open("rb") as file:
        return picture_size(file.read(_HEAD))


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF, JPEG or SVG; None where it doesn't say."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    return _svg_size(content[:4096].decode("utf-8", "replace"))


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """The size in the frame header (ITU-T T.81, B.2.2)."""
    position = 2
    while position + 9 < len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[position + 5 : position + 9])
            return width, height
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return None


_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


def _svg_size(text: str) -> tuple[int, int] | None:
    tag = re.search(r"<svg\b[^>]*>", text, re.DOTALL)
    if not tag:
        return None
    width, height = (_svg_length(tag[0], name) for name in ("width", "height"))
    if width and height:
        return width, height
    sides = rf"({_NUMBER})[\s,]+({_NUMBER})"
    box = re.search(rf"""viewBox=["']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+{sides}\s*["']""", tag[0])
    return (round(float(box[1])), round(float(box[2]))) if box else None


def _svg_length(tag: str, name: str) -> int | None:
    side = re.search(rf"""\s{name}=["']\s*({_NUMBER})([a-z]*)\s*["']""", tag)
    return round(float(side[1]) * _UNITS[side[2]]) if side and side[2] in _UNITS else None
