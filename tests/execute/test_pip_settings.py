"""What pip has been told about indexes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from d2lbook.errors import EnvironmentFault
from d2lbook.execute.pip_settings import PipSettings, merge_settings, read_pip_settings


def test_nothing_said() -> None:
    assert merge_settings([], {"HOME": "/home/me", "PIPX_HOME": "/elsewhere"}) == PipSettings()


def test_every_key() -> None:
    file = {
        "global": {
            "index-url": "https://mirror.example/simple",
            "extra-index-url": "\nhttps://one.example/simple\nfile:///two/simple",
            "find-links": "https://wheels.example/list.html",
            "trusted_host": "mirror.example other.example",
            "no-index": "yes",
            "cert": "~/company.pem",
            "client-cert": "/me.pem",
            "proxy": "http://proxy.example:3128",
            "timeout": "90",
        }
    }
    assert merge_settings([file], {}) == PipSettings(
        index_url="https://mirror.example/simple",
        extra_index_urls=("https://one.example/simple", "file:///two/simple"),
        find_links=("https://wheels.example/list.html",),
        trusted_hosts=("mirror.example", "other.example"),
        no_index=True,
        certificate=str(Path.home() / "company.pem"),
        client_certificate="/me.pem",
        proxy="http://proxy.example:3128",
        timeout="90",
    )


def test_who_wins() -> None:
    """Later files, [install] over [global] of any file, variables over all; not what is empty."""
    machine = {"global": {"index-url": "a"}, "install": {"proxy": "of install", "cert": "a"}}
    user = {"global": {"index-url": "b", "proxy": "of global", "cert": ""}, "list": {"cert": "c"}}
    variables = {"PIP_TRUSTED_HOST": "d", "PIP_EXTRA_INDEX_URL": ""}
    merged = merge_settings([machine, user], variables)
    assert merged == PipSettings(
        index_url="b", proxy="of install", certificate="a", trusted_hosts=("d",)
    )
    assert merge_settings([user], {"PIP_INDEX_URL": "e"}).index_url == "e"


def test_links_to_folders_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "with space"
    there.mkdir()
    (tmp_path / "near").mkdir()
    monkeypatch.chdir(tmp_path)
    links = f"/not/there near {there.as_uri()} file:///gone http://wheels.example/"
    found = merge_settings([], {"PIP_FIND_LINKS": links}).find_links
    assert found == (str(tmp_path / "near"), str(there), "http://wheels.example/")


def test_public_settings() -> None:
    settings = PipSettings(index_url="a", extra_index_urls=("b",), find_links=("c",), proxy="d")
    assert settings.public() == PipSettings(index_url="a", proxy="d")
    alone = PipSettings(no_index=True, find_links=("c",))
    assert alone.public() == alone


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user and a machine that have said nothing to pip yet."""
    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{tmp_path}/weak{os.pathsep}{tmp_path}/strong")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    return tmp_path


def say(path: Path, index: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"[global]\nindex-url = {index}\n")


@pytest.mark.skipif(sys.platform != "linux", reason="the places are those of Linux")
def test_the_files_of_every_level(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place wins over those before it, as the table in pip's documentation has them."""
    places = (
        "weak/pip/pip.conf",
        "strong/pip/pip.conf",
        ".pip/pip.conf",
        ".config/pip/pip.conf",
        "venv/pip.conf",
    )
    for place in places:
        say(home / place, place)
        assert read_pip_settings().index_url == place
    say(home / "named", "named")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home / "named"))
    assert read_pip_settings().index_url == "named"
    monkeypatch.setenv("PIP_INDEX_URL", "variable")
    assert read_pip_settings().index_url == "variable"


def test_a_named_file_replaces_those_of_the_user(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(home / ".config/pip/pip.conf", "user")
    (home / "named").write_text("")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(home / "named"))
    assert read_pip_settings().index_url == ""


def test_no_files_at_all(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(home / "venv/pip.conf", "venv")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert read_pip_settings() == PipSettings()


def test_a_damaged_file(home: Path) -> None:
    path = home / "venv/pip.conf"
    path.parent.mkdir()
    path.write_text("index-url = nowhere\n")
    with pytest.raises(
        EnvironmentFault, match=f"pip's configuration {path} can't be read: .*no se"
    ):
        read_pip_settings()
