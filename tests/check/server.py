"""A web server on the loopback address that does what servers do, good and bad."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from urllib.parse import urlsplit

Response = tuple[int, dict[str, str]]


class Server(ThreadingTCPServer):
    """``requests`` counts methods and paths; ``most_at_once`` what ``/pair`` has seen."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: Counter[tuple[str, str]] = Counter()
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.pair = threading.Barrier(2)
        self.at_once = self.most_at_once = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def respond(self, method: str, path: str) -> Response:
        with self.lock:
            self.requests[method, path] += 1
            count = sum(self.requests[each, path] for each in ("HEAD", "GET"))
        match path:
            case "/no-head":
                return (405, {}) if method == "HEAD" else (200, {})
            case "/head-lies":
                return (404, {}) if method == "HEAD" else (200, {})
            case "/busy":
                return (429, {"Retry-After": "7"}) if count == 1 else (200, {})
            case "/flaky":
                return (500, {}) if count < 4 else (200, {})
            case "/hangs":
                self.stopping.wait()
                return 200, {}
            case "/pair":
                self.wait_for_another()
                return 200, {}
        return RESPONSES[path]

    def wait_for_another(self) -> None:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.pair.wait(timeout=20)
        with self.lock:
            self.at_once -= 1


RESPONSES: dict[str, Response] = {
    "/good": (200, {}),
    "/missing": (404, {}),
    "/gone": (410, {}),
    "/forbidden": (403, {}),
    "/broken": (500, {}),
    "/closed": (429, {"Retry-After": "99999"}),
    "/never": (503, {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}),
    "/moved": (301, {"Location": "/good"}),
    "/moved-twice": (308, {"Location": "/moved"}),
    "/moved-a-while": (301, {"Location": "/elsewhere"}),
    "/elsewhere": (302, {"Location": "/good"}),
    "/moved-to-missing": (301, {"Location": "/missing"}),
    "/round": (302, {"Location": "/round"}),
}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        status, headers = self.server.respond(self.command, urlsplit(self.path).path)
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
        except ConnectionError:
            pass  # who asked did not wait

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()
