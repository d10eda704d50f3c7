"""The results that several machines share, behind those in a book's own folder.

``[execute] cache`` names where they lie: ``file://`` a folder, else whatever fsspec
knows (``s3://bucket/folder``), reached with the credentials of its own settings and
variables. One object per key, named by it. Everything is done in threads, several
at once, so that a store that is far away keeps nobody waiting; and one that does
not answer, or says no, is not asked again in the same build.
"""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from d2lbook.errors import BookError, Problem
from d2lbook.execute.results import ResultStore

PATIENCE = 15.0
"""Seconds in which at least one of the answers that are waited for has to come."""

AT_ONCE = 8


class Store(Protocol):
    """Keeps bytes by key; each method raises whatever it likes."""

    def load(self, key: str) -> bytes | None: ...

    def save(self, key: str, content: bytes) -> None: ...


class FsspecStore:
    """Objects below a URL that fsspec knows."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]

        self.files, self.folder = url_to_fs(url)

    def load(self, key: str) -> bytes | None:
        try:
            content: bytes = self.files.cat_file(self._path(key))
        except FileNotFoundError:
            return None
        return content

    def save(self, key: str, content: bytes) -> None:
        self.files.pipe_file(self._path(key), content)

    def _path(self, key: str) -> str:
        return f"{self.folder.rstrip('/')}/{key}.json"


def open_store(url: str) -> Store:
    """The store at a URL. Raises whatever it likes where there can be none."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return ResultStore(Path(unquote(parts.path)))
    return FsspecStore(url)


class SharedResults:
    """A store of results as one build uses it."""

    def __init__(
        self,
        url: str,
        *,
        writable: bool,
        patience: float = PATIENCE,
        opening: Callable[[str], Store] = open_store,
    ) -> None:
        self.url = url
        self.writable = writable
        self.problem: Problem | None = None
        """Why it isn't asked any more."""
        self._patience = patience
        self._opening = opening
        self._store: Store | None = None
        self._guard = threading.Lock()
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads = 0
        self._sent: set[Future[Any]] = set()

    def fetch(self, keys: Iterable[str]) -> dict[str, bytes]:
        """What it has of these keys; less when it fails."""
        found: dict[str, bytes] = {}
        if self.problem is None:
            waiting = {self._submit(partial(_load, key)): key for key in keys}

            def take(future: Future[Any]) -> None:
                content = future.result()
                if content is not None:
                    found[waiting[future]] = content

            self._wait(set(waiting), take)
        return found

    def send(self, key: str, content: bytes) -> None:
        """Keep something, in the background, if it can be written to."""
        if self.writable and self.problem is None:
            self._sent.add(self._submit(partial(_save, key, content)))

    def finish(self) -> None:
        """Wait for what was sent, and let go of the threads."""
        if self.problem is None:
            self._wait(self._sent, lambda future: future.result())
        for _ in range(self._threads):
            self._tasks.put(None)
        self._threads = 0
        self._sent = set()

    def _wait(self, futures: set[Future[Any]], take: Callable[[Future[Any]], None]) -> None:
        while futures:
            done, futures = wait(futures, self._patience, FIRST_COMPLETED)
            if not done:
                self._give_up(f"it does not answer within {self._patience:g} s")
                return
            for future in done:
                try:
                    take(future)
                except Exception as error:  # noqa: BLE001  # each store has errors of its own
                    self._give_up(_reason(error))
                    return

    def _give_up(self, why: str) -> None:
        self.problem = Problem(
            what=f"the shared results in {shown(self.url)} can't be used: {why}",
            remedy="this build does without them",
        )

    def _submit(self, work: Callable[[Store], Any]) -> Future[Any]:
        task = _Task(work)
        self._tasks.put(task)
        if self._threads < AT_ONCE:
            self._threads += 1
            # Not a ThreadPoolExecutor: its threads would hold up the end of the process.
            threading.Thread(target=self._work, daemon=True).start()
        return task.future

    def _work(self) -> None:
        while task := self._tasks.get():
            if self.problem is None:
                task.run(self._opened)

    def _opened(self) -> Store:
        with self._guard:
            if self._store is None:
                self._store = self._opening(self.url)
            return self._store


def _load(key: str, store: Store) -> bytes | None:
    return store.load(key)


def _save(key: str, content: bytes, store: Store) -> None:
    store.save(key, content)


class _Task:
    def __init__(self, work: Callable[[Store], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()

    def run(self, opened: Callable[[], Store]) -> None:
        try:
            self.future.set_result(self.work(opened()))
        except Exception as error:  # noqa: BLE001  # told where the future is waited for
            self.future.set_exception(error)


def shown(url: str) -> str:
    """The URL without a password in it."""
    return re.sub(r"(?<=//)[^/@]*@", "", url)


def _reason(error: Exception) -> str:
    if isinstance(error, BookError):
        return error.problems[0].what
    if isinstance(error, ImportError):
        return f"{error}; for s3:// run pip install 'd2lbook2[s3]'"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
