"""``config.ini`` → frozen dataclasses.

One dataclass per section; each field is one key, with the function that
converts its text. Defaults are data, in ``defaults.ini`` beside this file.
The format is that of d2lbook: INI as Python's ``configparser`` reads it, keys
in lower case, ``%`` doubled, indented continuation lines.

Every error names the file, the line, the key and what is allowed; an unknown
key also names the nearest known one.
"""

from __future__ import annotations

import configparser
import dataclasses
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from d2lbook.book import Place
from d2lbook.errors import ConfigError, Problem

FILE_NAME = "config.ini"

Convert = Callable[[str], Any]


# What the text of a key can be. Each takes the text and returns the value, or
# raises ValueError with the values that are allowed.


def text(value: str) -> str:
    return value


def boolean(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ValueError("True or False")
    return value.lower() == "true"


def count(value: str) -> int:
    if not value.isdigit():
        raise ValueError("a whole number, 0 or more")
    return int(value)


def words(value: str) -> tuple[str, ...]:
    """Words separated by white space."""
    return tuple(value.split())


def names(value: str) -> tuple[str, ...]:
    """Names separated by commas, in lower case."""
    found = tuple(name.strip().lower() for name in value.split(",") if name.strip())
    for name in found:
        if not re.fullmatch(r"\w+", name):
            raise ValueError("names of letters, digits and _, separated by commas")
    if len(set(found)) != len(found):
        raise ValueError("names that differ from each other")
    return found


def rows(value: str) -> tuple[tuple[str, ...], ...]:
    """One tuple per line, its members separated by commas."""
    lines = (line.strip().rstrip(",") for line in value.splitlines())
    return tuple(tuple(part.strip() for part in line.split(",")) for line in lines if line)


def links(value: str) -> tuple[tuple[str, ...], ...]:
    """One link per line: its text, its address and perhaps the name of an icon."""
    found = rows(value)
    if not all(len(row) in {2, 3} and all(row[:2]) for row in found):
        raise ValueError("one 'text, address' or 'text, address, icon' per line")
    return found


def lines(value: str) -> tuple[str, ...]:
    """One item per line."""
    return tuple(line.strip() for line in value.splitlines() if line.strip())


def items(value: str) -> tuple[str, ...]:
    """Items separated by commas or lines."""
    return tuple(item.strip() for item in re.split(r"[,\n]", value) if item.strip())


def assignments(value: str) -> Mapping[str, str]:
    """One ``NAME=value`` per line."""
    pairs: dict[str, str] = {}
    for line in lines(value):
        name, equals, content = line.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name.strip()):
            raise ValueError("one NAME=value per line")
        pairs[name.strip()] = content.strip()
    return pairs


def choice(*allowed: str) -> Convert:
    def convert(value: str) -> str:
        if value not in allowed:
            raise ValueError(" or ".join(allowed))
        return value

    return convert


def inside(value: str) -> str:
    """A path in the book's folder, with forward slashes; empty when there is none."""
    if not value:
        return ""
    path = PurePosixPath(value.replace("\\", "/"))
    depth = 0
    for part in path.parts:
        depth += -1 if part == ".." else 1
        if depth < 0:
            break
    if path.is_absolute() or depth < 0:
        raise ValueError("a path inside the book's folder")
    return str(path)


def insides(value: str) -> tuple[str, ...]:
    """Paths or patterns in the book's folder, separated by white space."""
    return tuple(inside(word) for word in value.split())


def preloads(value: str) -> tuple[str, ...] | None:
    """Modules to import before the fork: None = those the notebooks import, () = none."""
    if value in {"", "auto"}:
        return None
    return () if value == "no" else items(value)


def setting(convert: Convert, key: str = "") -> Any:
    """A dataclass field for one key; ``key`` where it is not the field's name."""
    return dataclasses.field(metadata={"convert": convert, "key": key})


# The sections.


@dataclass(frozen=True, kw_only=True)
class Project:
    name: str = setting(text)
    """Base name of the PDF and the zip."""
    title: str = setting(text)
    """Empty: the title of the index page."""
    author: str = setting(text)
    release: str = setting(text)
    copyright: str = setting(text)
    language: str = setting(text, "lang")
    """Language of the text, as in ``id`` or ``zh-CN``."""


@dataclass(frozen=True, kw_only=True)
class Build:
    source: str = setting(inside, "source_dir")
    output: str = setting(inside, "output_dir")
    index: str = setting(inside)
    """Name of the root page, with or without extension."""
    notebooks: tuple[str, ...] = setting(insides)
    """Patterns of the Markdown files that are pages."""
    non_notebooks: tuple[str, ...] = setting(insides, "non-notebooks")
    """Patterns of the Markdown files that are copied as they are."""
    exclusions: tuple[str, ...] = setting(insides)
    dependencies: tuple[str, ...] = setting(insides)
    """Files on which all notebooks depend."""
    resources: tuple[str, ...] = setting(insides)
    """Files and folders the notebooks and pages need beside them."""
    eval_notebook: bool = setting(boolean)
    tabs: tuple[str, ...] = setting(names)
    """The frameworks; the first is the default. Empty: a book without tabs."""
    untagged: str = setting(choice("default", "all"))
    """Whose is a code cell without a tab mark: the default tab's, or everybody's."""
    warning_is_error: bool = setting(boolean)


@dataclass(frozen=True, kw_only=True)
class Html:
    header_links: tuple[tuple[str, ...], ...] = setting(links)
    """Rows of text, address and icon name."""
    favicon: str = setting(inside)
    logo: str = setting(inside, "html_logo")
    include_css: tuple[str, ...] = setting(insides)
    include_js: tuple[str, ...] = setting(insides)


@dataclass(frozen=True, kw_only=True)
class Pdf:
    bibliography: str = setting(inside, "bibfile")
    logo: str = setting(inside, "latex_logo")
    main_font: str = setting(text)
    sans_font: str = setting(text)
    mono_font: str = setting(text)


@dataclass(frozen=True, kw_only=True)
class Execute:
    timeout: int = setting(count)
    """Seconds for one cell."""
    notebook_timeout: int = setting(count)
    """Seconds for one notebook."""
    jobs: int = setting(count)
    """Notebooks run at once; 0: as many as there are processors."""
    seed: int = setting(count)
    """Seed of Python, NumPy and the framework, set before the first cell."""


@dataclass(frozen=True, kw_only=True)
class LinkCheck:
    ignore: tuple[str, ...] = setting(words)
    """Patterns of addresses that are not asked for."""


@dataclass(frozen=True, kw_only=True)
class EnvironmentConfig:
    """``[env TAB]``: where the notebooks of one tab run."""

    requirements: str = setting(inside)
    """File of locked requirements; empty: ``python`` is used as it is."""
    python: str = setting(text)
    """A version (``3.11``) or the path of an interpreter; empty: this process's own."""
    variables: Mapping[str, str] = setting(assignments)
    """Environment variables of the kernel."""
    preload: tuple[str, ...] | None = setting(preloads)
    no_dependencies: tuple[str, ...] = setting(items)
    """Packages of the lock that are installed without what they depend on."""
    unlocked: tuple[str, ...] = setting(items)
    """Patterns of packages that a lock leaves to the exact pins of those which need them."""


@dataclass(frozen=True, kw_only=True)
class Library:
    """``[library-TAB]``: the file made from ``#@save`` cells, and the aliases."""

    file: str = setting(inside, "lib_file")
    name: str = setting(text, "lib_name")
    """Module that stands behind the aliases (``np``, ``torch``, ``tf``, ``jnp``)."""
    simple_alias: tuple[str, ...] = setting(items)
    fluent_alias: tuple[str, ...] = setting(items)
    args_alias: tuple[str, ...] = setting(lines)
    alias: tuple[str, ...] = setting(lines)
    reverse_alias: tuple[str, ...] = setting(lines)


@dataclass(frozen=True, kw_only=True)
class Version:
    """``[library]``."""

    file: str = setting(inside, "version_file")
    """File whose ``__version__`` line is set to the release."""


@dataclass(frozen=True, kw_only=True)
class Colab:
    github_repo: tuple[tuple[str, ...], ...] = setting(rows)
    """One repository, or rows of tab and repository; empty: no Colab links."""
    exclusions: tuple[str, ...] = setting(words)
    libraries: tuple[tuple[str, ...], ...] = setting(rows, "libs")
    libraries_header: str = setting(text, "libs_header")
    gpu_pattern: str = setting(text)
    replace_svg_url: tuple[tuple[str, ...], ...] = setting(rows)


@dataclass(frozen=True, kw_only=True)
class SageMaker:
    github_repo: tuple[tuple[str, ...], ...] = setting(rows)
    libraries: tuple[tuple[str, ...], ...] = setting(rows, "libs")
    libraries_header: str = setting(text, "libs_header")
    kernel: tuple[tuple[str, ...], ...] = setting(rows)


@dataclass(frozen=True, kw_only=True)
class Slides:
    top_left: str = setting(text)
    top_right: str = setting(text)


SECTIONS: Mapping[str, type] = {
    "project": Project,
    "build": Build,
    "html": Html,
    "pdf": Pdf,
    "execute": Execute,
    "linkcheck": LinkCheck,
    "library": Version,
    "colab": Colab,
    "sagemaker": SageMaker,
    "slides": Slides,
}

SECTIONS_PER_TAB: Mapping[str, tuple[str, type]] = {
    "env ": ("environments", EnvironmentConfig),
    "library-": ("libraries", Library),
}

NO_LONGER_NEEDED: Mapping[tuple[str, str], str] = {
    ("build", "html_dir"): "the pages are always in html/ of the output folder",
    ("build", "origin_repo"): "d2lbook never read it",
    ("build", "rsts"): "pages are Markdown; reStructuredText goes into their eval_rst blocks",
    ("build", "sphinx_extensions"): "pages are no longer made with Sphinx",
    ("build", "sphinx_configs"): "pages are no longer made with Sphinx",
    ("pdf", "post_latex"): "the PDF is made without TeX",
    ("pdf", "latex_url"): "the PDF is made without TeX",
    ("pdf", "style"): "the PDF is made without TeX",
    ("library", "root_dir"): "name the file in [library-TAB] lib_file",
    ("library", "save_filename"): "name the file in [library-TAB] lib_file",
    ("library", "save_mark"): "the mark is #@save",
    ("library", "save_patterns"): "the mark is #@save",
    ("library", "version"): "the version is [project] release",
    ("slides", "github_repo"): "what is built is uploaded with the tools of its host",
    ("deploy", "github_repo"): "what is built is uploaded with the tools of its host",
    ("deploy", "s3_bucket"): "what is built is uploaded with the tools of its host",
    ("deploy", "other_file_s3urls"): "what is built is uploaded with the tools of its host",
    ("deploy", "google_analytics_tracking_id"): "the pages track nobody",
    ("translation", "origin_repo"): "translating is left to other tools",
    ("translation", "origin_lang"): "translating is left to other tools",
    ("translation", "translator"): "translating is left to other tools",
    ("translation", "terminology"): "translating is left to other tools",
}
"""Keys of d2lbook that still are in books, and why nothing reads them any more."""

ALONE = "python"
"""Name of the only tab of a book whose ``tabs`` is empty."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole configuration of a book."""

    root: Path
    """The book's folder, absolute."""
    project: Project
    build: Build
    html: Html
    pdf: Pdf
    execute: Execute
    linkcheck: LinkCheck
    library: Version
    colab: Colab
    sagemaker: SageMaker
    slides: Slides
    environments: Mapping[str, EnvironmentConfig]
    """By tab; every tab has one."""
    libraries: Mapping[str, Library]
    """By tab; only the tabs whose section is there."""
    lines: Mapping[tuple[str, str], int]
    """Line of each key of the book's own file, for later messages."""

    @property
    def has_tabs(self) -> bool:
        """Whether tab marks mean anything in this book."""
        return bool(self.build.tabs)

    @property
    def tabs(self) -> tuple[str, ...]:
        """The tabs to build, the default one first; never empty."""
        return self.build.tabs or (ALONE,)

    @property
    def default_tab(self) -> str:
        return self.tabs[0]

    @property
    def source(self) -> Path:
        """Folder of the pages, absolute."""
        return self.root / self.build.source

    @property
    def output(self) -> Path:
        """Folder of all that is built, absolute."""
        return self.root / self.build.output

    @property
    def state(self) -> Path:
        """Folder of what is kept between builds (cached results), absolute."""
        return self.root / ".d2lbook"

    def place(self, section: str, key: str = "") -> Place:
        """Where a key (or a section, or the file) stands."""
        return Place(path=FILE_NAME, line=self.lines.get((section, key), 0))


def read_config(root: Path) -> tuple[Config, list[Problem]]:
    """Read ``config.ini`` of the book in this folder.

    Returns the configuration and notes about keys that are no longer needed.
    Raises ConfigError when the file is missing or says what can't be.
    """
    path = root / FILE_NAME
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError.of(
            f"there is no {FILE_NAME} in {root}",
            "run d2lbook in a book's folder, or name it with -C",
        ) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError.at(FILE_NAME, line, "the file is not UTF-8", "save it as UTF-8") from None
    except OSError as error:
        raise ConfigError.at(FILE_NAME, 0, f"it can't be read: {error.strerror}") from None
    return parse_config(content, root)


def parse_config(content: str, root: Path) -> tuple[Config, list[Problem]]:
    """The configuration that this text of a ``config.ini`` describes (see ``read_config``)."""
    where = _line_numbers(content)
    parser = configparser.ConfigParser()
    parser.read_string(resources.files("d2lbook").joinpath("defaults.ini").read_text("utf-8"))
    own = _parse(content)
    notes = _check_names(own, where)
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
    tabs = single["build"].tabs or (ALONE,)
    per_tab: dict[str, dict[str, Any]] = {"environments": {}, "libraries": {}}
    for prefix, (attribute, kind) in SECTIONS_PER_TAB.items():
        for name in own.sections():
            if name.startswith(prefix):
                tab = name.removeprefix(prefix).strip()
                if tab not in tabs:
                    raise _unknown_tab(name, tab, tabs, where)
                per_tab[attribute][tab] = section(name, kind)
    for tab in tabs:
        per_tab["environments"].setdefault(tab, section("env", EnvironmentConfig))
    values: dict[str, Any] = {**single, **per_tab}
    return Config(root=root.resolve(), lines=where, **values), notes


def _attribute(section: str) -> str:
    return section.replace("-", "_")


def _line_numbers(content: str) -> dict[tuple[str, str], int]:
    """Line of every section (key ``""``) and key of the text."""
    found: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(content.splitlines(), 1):
        if match := re.match(r"\[(.+)\]", line):
            section = match[1]
            found.setdefault((section, ""), number)
        elif match := re.match(r"([^\s#;=:][^=:]*?)\s*[=:]", line):
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
) -> list[Problem]:
    """Notes on keys that are no longer needed; ConfigError for unknown names."""
    notes: list[Problem] = []
    retired = {section for section, _ in NO_LONGER_NEEDED}
    for name in own.sections():
        prefix = next((prefix for prefix in SECTIONS_PER_TAB if name.startswith(prefix)), None)
        kind = SECTIONS_PER_TAB[prefix][1] if prefix else SECTIONS.get(name)
        if kind is None and name not in retired:
            known = [*SECTIONS, *(f"{prefix}TAB" for prefix in SECTIONS_PER_TAB)]
            raise _unknown(f"section [{name}]", name, known, where.get((name, ""), 0))
        keys = [_key(field) for field in dataclasses.fields(kind)] if kind else []
        keys += [key for section, key in NO_LONGER_NEEDED if section == name]
        for key in own.options(name):
            line = where.get((name, key), 0)
            if reason := NO_LONGER_NEEDED.get((name, key)):
                what = f"[{name}] {key} is no longer needed: {reason}"
                notes.append(Problem(what=what, place=Place(path=FILE_NAME, line=line)))
            elif key not in keys:
                raise _unknown(f"key '{key}' in [{name}]", key, keys, line)
    return notes


def _unknown(what: str, name: str, known: list[str], line: int) -> ConfigError:
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(known)}"
    return ConfigError.at(FILE_NAME, line, f"unknown {what}", remedy)


def _unknown_tab(
    section: str, tab: str, tabs: tuple[str, ...], where: Mapping[tuple[str, str], int]
) -> ConfigError:
    return _unknown(f"tab in [{section}]", tab, list(tabs), where.get((section, ""), 0))


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
