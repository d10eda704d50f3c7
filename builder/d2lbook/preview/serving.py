"""Serves a book, and builds it again whenever it changes, until it is told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import socket

from tornado.httpserver import HTTPServer

from d2lbook.config import Config
from d2lbook.errors import BookError, Problem
from d2lbook.preview.board import Board
from d2lbook.preview.executions import Executions
from d2lbook.preview.journal import Journal
from d2lbook.preview.outcome import Outcome, complaint, no_site
from d2lbook.preview.reservation import Reservation
from d2lbook.preview.site import application
from d2lbook.preview.watching import changes
from d2lbook.preview.worker import Worker, WorkerDied
from d2lbook.stopping import stop_signals

WAITING = "waiting for another build of this book to end"


async def serve(
    config: Config,
    tab: str,
    sockets: Sequence[socket],
    journal: Journal,
    *,
    executes: bool,
    begun: Callable[[], None],
) -> None:
    """Serve the book's site on these sockets until a signal says that it is enough.

    ``tab`` is as on the command line; with ``executes`` what is stale is executed.
    ``begun`` is called once browsers are answered. No process is left behind.
    Raises OutputError where files can't be watched.
    """
    stop = asyncio.Event()
    for number in stop_signals():
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    preview = Preview(config, tab, journal, executes=executes)
    server = HTTPServer(application(preview.board))
    server.add_sockets(sockets)
    begun()
    works = (preview.follow_files(), preview.build(), preview.execute(), stop.wait())
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        await preview.end()
        server.stop()
        await server.close_all_connections()
    for result in results:
        if isinstance(result, Exception):
            raise result


class Preview:
    """The preview of one book: what has changed, what was built last, what is executed."""

    def __init__(self, config: Config, tab: str, journal: Journal, *, executes: bool) -> None:
        words = (str(config.root), tab)
        self.board = Board(config.output / "html")
        self._root = config.root
        self._journal = journal
        self._executes = executes
        self._builder = Worker("d2lbook.preview.builder", *words)
        self._reservation = Reservation(config, self._wait)
        self._executions = Executions(
            Worker("d2lbook.preview.executor", *words), self._reservation, self._tell, journal.say
        )
        self._changed: set[str] = set()
        self._is_changed = asyncio.Event()
        self._good = no_site()
        """What came of the last build that was good."""
        self._last = self._good

    async def follow_files(self) -> None:
        """Take note of changes, for ever."""
        async for paths in changes(self._root):
            self._changed |= paths
            self._is_changed.set()

    async def build(self) -> None:
        """Build the site, and again whenever something has changed, for ever."""
        await self._build(None)
        while True:
            await self._is_changed.wait()
            self._is_changed.clear()
            changed, self._changed = self._changed, set()
            await self._build(sorted(changed))

    async def execute(self) -> None:
        """Execute what is stale, if that is wanted, for ever."""
        await self._executions.run()

    async def end(self) -> None:
        """End all processes."""
        await asyncio.gather(self._builder.end(), self._executions.end())

    async def _build(self, changed: Sequence[str] | None) -> None:
        """Build after these files have changed; None: nobody knows which."""
        self._be_busy("building")
        outcome = await self._outcome(changed)
        self._last = outcome
        if not outcome["errors"]:
            self._good = outcome
            self.board.folder = Path(outcome["site"])
            self.board.is_whole = True
            self.board.news["site"] += bool(outcome["anew"])
            self.board.news["pictures"] += outcome["files"]
            if self._executes:
                self._executions.want(outcome["unexecuted"], again=outcome["files"])
        self._be_busy("")
        self._journal.built(outcome)
        self._journal.note(self._unexecuted())

    async def _outcome(self, changed: Sequence[str] | None) -> Outcome:
        try:
            async with self._reservation.held():
                outcome: Outcome = await self._builder.ask({"changed": changed})
        except BookError as error:
            return no_site(*map(complaint, error.problems))
        except WorkerDied as death:
            problem = Problem(
                what=f"the process that builds has ended: {death}",
                remedy="d2lbook build html may say more; it is tried again after the next change",
            )
            return no_site(complaint(problem))
        return outcome

    def _wait(self) -> None:
        self._journal.say(WAITING)
        self._be_busy(WAITING)

    def _be_busy(self, what: str) -> None:
        self.board.news["busy"] = what
        self._tell()

    def _tell(self) -> None:
        """Tell everybody how things stand."""
        news = self.board.news
        news["errors"] = self._last["errors"]
        news["failures"] = self._executions.failures
        news["warnings"] = self._good["warnings"]
        news["unexecuted"] = {}
        for each in self._good["unexecuted"]:
            news["unexecuted"].setdefault(each["page"], []).append(each["tab"])
        left = self._executions.left
        news["note"] = f"executing {_notebooks(left)}" if left else self._unexecuted()
        self.board.tell()
        self._journal.stand([*news["errors"], *news["failures"], *news["warnings"]])

    def _unexecuted(self) -> str:
        unexecuted = len(self._good["unexecuted"])
        if not unexecuted or self._executes:
            return ""
        what = f"{_notebooks(unexecuted)} not executed yet"
        return f"{what}: run d2lbook build eval, or serve with --execute"


def _notebooks(count: int) -> str:
    return "1 notebook" if count == 1 else f"{count} notebooks"
