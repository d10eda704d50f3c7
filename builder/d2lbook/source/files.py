"""Reads the pages of a book from its folder: the only place of ``source`` that opens files."""

from __future__ import annotations

import fnmatch
import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path, PurePosixPath

from d2lbook.book import Book, Page
from d2lbook.config import Config
from d2lbook.errors import Problem, SourceError, raise_all
from d2lbook.files import read_text
from d2lbook.memory import Memory
from d2lbook.source.contents import arrange
from d2lbook.source.page import TabRules, read_page


def read_book(config: Config, memory: Memory | None = None) -> tuple[Book, list[Problem]]:
    """Read all pages of a book; ``memory`` has those that were read before.

    Returns the book and what is odd in it. Raises one SourceError with every
    page that can't be read.
    """
    memory = memory or Memory()
    rules = TabRules(tabs=config.build.tabs, untagged_is_all=config.build.untagged == "all")
    pages: dict[str, Page] = {}
    problems: list[Problem] = []
    errors: list[Problem] = []
    for name in find_pages(config):
        try:
            page, odd = read_page_file(config, name, rules, memory)
        except SourceError as error:
            errors.extend(error.problems)
        else:
            pages[name] = page
            problems.extend(odd)
    raise_all(SourceError, errors)
    index = config.build.index.removesuffix(".md")
    if index not in pages:
        place = config.place("build", "index")
        raise SourceError.at(
            place.path,
            place.line,
            f"the index page {index}.md is not there",
            "write it, or name another one in [build] index",
        )
    book, odd = arrange(pages, index)
    return book, [*config.unknown, *missing_files(config), *problems, *odd]


def read_page_file(
    config: Config, name: str, rules: TabRules, memory: Memory
) -> tuple[Page, list[Problem]]:
    """Read one page from its file (see ``read_page``).

    Raises SourceError where that is no UTF-8 text, or lies outside the book.
    """
    file = config.source / f"{name}.md"
    path = file.relative_to(config.root).as_posix()
    if not Path(os.path.realpath(file)).is_relative_to(config.root):
        what = "this page is a link that leads out of the book"
        raise SourceError.at(path, 0, what, "keep a copy in the book's folder")
    try:
        text = read_text(file, path, SourceError, "this page")
    except OSError as error:
        raise SourceError.at(path, 0, f"this page can't be read: {error.strerror}") from None
    return memory.recall(("page", name), text, lambda: read_page(text, name, path, rules))


def find_pages(config: Config) -> list[str]:
    """Names of the pages that ``[build] notebooks`` takes in, sorted.

    Hidden files are none; hidden folders and the output folder are never looked into.
    """
    build = config.build
    names = {build.index.removesuffix(".md")} | {
        path.removesuffix(".md")
        for path in _markdown_files(config.source, config.output)
        if matches(path, build.notebooks)
        and not matches(path, (*build.exclusions, *build.non_notebooks))
    }
    return sorted(name for name in names if (config.source / f"{name}.md").is_file())


def missing_files(config: Config) -> Iterator[Problem]:
    """A problem for each file that ``[build]`` names and that is not there.

    A folder that a library is to be written to need not be there yet.
    """
    made = [library.file for library in config.libraries.values() if library.file]
    for key in ("resources", "dependencies"):
        for pattern in getattr(config.build, key):
            will_be = any(matches(file, (pattern,)) for file in made)
            if not will_be and not any(config.source.glob(pattern)):
                yield Problem(
                    what=f"[build] {key} names '{pattern}', which is not there",
                    place=config.place("build", key),
                    remedy="add it, or mend the name",
                )


def resource_files(config: Config) -> Iterator[Path]:
    """The files of ``[build] resources``; see ``matching_files``."""
    return matching_files(config, config.build.resources)


def matching_files(config: Config, patterns: Iterable[str]) -> Iterator[Path]:
    """The files that patterns of ``[build]`` name, themselves or through their folder.

    Nothing that was built, and nothing hidden (``.git``, ``.env``) that isn't named as such.
    """
    built = (config.output, config.state)

    def is_left_out(path: Path, shown: tuple[str, ...]) -> bool:
        return any(path.is_relative_to(folder) for folder in built) or any(
            part == "__pycache__" or (part.startswith(".") and not matches(part, shown))
            for part in path.relative_to(config.source).parts
        )

    for pattern in patterns:
        shown = tuple(part for part in pattern.split("/") if part.startswith("."))
        for path in config.source.glob(pattern):
            if not is_left_out(path, shown):
                files = (file for file in (path, *path.rglob("*")) if file.is_file())
                yield from (file for file in files if not is_left_out(file, shown))


def find_non_notebooks(config: Config) -> list[str]:
    """The Markdown files that go into what is built as they are, from the folder of the pages."""
    build = config.build
    if not build.non_notebooks:
        return []
    return [
        path
        for path in _markdown_files(config.source, config.output)
        if matches(path, build.non_notebooks) and not matches(path, build.exclusions)
    ]


def means(pattern: str, page: Page) -> bool:
    """Whether a pattern means this page: by its name, its file, or a folder it is in."""
    tidy = str(PurePosixPath(pattern)) if pattern else ""
    names = (page.name, f"{page.name}.md", page.path)
    return bool(tidy) and any(matches(name, (tidy,)) for name in names)


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path fits one of these patterns, as the shell reads them.

    ``*`` stays within a folder, ``**`` is any number of folders; a pattern that
    names a folder takes in all below it.
    """
    parts = tuple(path.split("/"))
    return any(_fits(parts, found) for pattern in patterns for found in _folders(pattern))


@cache
def _folders(pattern: str) -> tuple[tuple[str, ...], ...]:
    """The pattern by folders, for the path itself and for all below it."""
    parts = PurePosixPath(pattern).parts
    return parts, (*parts, "**")


def _fits(parts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    if not patterns:
        return not parts
    if patterns[0] == "**":
        return any(_fits(parts[skip:], patterns[1:]) for skip in range(len(parts) + 1))
    if not parts or not fnmatch.fnmatchcase(parts[0], patterns[0]):
        return False
    return _fits(parts[1:], patterns[1:])


def _markdown_files(source: Path, output: Path) -> Iterator[str]:
    for file in files_below(source, output):
        if file.suffix == ".md" and not file.name.startswith("."):  # what editors leave, and macOS
            yield file.relative_to(source).as_posix()


def files_below(root: Path, output: Path) -> Iterator[Path]:
    """All files of this folder and those below it, but for hidden folders and what is built.

    Links are followed, but into no folder twice, nor into one that holds this one.
    Raises SourceError for a name that isn't UTF-8: nothing could tell of it.
    """
    walked = {root.resolve(), *root.resolve().parents}

    def is_wanted(folder: Path) -> bool:
        is_source = not folder.name.startswith(".") and folder.name != "__pycache__"
        return is_source and folder != output and folder.resolve() not in walked

    for folder, below, files in os.walk(root, followlinks=True):
        walked.add(Path(folder).resolve())
        below[:] = sorted(name for name in below if is_wanted(Path(folder, name)))
        for name in (*below, *files):
            try:
                name.encode()
            except UnicodeEncodeError:
                path = Path(folder, name).relative_to(root).as_posix()
                is_utf8 = sys.getfilesystemencoding() == "utf-8"
                remedy = "rename it" if is_utf8 else "set PYTHONUTF8=1: names are read otherwise"
                raise SourceError.at(path, 0, "its name is not UTF-8", remedy) from None
        yield from (Path(folder, name) for name in sorted(files))
