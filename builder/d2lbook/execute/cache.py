"""The cache of results as one build uses it: the book's own, and behind it the shared one.

What is found in the shared one is kept in the book's own too; what was executed
is kept in both. Trouble with either is told once and stops nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from d2lbook.config import Config
from d2lbook.config.sections import CACHE_MODES
from d2lbook.errors import OutputError, Problem, UsageError
from d2lbook.execute.pruning import prune
from d2lbook.execute.results import DamagedResult, Result, ResultStore, decode, encode
from d2lbook.execute.shared import SharedResults

MODE_VARIABLE = "D2LBOOK_CACHE_MODE"
"""Environment variable that is heeded before ``[execute] cache_mode``."""


@dataclass(kw_only=True)
class Loaded:
    """What the cache has of some keys."""

    results: dict[str, Result] = field(default_factory=dict)
    damage: dict[str, str] = field(default_factory=dict)
    """What was wrong with entries that are damaged, and forgotten now."""


class ResultCache:
    """The results of one book, in its own folder and perhaps in a shared store."""

    def __init__(
        self,
        own: ResultStore,
        shared: SharedResults | None = None,
        *,
        limit: int | None = None,
        warn: Callable[[Problem], None],
    ) -> None:
        self.own = own
        self.shared = shared
        self.limit = limit
        self.warn = warn
        self._used: set[str] = set()
        self._has_grown = False
        self._can_keep = True
        self._has_told = False

    def load(self, keys: Iterable[str]) -> Loaded:
        """What there is under these keys."""
        loaded = Loaded()
        missing: list[str] = []
        for key in dict.fromkeys(keys):
            try:
                content = self.own.load(key)
                if content is not None:
                    loaded.results[key] = decode(key, content)
            except DamagedResult as damage:
                loaded.damage[key] = str(damage)
                self.own.remove(key)
                content = None
            if content is None:
                missing.append(key)
        if self.shared and missing:
            self._load_shared(self.shared, missing, loaded)
        self._used.update(loaded.results)
        self.own.mark_used(loaded.results)
        return loaded

    def _load_shared(self, shared: SharedResults, keys: Iterable[str], loaded: Loaded) -> None:
        for key, content in shared.fetch(keys).items():
            try:
                loaded.results[key] = decode(key, content)
            except DamagedResult as damage:
                loaded.damage[key] = f"{damage}, in the shared results"
            else:
                self._keep(key, content)
        self._tell_unusable(shared)

    def _tell_unusable(self, shared: SharedResults) -> None:
        if shared.problem and not self._has_told:
            self._has_told = True
            self.warn(shared.problem)

    def save(self, key: str, result: Result) -> None:
        """Keep a result."""
        content = encode(key, result)
        self._keep(key, content)
        if self.shared:
            self.shared.send(key, content)

    def _keep(self, key: str, content: bytes) -> None:
        try:
            self.own.save(key, content)
        except OutputError as error:
            if self._can_keep:
                self._can_keep = False
                self._tell_not_kept(error)
        else:
            self._has_grown = True
            self._used.add(key)
            self.own.mark_used([key])

    def _tell_not_kept(self, error: OutputError) -> None:
        (problem,) = error.problems
        remedy = f"{problem.remedy}; what is not kept is executed again next time"
        self.warn(Problem(what=f"results can't be kept: {problem.what}", remedy=remedy))

    def forget(self, key: str) -> None:
        """Remove a result from the book's own."""
        self.own.remove(key)

    def close(self, in_use: Callable[[], Iterable[str]] = tuple) -> None:
        """Wait until everything is shared, and bring the book's own results under their limit.

        What this build has used stays, and so does what is ``in_use``.
        """
        if self.shared:
            self.shared.finish()
            self._tell_unusable(self.shared)
        if self._has_grown and self.limit is not None:
            try:
                prune(self.own, size=self.limit, keep=self._used.union(in_use()))
            except OutputError as error:
                for problem in error.problems:
                    self.warn(problem)


def open_cache(config: Config, warn: Callable[[Problem], None]) -> ResultCache:
    """The cache that the configuration and the environment variables ask for.

    Raises UsageError when ``D2LBOOK_CACHE_MODE`` is none of the modes.
    """
    execute, mode = config.execute, cache_mode(config)
    shared = None
    if execute.cache and mode != "off":
        shared = SharedResults(execute.cache, writable=mode == "read-write")
    return ResultCache(own_results(config), shared, limit=execute.cache_size, warn=warn)


def own_results(config: Config) -> ResultStore:
    """The results in the book's folder."""
    return ResultStore(config.state / "results")


def cache_mode(config: Config) -> str:
    """How the shared results are used. Raises UsageError when the variable is no mode."""
    given = os.environ.get(MODE_VARIABLE)
    if not given:
        return config.execute.cache_mode
    if given not in CACHE_MODES:
        what = f"{MODE_VARIABLE} can't be '{given}'"
        raise UsageError.of(what, f"it has to be {' or '.join(CACHE_MODES)}")
    return given
