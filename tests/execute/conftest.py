"""A machine for tests of environments: its own caches, wheels in a folder, no network."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from d2lbook.config import Config, parse_config

from tests.execute.packages import make_wheel

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True)
class Machine:
    """What an installation finds on this machine."""

    wheels: Path
    """The folder that pip's configuration names."""
    environments: Path
    """Where environments are made."""
    pip_conf: Path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with an ipykernel (an empty one), on which nothing has been made yet."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    made = Machine(
        wheels=tmp_path / "wheels",
        environments=tmp_path / "cache" / "environments",
        pip_conf=tmp_path / "pip.conf",
    )
    made.pip_conf.write_text(f"[global]\nno-index = yes\nfind-links = {made.wheels}\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(made.pip_conf))
    monkeypatch.setenv("D2LBOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    make_wheel(made.wheels, "ipykernel")
    return made


MakeConfig = Callable[..., Config]


@pytest.fixture
def configure(tmp_path: Path) -> MakeConfig:
    """The configuration of a book from its ``[env TAB]`` sections and its files by name."""

    def make(sections: dict[str, str], **files: str) -> Config:
        root = tmp_path / "book"
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            (root / f"{name}.txt").write_text(content)
        text = f"[build]\ntabs = {', '.join(sections)}\n"
        for tab, lines in sections.items():
            text += f"[env {tab}]\n{lines}\n"
        (root / "config.ini").write_text(text)
        return parse_config(text, root)[0]

    return make
