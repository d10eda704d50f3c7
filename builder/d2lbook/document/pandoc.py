"""Pandoc, the program: where it is, how it is called, what its documents look like.

It comes in the wheel of ``pypandoc_binary``. Documents go in and come out as
the JSON form of its syntax tree (the module ``Text.Pandoc.Definition`` of
pandoc-types is its description): every node is ``{"t": constructor, "c":
contents}``. Starting pandoc costs more than most of what it does for us, so
callers gather their work and call it once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib import metadata, resources
from pathlib import Path
from typing import Any, TypeAlias

from d2lbook.errors import RenderError

Node: TypeAlias = dict[str, Any]
"""One block or inline of a pandoc document."""

API_VERSION = [1, 23, 1]
"""The version of the syntax tree that pandoc 3 reads and writes."""


@cache
def program() -> Path:
    """The pandoc program; RenderError when the installation lacks it."""
    name = "pandoc.exe" if sys.platform == "win32" else "pandoc"
    path = Path(str(resources.files("pypandoc") / "files" / name))
    if not path.is_file():
        raise RenderError.of(
            "pandoc is missing from the installation", "install the package pypandoc_binary again"
        )
    return path


def version() -> str:
    """What names the exact pandoc that ``program`` is."""
    return metadata.version("pypandoc_binary")


def run(arguments: Sequence[str], document: str) -> str:
    """What pandoc writes when it is given these arguments and this text.

    Raises RenderError with pandoc's own words when it fails.
    """
    done = subprocess.run(
        [str(program()), *arguments], input=document.encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise RenderError.of(f"pandoc failed: {' '.join(done.stderr.decode().split())}")
    return done.stdout.decode()


def document(blocks: Sequence[Node]) -> str:
    """These blocks as a document that pandoc reads with ``-f json``."""
    return json.dumps({"pandoc-api-version": API_VERSION, "meta": {}, "blocks": blocks})


def raw(target: str, text: str) -> Node:
    """A block that the writer of this format copies as it is."""
    return {"t": "RawBlock", "c": [target, text]}


def convert_each(target: str, parts: Sequence[Sequence[Node]], *options: str) -> list[str]:
    """Each of these lists of blocks in the target format, by one call of pandoc."""
    if not parts:
        return []
    border = "\x1ed2lbook\x1e"
    blocks = [node for part in parts for node in (*part, raw(target, border))]
    text = run(["-f", "json", "-t", target, "--wrap=none", *options], document(blocks))
    return [part.strip() for part in text.split(border)[:-1]]
