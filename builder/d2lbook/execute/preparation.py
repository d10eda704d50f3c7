"""What is run in every kernel, unseen, before the first cell: ``startup.py``, as text.

As text, because the interpreter of an environment doesn't have this package.
"""

from __future__ import annotations

import hashlib
from importlib import resources

TEXT = resources.files("d2lbook.execute").joinpath("startup.py").read_text("utf-8")

DIGEST = hashlib.sha256(TEXT.encode()).hexdigest()
"""Names the way kernels are prepared; another way may give other outputs."""

MODULE = "d2lbook_kernel"

FAILING_LINE = f"__import__('sys').modules[{MODULE!r}].failing_line()"
"""Expression for a prepared kernel: where the last error was raised (see ``startup.py``)."""


def code(seed: int) -> str:
    """Code that prepares a kernel and leaves no name behind for the cells to see."""
    names = {"__name__": MODULE, "SEED": seed}
    return f"exec(compile({TEXT!r}, '<d2lbook>', 'exec'), {names!r})"
