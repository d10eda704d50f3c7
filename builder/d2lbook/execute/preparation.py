"""What runs in every kernel, unseen: ``forkserver.py`` starts it, ``startup.py`` prepares it.

Both are read as text, because the interpreter of an environment doesn't have this package.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

FILES = ("forkserver.py", "startup.py")

DIGEST = hashlib.sha256(
    b"".join(Path(__file__).with_name(name).read_bytes() for name in FILES)
).hexdigest()
"""Names the way kernels are prepared; another way may give other outputs."""

FAILING_LINE = "__import__('sys').modules['d2lbook_kernel'].failing_line()"
"""Expression for a prepared kernel: where the last error was raised (see ``startup.py``)."""

ERROR_CLASSES = (
    "[f'{each.__module__}.{each.__qualname__}'"
    " for each in __import__('sys').last_type.__mro__ if each.__base__]"
)
"""Expression for a prepared kernel: the class of the last error and those it is made from."""

CUT = "application/vnd.d2lbook.cut+json"
"""Kind of the output that a prepared kernel puts in place of what would be too much."""
