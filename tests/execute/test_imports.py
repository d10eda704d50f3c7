"""The heavy imports of an execution."""

from __future__ import annotations

import subprocess
import sys

from d2lbook.execute.imports import OPTIONAL

IMPORTS = f"""
import sys
from d2lbook.execute.imports import lean_imports
with lean_imports():
    import d2lbook.execute.run
print([name for name in {OPTIONAL!r} if name in sys.modules])
"""

CELL = """
from d2lbook.execute.imports import lean_imports
with lean_imports():
    import nbformat
nbformat.v4.new_code_cell("x")
print({key[0] for key in nbformat.validator.validators})
"""


def test_nothing_that_no_notebook_needs_is_imported() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


def test_no_schema_is_compiled_for_checking_cells() -> None:
    ran = subprocess.run([sys.executable, "-c", CELL], capture_output=True, text=True, check=True)
    assert ran.stdout == "{'jsonschema'}\n"
