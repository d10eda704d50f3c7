"""Which Python an environment stands on, and what is installed there."""

from __future__ import annotations

import functools
import json
import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from d2lbook.config import Config
from d2lbook.errors import ConfigError, EnvironmentFault, Problem
from d2lbook.requirements_files import pins

PROBE = """\
import importlib.metadata, json, platform
names = {"%s==%s" % (d.metadata["Name"], d.version) for d in importlib.metadata.distributions()}
print(json.dumps({"version": platform.python_version(), "packages": sorted(names)}))
"""

PATIENCE = 60
"""Seconds an interpreter may take to start and look at its packages."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What a virtual environment is made from."""

    python: str
    """A version for uv to find, or the path of an interpreter."""
    version: str
    """As far as the book says it: ``3.11``."""
    identity: str
    """Tells apart what would make a different environment."""


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """A Python that is there."""

    python: Path
    version: str
    packages: tuple[str, ...]
    """``NAME==VERSION`` of all that is installed."""

    @property
    def has_kernel(self) -> bool:
        """Whether notebooks can run in it."""
        return "ipykernel" in pins(self.packages)


def base_of(config: Config, tab: str) -> Base:
    """The Python that the virtual environment of this tab is to be made from.

    Raises ConfigError when ``python`` of ``[env TAB]`` is neither a version nor
    a path, EnvironmentFault when it is the path of no interpreter.
    """
    python = config.environments[tab].python
    if not python:
        version = _minor(platform.python_version())
        return Base(python=sys.executable, version=version, identity=version)
    if re.fullmatch(r"\d+(\.\d+){0,2}", python):
        # The Python that runs here is there; uv looks for others, on PATH and in known folders.
        is_own = f"{platform.python_version()}.".startswith(f"{python}.")
        found_by = sys.executable if is_own else python
        return Base(python=found_by, version=python, identity=python)
    found = interpreter_of(config, tab)
    return Base(
        python=str(found.python),
        version=_minor(found.version),
        identity=f"{found.python} {found.version}",
    )


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def interpreter_of(config: Config, tab: str) -> Interpreter:
    """The interpreter that ``[env TAB]`` points at; without ``python``, this process's own.

    Raises ConfigError when ``python`` is not a path, EnvironmentFault when
    there is no interpreter at that path.
    """
    python = config.environments[tab].python or sys.executable
    place = config.place(f"env {tab}", "python")
    if "/" not in python:
        raise ConfigError(
            Problem(
                what=f"[env {tab}] python can't be '{python}' here",
                place=place,
                remedy="name the path of an interpreter, or a version (3.11) and requirements",
            )
        )
    path = os.path.normpath(config.root / Path(python).expanduser())
    try:
        return inspect(path)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise EnvironmentFault(
            Problem(
                what=f"{path} is no Python that runs",
                place=place,
                remedy="name the path of an interpreter, such as ENVIRONMENT/bin/python",
                tab=tab,
                detail=_reason(error),
            )
        ) from None


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        said = error.stderr.decode(errors="replace").strip()
        return said or f"it ended with exit status {error.returncode}"
    return str(error)


@functools.cache
def inspect(python: str) -> Interpreter:
    """Ask an interpreter what it is.

    Raises OSError, SubprocessError or ValueError when it gives no answer.
    """
    answer = subprocess.run(
        [python, "-E", "-c", PROBE],  # the same wherever it is asked, and by whomever
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
    )
    content = json.loads(answer.stdout)
    return Interpreter(
        python=Path(python), version=content["version"], packages=tuple(content["packages"])
    )
