"""The cover of an EPUB: a picture, since that is what e-readers show on their shelves."""

from __future__ import annotations

import json
from importlib import resources

import typst

from d2lbook.parallel import in_a_copy
from d2lbook.volume.cover import Cover


def draw_cover(cover: Cover) -> bytes:
    """The cover as a PNG of 1200 by 1800 pixels."""
    return in_a_copy(lambda: _draw(cover))


def _draw(cover: Cover) -> bytes:
    shown = {
        "title": cover.title,
        "author": cover.author,
        "edition": cover.edition,
        "direction": cover.language.direction,
    }
    with (
        resources.as_file(resources.files(__package__) / "cover.typ") as template,
        resources.as_file(resources.files("d2lbook.pdf") / "fonts") as fonts,
    ):
        compiler = typst.Compiler(
            str(template), font_paths=[str(fonts)], sys_inputs={"cover": json.dumps(shown)}
        )
        found = compiler.compile(format="png", ppi=144)
    assert isinstance(found, bytes), "a cover is one page"
    return found
