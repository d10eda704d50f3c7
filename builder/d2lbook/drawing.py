"""Pictures that Typst draws: social cards, the covers of EPUBs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from d2lbook.parallel import in_a_copy
from d2lbook.vendored import PRINT_FONTS


def draw_png(template: Path, inputs: Mapping[str, object], *, ppi: int) -> list[bytes]:
    """The pages of a template, each as a PNG file; it has the inputs as JSON in ``sys.inputs``.

    With 72 ``ppi``, a point of the template is one pixel.
    """
    return in_a_copy(lambda: _draw(template, inputs, ppi))


def _draw(template: Path, inputs: Mapping[str, object], ppi: int) -> list[bytes]:
    # Few builds draw anything, and it takes a while to import.
    import typst

    compiler = typst.Compiler(
        template,
        font_paths=[PRINT_FONTS],
        sys_inputs={name: json.dumps(value) for name, value in inputs.items()},
    )
    # One page comes as bytes, several as a list of them.
    found: Any = compiler.compile(format="png", ppi=ppi)
    return [found] if isinstance(found, bytes) else list(found)
