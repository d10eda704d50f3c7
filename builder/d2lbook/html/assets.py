"""The files that all pages share: styles, scripts, fonts, the book's logo and icon."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from d2lbook.config import Config
from d2lbook.document.language import language_of
from d2lbook.errors import Problem
from d2lbook.html.context import Asset
from d2lbook.html.scripts import page_script
from d2lbook.vendored import vendored_files

STATIC = "_static"
"""Their folder in the site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """The shared files of one site."""

    files: Mapping[str, bytes]
    """By name in the site."""
    style_sheets: tuple[Asset, ...]
    scripts: tuple[Asset, ...]
    logo: str
    favicon: str
    social_image: str


def gather_assets(config: Config) -> tuple[Assets, list[Problem]]:
    """The shared files of a book's site, and a problem for each of its own that is not there."""
    package = resources.files(__package__)
    vendored = vendored_files("katex", "fonts")
    files = {f"{STATIC}/{name}": content for name, content in vendored.items()}
    styles = (package / "static/book.css").read_bytes() + tab_rules(config.build.tabs).encode()
    files[f"{STATIC}/book.css"] = styles
    files[f"{STATIC}/book.js"] = page_script(language_of(config)).encode()
    own = _OwnFiles(config)
    custom = {
        f"{STATIC}/custom.css": own.joined("include_css", config.html.include_css),
        f"{STATIC}/custom.js": own.joined("include_js", config.html.include_js),
    }
    files |= {name: content for name, content in custom.items() if content}
    logo = own.single("html_logo", config.html.logo)
    favicon = own.single("favicon", config.html.favicon)
    social_image = own.single("social_image", config.html.social_image)
    files |= own.files
    if not favicon:
        favicon = f"{STATIC}/favicon.svg"
        files[favicon] = (package / "static/favicon.svg").read_bytes()
    loaded = [f"{STATIC}/katex/katex.min.css", f"{STATIC}/book.css", f"{STATIC}/custom.css"]
    assets = Assets(
        files=files,
        style_sheets=_versions(loaded, files),
        scripts=_versions([f"{STATIC}/book.js", f"{STATIC}/custom.js"], files),
        logo=logo,
        favicon=favicon,
        social_image=social_image,
    )
    return assets, own.problems


def tab_rules(tabs: Iterable[str]) -> str:
    """Style rules that hide what the chosen tab doesn't show.

    They do so before any script has run over the page, so nothing jumps. What
    the script hides itself, so that it can still be found, they leave alone.
    """
    return "".join(
        f'.js[data-tab="{tab}"] [data-for]:not([data-for~="{tab}"], .variant[hidden])'
        "{display:none}\n"
        for tab in tabs
    )


def _versions(names: Sequence[str], files: Mapping[str, bytes]) -> tuple[Asset, ...]:
    return tuple(
        Asset(file=name, version=hashlib.sha256(files[name]).hexdigest()[:8])
        for name in names
        if name in files
    )


class _OwnFiles:
    """Files that ``config.ini`` names."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.files: dict[str, bytes] = {}
        self.problems: list[Problem] = []

    def single(self, key: str, path: str) -> str:
        """Take in the file that this key names; its name in the site, empty where there is none."""
        content = self._read(key, self.config.root / path) if path else None
        if content is None:
            return ""
        name = f"{STATIC}/own/{path}"
        self.files[name] = content
        return name

    def joined(self, key: str, patterns: Iterable[str]) -> bytes:
        """The content, one after the other, of all files that these patterns name."""
        contents: list[bytes] = []
        for pattern in patterns:
            found = sorted(self.config.root.glob(pattern)) or [self.config.root / pattern]
            contents += filter(None, (self._read(key, path) for path in found))
        return b"\n".join(contents)

    def _read(self, key: str, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except OSError:
            place = self.config.place("html", key)
            name = path.relative_to(self.config.root).as_posix()
            what = f"[html] {key} names '{name}', which can't be read"
            self.problems.append(Problem(what=what, place=place, remedy="add it, or mend the name"))
            return None
