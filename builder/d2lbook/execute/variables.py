"""The environment variables of a kernel: the same whoever builds the book, and wherever."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from d2lbook.execute.compiled import compiled_variables
from d2lbook.execute.jobs import Job

NOT_INHERITED = re.compile(
    r"(I?PYTHON|JUPYTER|JPY_|NBFORMAT_|PYTEST_|RAY_).*"
    r"|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|MPLBACKEND|VIRTUAL_ENV"
)
"""Variables through which the user's settings, or this process's own, would show in outputs,
or a cluster's secret be told."""

THREAD_VARIABLES = (
    "MKL_NUM_THREADS",
    "NPROC",  # JAX
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""How many threads a kernel may have, as numerical libraries are told."""


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
    devices = {} if job.devices is None else device_variables(job.devices)
    return {**limits, **compiled, **kept, **devices, **own, **given, "PYTHONPATH": paths}


def device_variables(devices: Sequence[str]) -> Mapping[str, str]:
    """Variables by which a kernel has these GPUs and no others, for itself alone."""
    if not devices:
        return {"CUDA_VISIBLE_DEVICES": ""}
    return {
        "CUDA_VISIBLE_DEVICES": ",".join(devices),
        # What a kernel does not need yet is there for its child processes.
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "XLA_PYTHON_CLIENT_MEM_FRACTION": ".9",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


def _joined(first: Path, others: str) -> str:
    return os.pathsep.join(filter(None, [str(first), others]))
