"""The environment variables of a kernel: the same whoever builds the book, and wherever."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from d2lbook.execute.compiled import compiled_variables
from d2lbook.execute.jobs import Job

NOT_INHERITED = re.compile(
    r"(I?PYTHON|JUPYTER|JPY_).*|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|MPLBACKEND|VIRTUAL_ENV"
)
"""Variables through which the user's settings, or this process's own, would show in outputs."""


def kernel_variables(
    job: Job, folder: Path, limits: Mapping[str, str], inherited: Mapping[str, str]
) -> dict[str, str]:
    """The variables of a kernel's process.

    ``folder`` is the kernel's own, for settings; ``limits`` hold where neither
    the book nor the user has set the same variable.
    """
    kept = {name: text for name, text in inherited.items() if not NOT_INHERITED.fullmatch(name)}
    given = dict(job.environment.variables)
    own = {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "jupyter"),
        "MATPLOTLIBRC": os.devnull,
        "PATH": _joined(job.environment.python.parent, kept.get("PATH", os.defpath)),
        "PYTHONHASHSEED": "0",
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
        "SOURCE_DATE_EPOCH": "315532800",  # 1980, as zip files can't be older
    }
    paths = _joined(job.modules, given.get("PYTHONPATH", ""))
    compiled = compiled_variables(job.compiled, {**kept, **given})
    return {**limits, **compiled, **kept, **own, **given, "PYTHONPATH": paths}


def _joined(first: Path, others: str) -> str:
    return os.pathsep.join(filter(None, [str(first), others]))
