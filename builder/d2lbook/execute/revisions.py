"""What a range of git's revisions touches; git itself is asked, with lists of arguments."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from d2lbook.errors import Problem, UsageError


def changed_files(root: Path, revisions: str) -> frozenset[str]:
    """The files below a folder that differ, as paths from it, those that are gone too.

    ``revisions`` is one revision, which the working tree with its new files is
    compared with, or a range ``A..B`` or ``A...B``. Raises UsageError where there
    is no git, no repository, or no such revision.
    """
    if not revisions.strip():
        raise UsageError.of(
            "'' names no revisions of git", "write one, such as HEAD~1 or main...HEAD"
        )
    _git(root, "rev-parse", "--is-inside-work-tree", what=f"{root} is not in a git repository")
    changed = _git(
        root,
        "diff", "--name-only", "--no-renames", "--relative", "-z",
        "--end-of-options", revisions, "--", ".",
        what=f"git knows no revisions '{revisions}'",
        remedy="fetch them (a shallow clone lacks most), or name others",
    )  # fmt: skip
    if ".." not in revisions:
        changed += _git(
            root, "ls-files", "--others", "--exclude-standard", "-z", what="git can't list files"
        )
    return frozenset(os.fsdecode(name) for name in changed.split(b"\0") if name)


def earlier_text(root: Path, revisions: str, name: str) -> str | None:
    """A file of that folder as it was at the beginning of the range; None if that can't be said."""
    start, dots, end = re.fullmatch(r"(.*?)(\.{2,3}|$)(.*)", revisions, re.DOTALL).groups()  # type: ignore[union-attr]
    try:
        if dots == "...":
            sides = (start or "HEAD", end or "HEAD")
            start = _git(root, "merge-base", "--end-of-options", *sides).decode().strip()
        return _git(root, "show", "--end-of-options", f"{start or 'HEAD'}:./{name}").decode()
    except (UsageError, UnicodeDecodeError):
        return None


def _git(root: Path, *arguments: str, what: str = "", remedy: str = "") -> bytes:
    """What git says. Raises UsageError, with ``what``, when it fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise UsageError.of("there is no git to ask for changes", "install git") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise UsageError(Problem(what=what, remedy=remedy, detail=said)) from None
    return done.stdout
