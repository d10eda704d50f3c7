"""Problems as GitHub Actions takes them, to show them at the lines of a change.

The format: docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from d2lbook.errors import Problem


def is_running() -> bool:
    """Whether it is what runs us."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def annotation(problem: Problem, severity: Literal["error", "warning"], folder: Path) -> str:
    """One line; ``folder`` is the book's, and paths are given as seen from the repository's."""
    properties = {}
    if problem.place:
        path = os.path.relpath(folder / problem.place.path, os.environ.get("GITHUB_WORKSPACE"))
        properties["file"] = Path(path).as_posix()
        if problem.place.line:
            properties["line"] = str(problem.place.line)
    if problem.tab:
        properties["title"] = problem.tab
    named = ",".join(
        f"{name}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}"
        for name, value in properties.items()
    )
    remedy = f"; {problem.remedy}" if problem.remedy else ""
    detail = f"\n{problem.detail}" if problem.detail else ""
    text = _escaped(problem.what + remedy + detail)
    return f"::{severity}{' ' if named else ''}{named}::{text}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
