"""Tiny Python packages for tests that install something, offline."""

from __future__ import annotations

import hashlib
import io
import tarfile
import textwrap
import zipfile
from pathlib import Path


def make_wheel(folder: Path, name: str, version: str = "1.0", requires: str = "") -> Path:
    """A wheel of one module, whose ``__version__`` is the version."""
    folder.mkdir(parents=True, exist_ok=True)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    if requires:
        metadata += f"Requires-Dist: {requires}\n"
    information = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"__version__ = '{version}'\n",
        f"{information}/METADATA": metadata,
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},," for path in [*files, f"{information}/RECORD"]]
    files[f"{information}/RECORD"] = "\n".join([*record, ""])
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return wheel


def add_to_index(index: Path, name: str, version: str = "1.0", requires: str = "") -> None:
    """Put a wheel into a package index made of files (the "simple" API, PEP 503)."""
    folder = index / name.replace("_", "-")
    make_wheel(folder, name, version, requires)
    links = [
        f'<a href="{path.name}#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}">'
        f"{path.name}</a>"
        for path in sorted(folder.glob("*.whl"))
    ]
    page = f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>"
    (folder / "index.html").write_text(page, encoding="utf-8")


def make_slow_package(folder: Path, name: str, signs: Path) -> Path:
    """A source distribution whose building doesn't end while ``signs/wait`` is there.

    What builds it writes its process's number to ``signs/builder``.
    """
    backend = f"""
        import os, pathlib, sys, time

        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from packages import make_wheel

        SIGNS = pathlib.Path({str(signs)!r})

        def build_wheel(folder, settings=None, metadata=None):
            (SIGNS / "number").write_text(str(os.getpid()))
            (SIGNS / "number").rename(SIGNS / "builder")
            while (SIGNS / "wait").exists():
                time.sleep(0.05)
            return make_wheel(pathlib.Path(folder), {name!r}).name
    """
    project = f"""
        [project]
        name = "{name}"
        version = "1.0"

        [build-system]
        requires = []
        build-backend = "backend"
        backend-path = ["."]
    """
    information = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    files = {"backend.py": backend, "pyproject.toml": project, "PKG-INFO": information}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for file, content in files.items():
            data = textwrap.dedent(content).encode()
            member = tarfile.TarInfo(f"{name}-1.0/{file}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path
