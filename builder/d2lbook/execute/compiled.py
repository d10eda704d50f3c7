"""What frameworks have compiled for this machine, kept between builds: JAX's own cache.

A notebook of JAX spends most of its time in compiling small functions, the same
ones in every notebook. The cache is JAX's; no output depends on it, and with
``startup.py`` nothing of it shows, an entry that is damaged least of all.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
import re
from collections.abc import Mapping
from pathlib import Path

BYTES_KEPT = 1_000_000_000

CPU_LINES = re.compile(r"^(?:model name|flags|Features|CPU part)\s*:.*", re.M)


def compiled_folder(state: Path) -> Path:
    """The folder of such code in the book's folder of state, for processors like this one's."""
    described = platform.machine()
    with contextlib.suppress(OSError):
        described += "\n".join(sorted(set(CPU_LINES.findall(Path("/proc/cpuinfo").read_text()))))
    return state / "compiled" / hashlib.sha256(described.encode()).hexdigest()[:16]


def prune_compiled(folder: Path, size: int = BYTES_KEPT) -> None:
    """Delete what was used longest ago until no more than ``size`` bytes are left."""
    known: list[tuple[float, int, Path]] = []
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if file.is_file():
                stat = file.stat()
                known.append((max(stat.st_atime, stat.st_mtime), stat.st_size, file))
    total = 0
    for _, taken, file in sorted(known, reverse=True):
        total += taken
        if total > size:
            with contextlib.suppress(OSError):
                file.unlink()


def compiled_variables(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The variables by which JAX uses this folder, unless those given name another."""
    if "JAX_COMPILATION_CACHE_DIR" in given:
        return {}
    return {
        "JAX_COMPILATION_CACHE_DIR": str(folder),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
