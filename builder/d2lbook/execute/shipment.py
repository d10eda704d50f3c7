"""What a machine of a cluster needs of a book, and how it executes a notebook with it.

A shipment is a tar archive: ``config.ini``, the requirements of the environments,
the book's own modules and its resources, as they lie in the book. On each machine
it is unpacked once into the user's cache folder; from there on everything goes as
in a book of that machine: the environment is made there when it is missing, once
for all processes, and the kernel runs in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import platform
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from d2lbook import __version__
from d2lbook.config import Config, read_config
from d2lbook.config.sections import FILE_NAME
from d2lbook.errors import BookError, ClusterFault, EnvironmentFault
from d2lbook.execute.compiled import compiled_folder
from d2lbook.execute.environment_store import environments_folder
from d2lbook.execute.environments import make_environments, requirement_files
from d2lbook.execute.imports import lean_imports
from d2lbook.execute.jobs import Execution, Job, Observer
from d2lbook.execute.modules import find_roots, link_modules
from d2lbook.execute.variables import THREAD_VARIABLES
from d2lbook.execute.workspace import prepare_workspace, working_folder
from d2lbook.source.files import resource_files

if TYPE_CHECKING:
    from d2lbook.execute.server_pool import ServerPool

SECONDS_KEPT = 7 * 24 * 60 * 60
"""How long a machine keeps what it has unpacked and not used."""


def pack(config: Config) -> bytes:
    """The shipment of a book, the same bytes as long as its files are the same.

    Raises OSError where a file can't be read.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", dereference=True) as archive:
        for file in sorted(set(_files(config))):
            archive.add(file, str(file.relative_to(config.root)), filter=_without_owner)
    return packed.getvalue()


def _files(config: Config) -> Iterator[Path]:
    yield config.root / FILE_NAME
    for tab in config.tabs:
        names = requirement_files(config, tab)
        yield from (config.root / name for name in names if not name.startswith("../"))
    for module in find_roots(config.source).values():
        for path in (module, *module.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    yield from resource_files(config)


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    return member.replace(mtime=0, uid=0, gid=0, uname="", gname="", deep=False)


def unpack(content: bytes) -> Path:
    """The folder of this machine in which the shipment lies, unpacked now or before."""
    shipments = environments_folder().with_name("shipments")
    folder = shipments / hashlib.sha256(content).hexdigest()[:16]
    if not folder.is_dir():
        shipments.mkdir(parents=True, exist_ok=True)
        _remove_old(shipments)
        fresh = Path(tempfile.mkdtemp(dir=shipments))
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(fresh, filter="data")
        try:
            fresh.rename(folder)
        except OSError:  # another process was quicker
            shutil.rmtree(fresh)
    os.utime(folder)
    return folder


def _remove_old(shipments: Path) -> None:
    for folder in shipments.iterdir():
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > SECONDS_KEPT:
                shutil.rmtree(folder)


def execute_shipped(
    content: bytes, job: Job, version: str, observer: Observer
) -> Execution | BookError:
    """Execute a notebook on this machine; ``version`` is that of d2lbook where it comes from.

    What is wrong with this machine is returned. For a process that executes one
    notebook at a time; what it starts ends with it.
    """
    try:
        _check_version(version)
        job = _at_home(content, job)
        with lean_imports():
            from d2lbook.execute.run import run_notebook

        observer.started(job.notebook)
        return asyncio.run(run_notebook(job, observer, _servers()))
    except BookError as error:
        return error


def _check_version(version: str) -> None:
    if version != __version__:
        what = f"{platform.node()} has d2lbook2 {__version__}, and this machine {version}"
        raise ClusterFault.of(what, "install the same version everywhere")


def _at_home(content: bytes, job: Job) -> Job:
    """The job with the environment and the folders of this machine."""
    notebook = job.notebook
    config, _ = read_config(unpack(content))
    made = make_environments(config, [notebook.tab], lambda _: None)
    environment = made[notebook.tab]
    if environment.digest != job.environment.digest:
        raise EnvironmentFault.of(
            f"{platform.node()} has another Python for '{notebook.tab}' than this machine",
            f"install the same one everywhere; it has {environment.python}",
        )
    modules = config.state / "modules"
    link_modules(find_roots(config.source), modules)
    prepare_workspace(config, [notebook])
    return replace(
        job,
        environment=environment,
        folder=working_folder(config, notebook),
        modules=modules,
        compiled=compiled_folder(config.state),
    )


@cache
def _servers() -> ServerPool:
    """What starts the kernels of this process: warm ones, from one notebook to the next."""
    from d2lbook.execute.server_pool import ServerPool

    return ServerPool(dict.fromkeys(THREAD_VARIABLES, "1"), at_once=1)
