"""Which notebooks a build may execute: those of some pages, those that a change touches,
those with some keys, one machine's share of all of them.

What is not chosen keeps its outputs if they are in the cache; nothing that is out
of date is ever shown.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from d2lbook.book import Book, Notebook
from d2lbook.config import Config, parse_config
from d2lbook.config.sections import FILE_NAME
from d2lbook.errors import ConfigError, Problem, UsageError, raise_all
from d2lbook.execute.environments import requirement_files
from d2lbook.execute.gone import GoneFiles, gone_files
from d2lbook.execute.keys import Inputs
from d2lbook.execute.records import Records
from d2lbook.execute.revisions import changed_files, earlier_text
from d2lbook.execute.sharding import Shard, share_of
from d2lbook.execute.staleness import Choose
from d2lbook.source.files import means


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was asked for; a notebook has to fit all of it."""

    only: tuple[str, ...] = ()
    """Patterns of pages; empty: all."""
    since: str | None = None
    """Revisions of git; None: whatever has changed or not."""
    keys: frozenset[str] | None = None
    """Keys of what notebooks depend on (see ``keys``); None: whatever they depend on."""
    shard: Shard | None = None
    """Which part of all that the build could execute; None: all of it."""
    force: bool = False
    """Whether what is chosen is executed even if its outputs are in the cache."""


def chooser(
    config: Config, book: Book, selection: Selection, notebooks: Callable[[], Iterable[Notebook]]
) -> Choose:
    """Says of a notebook and what it depends on whether it is selected.

    ``notebooks`` gives all notebooks of the build, of which a shard is a part. Raises
    UsageError where a pattern fits no page, or where git can't say what has changed.
    """
    pages = _pages(book, selection.only)
    touched = _Touched(config, selection.since) if selection.since is not None else None
    keys = selection.keys
    share = None
    if selection.shard:
        shared = (each for each in notebooks() if each.page.name in pages)
        share = share_of(selection.shard, shared, Records(config).seconds)

    def choose(notebook: Notebook, inputs: Inputs) -> bool:
        return (
            notebook.page.name in pages
            and (share is None or (notebook.page.name, notebook.tab) in share)
            and (keys is None or inputs.key in keys)
            and (not touched or touched.has(notebook, inputs))
        )

    return choose


def _pages(book: Book, patterns: Iterable[str]) -> set[str]:
    """Names of the pages that are meant, by patterns of their names or files."""
    if not patterns:
        return set(book.pages)
    problems: list[Problem] = []
    found: set[str] = set()
    for pattern in patterns:
        fitting = {page.name for page in book.pages.values() if means(pattern, page)}
        found |= fitting
        if not fitting:
            problems.append(_fits_nothing(pattern, book))
    raise_all(UsageError, problems)
    return found


def _fits_nothing(pattern: str, book: Book) -> Problem:
    names = {name.rpartition("/")[2]: name for name in book.pages}
    names |= {name: name for name in book.pages}
    near = difflib.get_close_matches(pattern.removesuffix(".md"), names, n=3, cutoff=0.5)
    pages = dict.fromkeys(names[name] for name in near)
    remedy = f"did you mean: {', '.join(pages)}?" if pages else "d2lbook status names all pages"
    return Problem(what=f"--only '{pattern}' fits no page", remedy=remedy)


class _Touched:
    """What the revisions have touched."""

    def __init__(self, config: Config, revisions: str) -> None:
        self.config = config
        self.files = changed_files(config.root, revisions)
        self.tabs = set(self._tabs(revisions))
        self.gone = GoneFiles(config, gone_files(config, self.files))

    def has(self, notebook: Notebook, inputs: Inputs) -> bool:
        """Whether they touch this notebook: its page, its tab, or a file it depends on, or did."""
        folder = PurePosixPath(self.config.build.source)
        files = (str(folder / name) for name in (*inputs.modules, *inputs.data))
        is_touched = notebook.page.path in self.files or not self.files.isdisjoint(files)
        return is_touched or notebook.tab in self.tabs or self.gone.concern(notebook, inputs)

    def _tabs(self, revisions: str) -> Iterator[str]:
        """The tabs all of whose notebooks they touch."""
        before = self._earlier_config(revisions)
        for tab in self.config.tabs:
            has_new_lock = not self.files.isdisjoint(requirement_files(self.config, tab))
            if has_new_lock or before is None or _of_tab(before, tab) != _of_tab(self.config, tab):
                yield tab

    def _earlier_config(self, revisions: str) -> Config | None:
        """The configuration before; None where that can't be known."""
        if FILE_NAME not in self.files:
            return self.config
        text = earlier_text(self.config.root, revisions, FILE_NAME)
        try:
            return parse_config(text, self.config.root)[0] if text is not None else None
        except ConfigError:
            return None


def _of_tab(config: Config, tab: str) -> tuple[object, ...]:
    """All of the configuration that a tab's outputs depend on."""
    build = config.build
    return (
        config.environments.get(tab),
        config.libraries.get(tab),
        config.execute.seed,
        (build.source, build.tabs, build.untagged, build.eval_notebook),
        (build.dependencies, build.resources),
    )
