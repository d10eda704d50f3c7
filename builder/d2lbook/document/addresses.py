"""Where the links of a page lead: to another page, to a file of the book, or elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Container
from pathlib import Path
from urllib.parse import unquote, urlsplit


def local_path(here: str, link: str) -> tuple[str, str] | None:
    """The path, relative to the pages' folder, and the fragment that a link of a page means.

    None where the link leads out of the book, or is a mere fragment. The path
    may begin with ``..``; whether it lies in the book is for the caller to say.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(parts.path)))
    return path, parts.fragment


def page_at(path: str, pages: Container[str]) -> str | None:
    """The name of the page that a path means, with ``.md``, ``.html`` or neither; or None."""
    name = path.removesuffix(".md").removesuffix(".html")
    return name if name in pages else None


def file_at(path: str, *, source: Path, root: Path) -> Path | None:
    """The file at a path from the pages' folder; None where there is none in the book's folder.

    Links are resolved, so nothing from outside the book is ever found.
    """
    try:
        file = (source / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError, RuntimeError):  # such a name can't be, or links go in a circle
        return None
