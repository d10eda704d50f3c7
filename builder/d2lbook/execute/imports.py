"""Imports nbformat and nbclient without what they do not need."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OPTIONAL = (
    "fqdn",
    "isoduration",
    "rfc3339_validator",
    "rfc3986_validator",
    "rfc3987_syntax",
    "uri_template",
    "webcolors",
)
"""Modules with which jsonschema, below nbformat, checks texts that no notebook has.

They come with JupyterLab. One of them compiles a grammar when it is imported, and
takes longer for that than everything else takes together; another a long pattern.
"""


@contextmanager
def lean_imports() -> Iterator[None]:
    """What is imported meanwhile finds none of the ``OPTIONAL`` modules.

    And nbformat, for good, checks cells and outputs by no other library but jsonschema. It
    does so anyway, after the other one has compiled the schema of whole notebooks.
    """
    os.environ.setdefault("NBFORMAT_VALIDATOR", "jsonschema")
    absent = [name for name in OPTIONAL if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
