"""The environment of each tab: where it is, whether it is ready, making it.

``[env TAB]`` of ``config.ini`` describes it. With ``requirements`` it is a
virtual environment of its own in the user's cache folder, shared by all books
with the same requirements. Without, it is an interpreter that somebody else
looks after, and there is nothing to make.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook.config import Config
from d2lbook.errors import EnvironmentFault, Problem, raise_all
from d2lbook.execute import environment_store as store
from d2lbook.execute.interpreters import base_of, interpreter_of
from d2lbook.frameworks import PACKAGES
from d2lbook.requirements_files import pins

if TYPE_CHECKING:
    from d2lbook.execute.installer import Installer

OTHER_FILE = re.compile(r"(?:-[rc]\s*|--(?:requirement|constraint)[\s=]+)(?P<name>\S+)")
"""A line that takes in another file of requirements."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Where the notebooks of one tab run."""

    tab: str
    python: Path
    """The interpreter, absolute; it need not be there yet."""
    variables: Mapping[str, str]
    """Environment variables of the kernel."""
    digest: str
    """Says what is installed: other requirements or another Python, another digest."""
    preload: tuple[str, ...] | None
    """Modules to import before a kernel is asked for; None: those the notebooks import."""
    folder: Path | None = None
    """The virtual environment; None: an interpreter that is not ours to make."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Those of Python and of the frameworks in it, as far as they are known, by name."""

    @property
    def origin(self) -> dict[str, str]:
        """What its outputs come from, in the same words wherever they are made."""
        return {**self.versions, **({"lock": self.digest} if self.folder else {})}


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A step in the making of one environment."""

    tab: str
    text: str
    finished: bool = False
    """Whether it was the last step, for good or ill."""


OnProgress = Callable[[Progress], None]
"""Is told of every step; never by two threads at once."""


def find_environment(config: Config, tab: str) -> Environment:
    """The environment of a tab as the configuration describes it; makes nothing.

    Raises EnvironmentFault when its requirements or its interpreter are not
    there or won't do, ConfigError when ``python`` is neither a version nor a
    path.
    """
    settings = config.environments[tab]
    if settings.requirements:
        no_dependencies = sorted(settings.no_dependencies)
        lines = _required(config, tab, config.root / settings.requirements)
        required = [line for _, line in lines]
        base = base_of(config, tab)
        digest = _digest(*required, base.identity, *no_dependencies)
        versions = _versions(base.version, required)
        folder = store.folder_of(tab, digest)
        python = folder / "bin" / "python"
    else:
        interpreter = interpreter_of(config, tab)
        if not interpreter.has_kernel:
            raise _fault(config, tab, "python", *_without_kernel(str(interpreter.python)))
        python, folder = interpreter.python, None
        digest = _digest(str(python), interpreter.version, *interpreter.packages)
        versions = _versions(interpreter.version, interpreter.packages)
    return Environment(
        tab=tab,
        python=python,
        variables=settings.variables,
        digest=digest,
        preload=settings.preload,
        folder=folder,
        versions=versions,
    )


def requirement_files(config: Config, tab: str) -> Iterator[str]:
    """The requirements of a tab, and the files they take in, as paths from the book's folder.

    Those after one that can't be read are left out.
    """
    if name := config.environments[tab].requirements:
        yield os.path.relpath(config.root / name, config.root)
        with suppress(EnvironmentFault):
            for file, line in _required(config, tab, config.root / name):
                if named := OTHER_FILE.match(line):
                    yield os.path.relpath(file.parent / named["name"], config.root)


def is_ready(environment: Environment) -> bool:
    """Whether kernels can be started in it now."""
    if environment.folder is None:
        return True
    # The interpreter is a link to the Python it was made from, which may be gone.
    return store.is_finished(environment.folder) and environment.python.exists()


def make_environments(
    config: Config, tabs: Iterable[str], on_progress: OnProgress
) -> dict[str, Environment]:
    """Make the environments of these tabs that are not ready, all at once.

    Returns the environments of all these tabs; starts no process when they are
    ready. Raises EnvironmentFault with a problem for each that can't be made;
    the others are made all the same.
    """
    environments: dict[str, Environment] = {}
    problems: list[Problem] = []
    for tab in tabs:
        try:
            environments[tab] = find_environment(config, tab)
        except EnvironmentFault as fault:
            problems.extend(fault.problems)
    missing = [found for found in environments.values() if not is_ready(found)]
    if missing:
        problems.extend(_make_all(config, missing, on_progress))
    raise_all(EnvironmentFault, problems)
    for environment in environments.values():
        if environment.folder:
            store.mark_used(environment.folder)
    return environments


def prune_environments(config: Config | None) -> list[store.StoredEnvironment]:
    """Delete the environments that this book doesn't need; without a book, all of them.

    Returns those that were deleted. Raises EnvironmentFault when it can't be
    said what the book needs, or when one can't be deleted.
    """
    tabs = config.tabs if config else ()
    needed = {find_environment(config, tab).folder for tab in tabs} if config else set()
    doomed = [stored for stored in store.list_environments() if stored.folder not in needed]
    try:
        for stored in doomed:
            store.remove(stored)
        store.remove_unfinished()
    except OSError as error:
        what = f"can't delete {error.filename}: {error.strerror}"
        raise EnvironmentFault.of(what, "check the rights on that folder") from error
    return doomed


def _make_all(
    config: Config, environments: Sequence[Environment], on_progress: OnProgress
) -> list[Problem]:
    """Make environments side by side; returns what went wrong."""
    # Heavy: only who makes an environment pays for it.
    from d2lbook.execute.installer import Installer
    from d2lbook.execute.pip_settings import read_pip_settings

    installer = Installer(read_pip_settings())
    guard = threading.Lock()

    def make(environment: Environment) -> Sequence[Problem]:
        def report(text: str, finished: bool = False) -> None:
            with guard:
                on_progress(Progress(tab=environment.tab, text=text, finished=finished))

        try:
            _make(config, environment, installer, report)
        except EnvironmentFault as fault:
            report("failed", finished=True)
            return fault.problems
        report("ready", finished=True)
        return ()

    with ThreadPoolExecutor(len(environments)) as pool:
        futures = [pool.submit(make, environment) for environment in environments]
        try:
            wait(futures)
        except BaseException:
            installer.stop()
            raise
    return [problem for future in futures for problem in future.result()]


def _make(
    config: Config, environment: Environment, installer: Installer, report: Callable[[str], None]
) -> None:
    def wait_for_other() -> None:
        installer.check_stopped()
        report("another process is making it")

    assert environment.folder
    tab, digest = environment.tab, environment.digest
    try:
        with store.locked(environment.folder, wait_for_other):
            if not is_ready(environment):
                with store.new_folder(environment.folder, tab=tab, digest=digest) as folder:
                    _fill(config, tab, folder, installer, report)
    except OSError as error:
        what = f"can't write {error.filename2 or error.filename}: {error.strerror}"
        raise _fault(config, tab, "", what, "D2LBOOK_CACHE can name another folder") from error


def _fill(
    config: Config, tab: str, folder: Path, installer: Installer, report: Callable[[str], None]
) -> None:
    """Make a virtual environment in this folder, with all that the tab requires."""
    settings = config.environments[tab]
    base = base_of(config, tab).python
    python = folder / "bin" / "python"
    report("making the environment")
    with _explained(
        config,
        tab,
        "python",
        f"no environment can be made with Python {base}",
        "install that Python, or name another",
    ):
        installer.create(folder, base)
    with _explained(
        config,
        tab,
        "requirements",
        f"{settings.requirements} can't be installed",
        "mend it, or see whether the package index can be reached",
    ):
        installer.install(
            python, config.root / settings.requirements, settings.no_dependencies, report
        )
    if not any(folder.glob("lib/python*/site-packages/ipykernel")):
        raise _fault(config, tab, "requirements", *_without_kernel(settings.requirements))


@contextmanager
def _explained(config: Config, tab: str, key: str, what: str, remedy: str) -> Iterator[None]:
    """Turn uv's failure into one that says what it means for the book."""
    from d2lbook.execute.installer import InstallerError

    try:
        yield
    except InstallerError as error:
        raise _fault(config, tab, key, what, remedy, str(error)) from None


def _fault(
    config: Config, tab: str, key: str, what: str, remedy: str, detail: str = ""
) -> EnvironmentFault:
    place = config.place(f"env {tab}", key)
    return EnvironmentFault(Problem(what=what, place=place, remedy=remedy, tab=tab, detail=detail))


def _without_kernel(where: str) -> tuple[str, str]:
    return f"there is no ipykernel in {where}", "add ipykernel, which runs notebooks, to it"


def _required(
    config: Config, tab: str, file: Path, above: tuple[Path, ...] = ()
) -> Iterator[tuple[Path, str]]:
    """The lines that count, of this file and of those it names, each with its file; rewording
    a comment changes no environment."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        what = f"can't read {os.path.relpath(file, config.root)}: {reason}"
        raise _fault(config, tab, "requirements", what, "make it with d2lbook env lock") from None
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith("#"):
            yield file, line
        if (named := OTHER_FILE.match(line)) and file not in above:
            yield from _required(config, tab, file.parent / named["name"], (*above, file))


def _versions(python: str, packages: Iterable[str]) -> dict[str, str]:
    """The versions that matter to readers, from requirements that name them exactly."""
    pinned = pins(packages)
    return {
        "python": python,
        **{name: pinned[name].version for name in PACKAGES if name in pinned},
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
