"""The web application: the files of the site, and the line on which browsers hear the news."""

from __future__ import annotations

from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from tornado.routing import HostMatches, Rule
from tornado.web import Application, ErrorHandler, HTTPError, StaticFileHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from d2lbook.preview.board import Board, News
from d2lbook.preview.injection import inject

NAMES = r"(localhost|127\.0\.0\.1|\[::1\])$"
"""By these alone browsers may call the server; any other name was made to lead here."""

STATIC = Path(str(resources.files(__package__))) / "static"


def application(board: Board) -> Application:
    """The application that serves one preview."""
    handlers = [
        (r"/_preview/news", NewsHandler, {"board": board}),
        (r"/_preview/(.*)", FileHandler, {"path": str(STATIC)}),
        (r"/(.*)", SiteHandler, {"board": board}),
    ]
    return Application(
        [Rule(HostMatches(NAMES), handlers)],
        default_handler_class=ErrorHandler,
        default_handler_args={"status_code": 403},
        log_function=lambda _: None,
    )


class NewsHandler(WebSocketHandler):
    """Tells one browser the news. Pages of other servers are refused, as Tornado does it."""

    def initialize(self, board: Board) -> None:
        self.board = board

    def open(self) -> None:
        self.board.listeners.add(self._tell)
        self._tell(self.board.news)

    def on_close(self) -> None:
        self.board.listeners.discard(self._tell)

    def on_message(self, message: str | bytes) -> None:
        """Browsers have nothing to say."""

    def _tell(self, news: News) -> None:
        try:
            self.write_message(dict(news))
        except WebSocketClosedError:
            self.on_close()


class FileHandler(StaticFileHandler):
    """Files below one folder, asked for anew each time, for this site alone."""

    absolute_path: str | None = None

    def set_default_headers(self) -> None:
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def set_extra_headers(self, _path: str) -> None:
        self.set_header("Cache-Control", "no-cache")

    def compute_etag(self) -> str | None:
        """Another one whenever the file was written; pages, which we change, have none."""
        if not self.absolute_path:
            return None
        status = Path(self.absolute_path).stat()
        return f'"{status.st_mtime_ns:x}-{status.st_size:x}"'


class SiteHandler(FileHandler):
    """The site; what is a page has the preview's script in it."""

    def initialize(self, board: Board) -> None:  # type: ignore[override]
        super().initialize(path=str(board.folder), default_filename="index.html")
        self.board = board

    async def get(self, path: str, include_body: bool = True) -> None:
        if "\0" in path or any(part.startswith(".") for part in PurePosixPath(path).parts):
            raise HTTPError(404)  # no file, or what a build notes for itself
        if not self.board.is_whole:
            raise HTTPError(404)
        self.path = self.parse_url_path(path)
        wanted = self.get_absolute_path(self.root, self.path)
        found = self.validate_absolute_path(self.root, wanted)
        if found and found.endswith(".html"):
            self._send_page(Path(found).read_bytes())
        elif found:
            await super().get(path, include_body)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """For a page that isn't there one that shows it as soon as it is."""
        if status_code == 404:
            self._send_page((STATIC / "missing.html").read_bytes())
        else:
            super().write_error(status_code, **kwargs)

    def _send_page(self, page: bytes) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(inject(page, self.board.news))
