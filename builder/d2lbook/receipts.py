"""Receipts: what a target was made from and what it wrote, so that it isn't made again for nothing.

    every file of the book + this tool + what the caller names ──► one digest
    every file that the target wrote                           ──► its size and times

A target whose receipt says the same as before is as it should be; what was odd
when it was made is told again. What goes in is known by its content alone: a
file's times only spare us reading it again, as git's index does. What came out
is known by its times, because nobody else has reason to touch it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from d2lbook.book import Place
from d2lbook.config import Config
from d2lbook.errors import OutputError, Problem
from d2lbook.files import write_atomically
from d2lbook.source.files import files_below, matching_files

_SAME_MOMENT = 2 * 10**9
"""Nanoseconds in which a file may change again without its times telling."""

Sign = list[int]
"""Size and times of a file: what changes when somebody writes to it."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a target has made."""

    results: Sequence[Path]
    """Where a person looks for it."""
    problems: Sequence[Problem]
    """What was odd."""


class Receipts:
    """The receipts of one book. Reading them never fails; one that is damaged is not there.

    The book's files are looked at once, now: what changes while a target is made is for
    the next build.
    """

    def __init__(self, config: Config, but_for: Path | None = None) -> None:
        self.config = config
        self.but_for = but_for
        """A file that is none of the book's, wherever it is."""
        self.folder = config.state / "receipts"
        self._files = self._look()

    def find(self, target: str, made_from: str) -> Made | None:
        """What the target has made if it was made from just this, and it is all still there."""
        receipt = _read(self.folder / f"{target}.json")
        try:
            if receipt["made_from"] != self._digest(made_from):
                return None
            results = [self.config.root / name for name in receipt["results"]]
            if receipt["wrote"] != _signs(results, self.config.root):
                return None
            problems = [_problem(**fields) for fields in receipt["problems"]]
        except (KeyError, TypeError):
            return None
        return Made(results=results, problems=problems)

    def keep(self, target: str, made_from: str, made: Made) -> None:
        """Write down that the target was made; where that can't be written, it is made again."""
        receipt = {
            "made_from": self._digest(made_from),
            "results": [path.relative_to(self.config.root).as_posix() for path in made.results],
            "wrote": _signs(made.results, self.config.root),
            "problems": [asdict(problem) for problem in made.problems],
        }
        try:
            _write(self.folder / f"{target}.json", receipt)
            _write(self.folder / "files.json", self._files)
        except OutputError:
            return

    def _digest(self, made_from: str) -> str:
        contents = {name: digest for name, (_, digest) in self._files.items()}
        return _digest([_tool(), made_from, contents])

    def _look(self) -> Mapping[str, tuple[Sign, str]]:
        """Every file of the book, as it is now: its sign (empty: don't trust it) and its digest."""
        known = _read(self.folder / "files.json")
        now = time.time_ns()
        found: dict[str, tuple[Sign, str]] = {}
        for path in filter(lambda path: path != self.but_for, _files_of(self.config)):
            name = path.relative_to(self.config.root).as_posix()
            try:
                status = path.stat()
                sign = _sign(status)
                if not stat.S_ISREG(status.st_mode):  # who opens a pipe may wait for ever
                    digest = "no file"
                elif name in known and known[name][0] == sign:
                    digest = known[name][1]
                else:
                    with path.open("rb") as stream:
                        digest = hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                sign, digest = [], str(error.strerror)
            is_settled = all(moment + _SAME_MOMENT < now for moment in sign[1:])
            found[name] = (sign if is_settled else [], digest)
        return found


def _files_of(config: Config) -> Iterator[Path]:
    """All files in the book's folder but those that are built, and hidden ones nobody names."""
    yield from files_below(config.root, config.output)
    yield from matching_files(config, (*config.build.resources, *config.build.dependencies))
    for pattern in filter(None, config.file_patterns):
        yield from filter(Path.is_file, config.root.glob(pattern))


def _signs(paths: Iterable[Path], root: Path) -> dict[str, Sign]:
    """The signs of these files, and of all that lie below these folders.

    The index page of a site stands for its folder.
    """
    files: list[Path] = []
    for path in paths:
        whole = path.parent if path.name == "index.html" else path
        files += filter(Path.is_file, whole.rglob("*")) if whole.is_dir() else [whole]
    try:
        return {file.relative_to(root).as_posix(): _sign(file.stat()) for file in files}
    except OSError:
        return {"": []}  # as no receipt has it


def _sign(status: os.stat_result) -> Sign:
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


@cache
def _tool() -> str:
    """What names this very tool: its own files, the packages beside it, and the interpreter."""
    package = Path(__file__).parent
    own = {
        path.relative_to(package).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    places = filter(Path.is_dir, map(Path, sys.path))
    installed = sorted(path.name for place in places for path in place.glob("*.dist-info"))
    return _digest([own, installed, sys.version])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _problem(*, place: Mapping[str, Any] | None, **fields: str) -> Problem:
    return Problem(place=Place(**place) if place else None, **fields)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(path: Path, value: Any) -> None:
    write_atomically(path, json.dumps(value, ensure_ascii=False).encode())
