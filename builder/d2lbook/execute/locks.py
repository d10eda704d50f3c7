"""Locks: the requirements of each environment, down to the last indirect package.

``envs/TAB.in`` names by hand what a tab needs; ``envs/TAB.txt``, the file that
``[env TAB] requirements`` names, is made from it. A lock is made for everybody:
for all platforms, and from the package index alone, since extra indexes and
folders of wheels are this machine's (a CPU build of PyTorch that lies in such
a folder is version ``2.13.0+cpu``, which no index has).

Packages which match ``unlocked`` are left out. The CUDA build of a framework
pins its CUDA packages exactly in its own metadata; in a lock they would come
along with the CPU build too. A lock with a gap has no hashes, because pip asks
for the hashes of all packages or of none.

The first line of a lock says since which day its packages are these; readers of
the book are told (``document/made_with.py``).
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from d2lbook.book import Place
from d2lbook.config import Config, EnvironmentConfig
from d2lbook.errors import EnvironmentFault, Problem
from d2lbook.execute.installer import Installer, InstallerError
from d2lbook.execute.interpreters import base_of
from d2lbook.execute.pip_settings import read_pip_settings
from d2lbook.files import write_atomically
from d2lbook.requirements_files import header_line, locked_on, named_package, normal_name


def make_lock(config: Config, tab: str, *, upgrade: bool = False) -> Path | None:
    """Make the lock of one tab, and return its path; None when the tab has none.

    Versions that the lock names already are kept where they still fit, unless
    ``upgrade``. Raises EnvironmentFault when there is no input file or no
    solution, OutputError when the lock can't be written.
    """
    settings = config.environments[tab]
    if not settings.requirements:
        return None
    target = config.root / settings.requirements
    source = target.with_suffix(".in")
    if source == target:
        what = f"{settings.requirements} can't be both the lock and what it is made from"
        place = config.place(f"env {tab}", "requirements")
        remedy = f"name the lock {target.with_suffix('.txt').name}"
        raise EnvironmentFault(Problem(what=what, place=place, remedy=remedy, tab=tab))
    _check_source(config, tab, source)
    base = base_of(config, tab)
    with tempfile.TemporaryDirectory(prefix="d2lbook-") as folder:
        draft = Path(folder) / target.name
        if target.exists() and not upgrade:
            shutil.copyfile(target, draft)
        flags = ["--python-version", base.version]
        flags += [] if settings.unlocked else ["--generate-hashes"]
        with _explained(config, tab, source):
            Installer(read_pip_settings().public()).resolve(
                source, draft, flags, settings.no_dependencies
            )
        packages = without(draft.read_text(encoding="utf-8"), settings.unlocked)
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    is_as_before = _without_header(before) == packages
    day = (locked_on(before) if is_as_before else "") or date.today().isoformat()
    header = _header(source.name, base.version, day, settings)
    write_atomically(target, (header + packages).encode())
    return target


def without(requirements: str, patterns: Iterable[str]) -> str:
    """The text of a requirements file without the packages that match a pattern.

    Of the format only this is used: a package begins at the start of a line,
    with its name, and ends before the next line that isn't indented.
    """
    packages = re.split(r"^(?=\S)", requirements, flags=re.MULTILINE)
    return "".join(text for text in packages if not _matches(text, patterns))


def _matches(package: str, patterns: Iterable[str]) -> bool:
    name = named_package(package)
    return any(fnmatchcase(name, normal_name(pattern)) for pattern in patterns)


def _header(source: str, version: str, day: str, settings: EnvironmentConfig) -> str:
    lines = []
    if settings.unlocked:
        lines.append(f"Left to the exact pins of what needs them: {', '.join(settings.unlocked)}")
    if settings.no_dependencies:
        names = ", ".join(settings.no_dependencies)
        lines.append(f"Without the dependencies of {names}: pip needs --no-deps")
    return header_line(source, version, day) + "".join(f"# {line}\n" for line in lines)


def _without_header(lock: str) -> str:
    return re.sub(r"\A(#.*\n)*", "", lock)


def _check_source(config: Config, tab: str, source: Path) -> None:
    if not source.is_file():
        requirements = config.environments[tab].requirements
        raise EnvironmentFault(
            Problem(
                what=f"there is no {source.name} beside {requirements} to make it from",
                place=config.place(f"env {tab}", "requirements"),
                remedy="write one that names what the tab needs, one package per line",
                tab=tab,
            )
        )


@contextmanager
def _explained(config: Config, tab: str, source: Path) -> Iterator[None]:
    """Turn uv's failure into one that says what it means for the book."""
    try:
        yield
    except InstallerError as error:
        raise EnvironmentFault(
            Problem(
                what="there are no versions that fit together, or the index can't be reached",
                place=Place(path=source.relative_to(config.root).as_posix(), line=0),
                remedy="uv says what is the matter",
                tab=tab,
                detail=str(error),
            )
        ) from None
