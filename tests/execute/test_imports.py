"""The heavy imports of an execution."""

from __future__ import annotations

import subprocess
import sys

from d2lbook.execute.imports import OPTIONAL

PROGRAM = f"""
import sys
from d2lbook.execute.imports import lean_imports
with lean_imports():
    import d2lbook.execute.run
print([name for name in {OPTIONAL!r} if name in sys.modules])
"""


def test_nothing_that_no_notebook_needs_is_imported() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
