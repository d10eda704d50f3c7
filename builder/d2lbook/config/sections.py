"""The sections of ``config.ini``: one dataclass each, one field per key.

What a key means stands under its field; its default is in ``defaults.ini``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from d2lbook.book import Place
from d2lbook.config.values import (
    Convert,
    address,
    assignments,
    boolean,
    choice,
    count,
    file_name,
    inside,
    insides,
    items,
    language,
    lines,
    links,
    module_file,
    names,
    number_formats,
    page_patterns,
    preloads,
    rows,
    size,
    text,
    web_address,
    words,
)
from d2lbook.errors import Problem

FILE_NAME = "config.ini"

CACHE_MODES = ("read-write", "read-only", "off")


def setting(convert: Convert, key: str = "") -> Any:
    """A dataclass field for one key; ``key`` where it is not the field's name."""
    return dataclasses.field(metadata={"convert": convert, "key": key})


@dataclass(frozen=True, kw_only=True)
class Project:
    name: str = setting(file_name)
    """Base name of the PDF and the zip."""
    title: str = setting(text)
    """Empty: the title of the index page."""
    author: str = setting(text)
    release: str = setting(text)
    copyright: str = setting(text)
    language: str = setting(language, "lang")
    """Language of the text, as in ``id`` or ``zh-CN``."""
    texts: str = setting(inside)
    """File with texts of the outputs, in place of those in ``document/languages``."""


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
    number_formats: Mapping[str, str] = setting(number_formats, "sphinx_configs")
    """What references and captions say in place of the language's own words, by kind:
    ``图{number}`` for ``figure``. It is the ``numfig_format`` of books' settings for Sphinx."""


@dataclass(frozen=True, kw_only=True)
class Html:
    header_links: tuple[tuple[str, ...], ...] = setting(links)
    """Rows of text and address, in the web or from the folder of the pages; the name of an icon may
    follow, which is not heeded."""
    favicon: str = setting(inside)
    logo: str = setting(inside, "html_logo")
    include_css: tuple[str, ...] = setting(insides)
    include_js: tuple[str, ...] = setting(insides)
    address: str = setting(web_address)
    """Where the site will be: canonical links, the sitemap and social cards need to know."""
    social_image: str = setting(inside)
    """The picture of social cards; empty: one is drawn for every page."""
    discussions: str = setting(web_address)
    """Beginning of the addresses of discussions, as in ``https://discuss.example/``."""
    embed_discussions: bool = setting(boolean)
    """Whether a Discourse thread is shown on its page, once a reader asks for it."""
    trust_outputs: bool = setting(boolean)
    """Whether HTML that code has put out is shown as it is, with its scripts and styles."""


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
    """Notebooks run at once; 0: as many as there are processors and memory for."""
    fail_fast: bool = setting(boolean)
    """Whether no notebook is started any more once one has failed."""
    gpu: tuple[str, ...] | None = setting(page_patterns)
    """Pages that need a GPU; None: those whose code asks for one."""
    without_gpu: str = setting(choice("run", "skip", "fail"))
    """What becomes of those where there is no GPU."""
    seed: int = setting(count)
    """Seed of Python, NumPy and the framework, set before the first cell."""
    output_limit: int | None = setting(size)
    """How much text of one output pages and PDFs show, of no more than 1,000 lines."""
    picture_limit: int | None = setting(size)
    """How large a picture, or HTML, may be that they show of one output."""
    cache: str = setting(address)
    """URL of results that machines share (``s3://…``, ``file://…``); empty: there are none."""
    cache_mode: str = setting(choice(*CACHE_MODES))
    """What a build does with the shared results; D2LBOOK_CACHE_MODE is heeded before it."""
    cache_size: int | None = setting(size)
    """How much the results in the book's own folder may take, but for those in use."""


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
    """Modules that are imported once for all notebooks; ``auto``: those that they import;
    ``no``: each notebook imports everything itself."""
    no_dependencies: tuple[str, ...] = setting(items)
    """Packages of the lock that are installed without what they depend on."""
    unlocked: tuple[str, ...] = setting(items)
    """Patterns of packages that a lock leaves to the exact pins of those which need them."""


@dataclass(frozen=True, kw_only=True)
class Library:
    """``[library-TAB]``: the file made from ``#@save`` cells, and the aliases."""

    file: str = setting(module_file, "lib_file")
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

    file: str = setting(module_file, "version_file")
    """File whose ``__version__`` line is set to the release."""


@dataclass(frozen=True, kw_only=True)
class Colab:
    github_repo: tuple[tuple[str, ...], ...] = setting(rows)
    """One repository, as ``owner/name`` or its address on GitHub, or rows of tab and repository;
    empty: no Colab links."""
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
    unknown: tuple[Problem, ...] = ()
    """What the book's own file says and nobody reads."""

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

    @property
    def file_patterns(self) -> Iterator[str]:
        """The files, or patterns of files, in the book's folder that its parts are made with:
        texts, pictures, styles, lists of works, requirements, libraries."""
        parts: list[Project | Html | Pdf | EnvironmentConfig | Library]
        parts = [self.project, self.html, self.pdf]
        parts += [*self.environments.values(), *self.libraries.values()]
        for part in parts:
            for field in dataclasses.fields(part):
                if field.metadata["convert"] in {inside, insides, module_file}:
                    value = getattr(part, field.name)
                    yield from [value] if isinstance(value, str) else value

    def place(self, section: str, key: str = "") -> Place:
        """Where a key (or a section, or the file) stands."""
        return Place(path=FILE_NAME, line=self.lines.get((section, key), 0))
