"""setup.py: what a reader gets from ``pip install .[TAB]``."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import d2lbook.config
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
CONFIG = d2lbook.config.read_config(ROOT)[0]

LOCKED_AS = {"tensorflow": "tensorflow-cpu"}
"""The environments of the book take another distribution of the same release."""


@pytest.fixture
def metadata(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The arguments with which setup.py calls ``setup``."""
    told: dict[str, Any] = {}
    setuptools = ModuleType("setuptools")
    monkeypatch.setitem(sys.modules, "setuptools", setuptools)
    monkeypatch.setattr(setuptools, "setup", told.update, raising=False)
    runpy.run_path(str(ROOT / "setup.py"))
    return told


def test_version_is_the_release_of_the_book(metadata: dict[str, Any]) -> None:
    assert metadata["version"] == CONFIG.project.release


def test_only_the_library_is_packaged(metadata: dict[str, Any]) -> None:
    assert metadata["packages"] == ["d2l"]
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "d2l").glob("*.py")}
    assert modules == {"d2l/__init__.py", *(item.file for item in CONFIG.libraries.values())}


def test_every_framework_has_an_extra(metadata: dict[str, Any]) -> None:
    assert set(metadata["extras_require"]) == set(CONFIG.tabs)
    assert not metadata.get("install_requires")


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_extra_allows_what_the_book_was_run_with(metadata: dict[str, Any], tab: str) -> None:
    lock = (ROOT / CONFIG.environments[tab].requirements).read_text("utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.M))
    for text in metadata["extras_require"][tab]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[LOCKED_AS.get(wanted.name, wanted.name)]), text
