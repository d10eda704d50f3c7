"""What pip has been told about indexes, found where pip itself looks.

uv does not read pip's configuration, but that is where a machine says which
mirror to use and in which folders wheels lie. pip need not be installed.

The format and the order of precedence are those of pip's documentation, topic
"Configuration": files of the machine, the user and the virtual environment,
the file named by ``PIP_CONFIG_FILE``, variables ``PIP_*``; section
``[install]`` over ``[global]``; a later value replaces an earlier one. Left
out: the ``constraint`` key, since a lock names its versions already, and
``find-links`` that name a local HTML file.
"""

from __future__ import annotations

import configparser
import locale
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

import platformdirs

from d2lbook.errors import EnvironmentFault

FILE_NAME = "pip.conf"

SECTIONS = ("global", "install")
"""The sections that matter to an installation, the weaker one first."""


@dataclass(frozen=True, kw_only=True)
class PipSettings:
    """Where packages come from; an empty value means pip's default."""

    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    """Addresses, and absolute paths of folders that are there."""
    no_index: bool = False
    trusted_hosts: tuple[str, ...] = ()
    certificate: str = ""
    client_certificate: str = ""
    proxy: str = ""
    timeout: str = ""
    """Seconds without an answer after which a download has failed."""

    def public(self) -> Self:
        """The settings without what only this machine has: extra indexes and folders.

        Where there is no index, the folders are all there is, and stay.
        """
        if self.no_index:
            return self
        return replace(self, extra_index_urls=(), find_links=())


def read_pip_settings() -> PipSettings:
    """The settings that pip would use in this process.

    Raises EnvironmentFault when a configuration file can't be read.
    """
    return merge_settings((_read_file(path) for path in _config_files()), os.environ)


def merge_settings(
    files: Iterable[Mapping[str, Mapping[str, str]]], variables: Mapping[str, str]
) -> PipSettings:
    """The settings that these files (each: section → key → value) and variables make.

    Later files win over earlier ones, and variables over all files.
    """
    sections: dict[str, dict[str, str]] = {name: {} for name in SECTIONS}
    for file in files:
        for name in SECTIONS:
            sections[name].update(_filled(file.get(name, {})))
    merged: dict[str, str] = {}
    for name in SECTIONS:
        merged |= sections[name]
    merged |= _filled(
        {
            name.removeprefix("PIP_"): value
            for name, value in variables.items()
            if name.startswith("PIP_")
        }
    )
    return _settings(merged)


def _filled(items: Mapping[str, str]) -> dict[str, str]:
    """Items by pip's spelling of their names, without those that are empty."""
    return {name.lower().replace("_", "-"): value for name, value in items.items() if value}


def _settings(values: Mapping[str, str]) -> PipSettings:
    return PipSettings(
        index_url=values.get("index-url", ""),
        extra_index_urls=tuple(values.get("extra-index-url", "").split()),
        find_links=tuple(_usable_links(values.get("find-links", "").split())),
        no_index=values.get("no-index", "").lower() in {"1", "true", "yes", "on", "y", "t"},
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        certificate=_expand(values.get("cert", "")),
        client_certificate=_expand(values.get("client-cert", "")),
        proxy=values.get("proxy", ""),
        timeout=values.get("timeout", values.get("default-timeout", "")),
    )


def _expand(path: str) -> str:
    return str(Path(path).expanduser()) if path else ""


def _usable_links(links: Iterable[str]) -> Iterator[str]:
    """The links that are addresses or folders; pip passes over a missing folder, uv stops."""
    for link in links:
        parts = urlsplit(link)
        if parts.scheme in {"http", "https"}:
            yield link
            continue
        local = url2pathname(parts.path) if parts.scheme == "file" else link
        folder = Path(local).expanduser().absolute()
        if folder.is_dir():
            yield str(folder)


def _config_files() -> Iterator[Path]:
    """The files pip reads, the weakest first; most of them are usually not there."""
    named = os.environ.get("PIP_CONFIG_FILE", "")
    if named == os.devnull:
        return
    for folder in _machine_folders():
        yield folder / FILE_NAME
    if not (named and Path(named).exists()):
        yield Path.home() / ".pip" / FILE_NAME
        yield _user_folder() / FILE_NAME
    yield Path(sys.prefix) / FILE_NAME
    if named:
        yield Path(named)


def _machine_folders() -> list[Path]:
    if sys.platform == "darwin":
        return [platformdirs.site_data_path("pip")]
    folders = platformdirs.site_config_dir("pip", multipath=True)
    return [*map(Path, folders.split(os.pathsep)), Path("/etc")]


def _user_folder() -> Path:
    if sys.platform == "darwin":
        folder = platformdirs.user_data_path("pip")
        return folder if folder.is_dir() else Path.home() / ".config" / "pip"
    return platformdirs.user_config_path("pip")


def _read_file(path: Path) -> Mapping[str, Mapping[str, str]]:
    """Sections of a file; empty when it is not there or not for us to read."""
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding=locale.getpreferredencoding(False))
    except (configparser.Error, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise EnvironmentFault.of(
            f"pip's configuration {path} can't be read: {reason}", "mend that file"
        ) from None
    return {name: dict(parser.items(name)) for name in parser.sections()}
