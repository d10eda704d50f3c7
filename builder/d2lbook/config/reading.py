"""``config.ini`` → ``Config``.

The format is that of d2lbook: INI as Python's ``configparser`` reads it, keys in
lower case, ``%`` doubled, indented continuation lines. Every error names the
file, the line, the key and what is allowed. A key that is nearly a known one is
an error too; one that is like none is only odd, as books have keys of other tools.
"""

from __future__ import annotations

import configparser
import dataclasses
import difflib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from d2lbook.book import Place
from d2lbook.config.retired import NO_LONGER_NEEDED
from d2lbook.config.sections import (
    ALONE,
    FILE_NAME,
    SECTIONS,
    SECTIONS_PER_TAB,
    Config,
    EnvironmentConfig,
)
from d2lbook.errors import ConfigError, Problem, raise_all
from d2lbook.files import read_text
from d2lbook.frameworks import FRAMEWORKS

DEFAULTS = Path(__file__).with_name("defaults.ini")

_SPHINX = (
    "pages are no longer made with Sphinx, and only a numfig_format that is written out "
    "as a dictionary is heeded"
)


def read_config(root: Path) -> tuple[Config, list[Problem]]:
    """Read ``config.ini`` of the book in this folder.

    Returns the configuration and notes about keys that are no longer needed.
    Raises ConfigError when the file is missing or says what can't be.
    """
    path = root / FILE_NAME
    try:
        content = read_text(path, FILE_NAME, ConfigError).removeprefix("\ufeff")
    except (FileNotFoundError, NotADirectoryError):
        above = next(
            (each for each in root.resolve().parents if (each / FILE_NAME).is_file()), None
        )
        known = f": -C {above}" if above else ""
        raise ConfigError.of(
            f"there is no {FILE_NAME} in {root}",
            f"run d2lbook in a book's folder, or name it with -C{known}",
        ) from None
    except OSError as error:
        raise ConfigError.at(FILE_NAME, 0, f"it can't be read: {error.strerror}") from None
    return parse_config(content, root)


def parse_config(content: str, root: Path) -> tuple[Config, list[Problem]]:
    """The configuration that this text of a ``config.ini`` describes (see ``read_config``)."""
    where = _line_numbers(content)
    parser = configparser.ConfigParser()
    parser.read_string(DEFAULTS.read_text("utf-8"))
    own = _parse(content)
    notes, unknown = _check_names(own, where)
    parser.read_string(content)

    def section(name: str, kind: type) -> Any:
        return kind(
            **{
                field.name: _convert(parser, name, field, where)
                for field in dataclasses.fields(kind)
            }
        )

    single: dict[str, Any] = {
        _attribute(name): section(name, kind) for name, kind in SECTIONS.items()
    }
    if own.get("build", "sphinx_configs", fallback="") and not single["build"].number_formats:
        notes.append(_no_longer_needed("build", "sphinx_configs", _SPHINX, where))
    tabs = single["build"].tabs or (ALONE,)
    per_tab: dict[str, dict[str, Any]] = {"environments": {}, "libraries": {}}
    for prefix, (attribute, kind) in SECTIONS_PER_TAB.items():
        for name in own.sections():
            if name.startswith(prefix):
                tab = name.removeprefix(prefix).strip()
                if tab in tabs:
                    per_tab[attribute][tab] = section(name, kind)
                elif tab not in FRAMEWORKS:
                    line = where.get((name, ""), 0)
                    raise ConfigError(_unknown(f"tab in [{name}]", tab, tabs, line)[0])
    for tab in tabs:
        per_tab["environments"].setdefault(tab, section("env", EnvironmentConfig))
    values: dict[str, Any] = {**single, **per_tab}
    return Config(root=root.resolve(), lines=where, unknown=unknown, **values), notes


def _attribute(section: str) -> str:
    return section.replace("-", "_")


def _line_numbers(content: str) -> dict[tuple[str, str], int]:
    """Line of every section (key ``""``) and key of the text, as ``configparser`` finds them.

    What is indented deeper than the key above it belongs to that key.
    """
    found: dict[tuple[str, str], int] = {}
    section, deepest = "", math.inf
    for number, line in enumerate(content.split("\n"), 1):
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if stripped.startswith(("#", ";")) or indent > deepest:
            continue
        if match := re.match(r"\[(.+)\]", stripped):
            section, deepest = match[1], math.inf
            found.setdefault((section, ""), number)
        elif match := re.match(r"(.*?)\s*[=:]", stripped):
            deepest = indent
            found.setdefault((section, match[1].lower()), number)
    return found


def _parse(content: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    try:
        parser.read_string(content)
    except configparser.DuplicateOptionError as error:
        what, line = f"[{error.section}] {error.option} stands here twice", error.lineno
    except configparser.DuplicateSectionError as error:
        what, line = f"section [{error.section}] stands here twice", error.lineno
    except configparser.MissingSectionHeaderError as error:
        what, line = "a key stands before the first [section]", error.lineno
    except configparser.ParsingError as error:
        what, line = "not a 'key = value' line", error.errors[0][0]
    else:
        return parser
    raise ConfigError.at(FILE_NAME, line or 0, what, "mend or delete that line") from None


def _check_names(
    own: configparser.ConfigParser, where: Mapping[tuple[str, str], int]
) -> tuple[list[Problem], tuple[Problem, ...]]:
    """Notes on keys that are no longer needed, and names that there are not.

    Raises ConfigError for slips: names that are nearly those of something.
    """
    notes: list[Problem] = []
    unknown: list[Problem] = []
    slips: list[Problem] = []

    def check(what: str, name: str, known: Sequence[str], line: int) -> None:
        problem, is_slip = _unknown(what, name, known, line)
        (slips if is_slip else unknown).append(problem)

    for name in own.sections():
        prefix = next((prefix for prefix in SECTIONS_PER_TAB if name.startswith(prefix)), None)
        kind = SECTIONS_PER_TAB[prefix][1] if prefix else SECTIONS.get(name)
        retired = [key for section, key in NO_LONGER_NEEDED if section == name]
        if kind is None and not retired:
            known = [*SECTIONS, *(f"{prefix}TAB" for prefix in SECTIONS_PER_TAB)]
            check(f"section [{name}]", name, known, where.get((name, ""), 0))
            continue
        keys = [_key(field) for field in dataclasses.fields(kind)] if kind else []
        for key in own.options(name):
            if reason := NO_LONGER_NEEDED.get((name, key)):
                notes.append(_no_longer_needed(name, key, reason, where))
            elif key not in keys:
                line = where.get((name, key), 0)
                check(f"key '{key}' in [{name}]", key, [*keys, *retired], line)
    raise_all(ConfigError, slips)
    return notes, tuple(unknown)


def _no_longer_needed(
    section: str, key: str, reason: str, where: Mapping[tuple[str, str], int]
) -> Problem:
    what = f"[{section}] {key} is no longer needed: {reason}"
    return Problem(what=what, place=Place(path=FILE_NAME, line=where.get((section, key), 0)))


def _unknown(what: str, name: str, known: Sequence[str], line: int) -> tuple[Problem, bool]:
    """The problem of an unknown name, and whether it is nearly a known one."""
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}"
    place = Place(path=FILE_NAME, line=line)
    return Problem(what=f"unknown {what}", place=place, remedy=remedy), bool(near)


def _key(field: dataclasses.Field[Any]) -> str:
    return field.metadata["key"] or field.name


def _convert(
    parser: configparser.ConfigParser,
    section: str,
    field: dataclasses.Field[Any],
    where: Mapping[tuple[str, str], int],
) -> Any:
    key = _key(field)
    line = where.get((section, key), 0)
    try:
        value = parser.get(section, key, fallback="")
    except configparser.InterpolationError:
        what = f"[{section}] {key} has a lone %"
        raise ConfigError.at(FILE_NAME, line, what, "write %% for a percent sign") from None
    try:
        return field.metadata["convert"](value.strip())
    except ValueError as allowed:
        shown = " ".join(value.split())
        what = f"[{section}] {key} can't be '{shown}'"
        raise ConfigError.at(FILE_NAME, line, what, f"it has to be {allowed}") from None
