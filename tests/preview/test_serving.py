"""The preview's server, asked without a browser: who is answered, and with what; how it ends."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest
from d2lbook.__main__ import main

from tests.preview.conftest import BOOK, PATIENCE, Preview, StartPreview

SCRIPT = "_preview/preview.js"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    "Sec-WebSocket-Version": "13",
}


def ask(preview: Preview, path: str = "", **headers: str) -> httpx.Response:
    """The answer to a request for just this path, dots and all."""
    address = httpx.URL(preview.address).copy_with(raw_path=f"/{path}".encode())
    return httpx.get(address, headers=headers, timeout=PATIENCE)


def test_pages_have_the_script_and_their_files_do_not(start: StartPreview, book: Path) -> None:
    preview = start().ready()
    page = ask(preview, "c/page.html")
    assert page.status_code == 200
    assert "First words." in page.text
    assert page.text.count(SCRIPT) == 1
    assert SCRIPT not in (book / "_build/html/c/page.html").read_text()
    assert ask(preview, SCRIPT).headers["content-type"].startswith("text/javascript")


def test_files_are_never_old(start: StartPreview, book: Path) -> None:
    preview = start().ready()
    style = ask(preview, "_static/book.css")
    assert style.content == (book / "_build/html/_static/book.css").read_bytes()
    assert style.headers["cache-control"] == "no-cache"
    mark = {"If-None-Match": style.headers["etag"]}
    assert ask(preview, "_static/book.css", **mark).status_code == 304
    (book / "_build/html/_static/book.css").write_text("other")
    assert ask(preview, "_static/book.css", **mark).text == "other"


def test_nothing_but_the_site_is_served(start: StartPreview) -> None:
    preview = start().ready()
    folder = ask(preview, "c")
    assert (folder.status_code, folder.headers["location"]) == (301, "/c/")
    assert "Chapter" in ask(preview, "c/").text
    for path in (
        "nothing.html",
        "a%00b.html",
        "_static/",
        ".d2lbook-files.json",
        "../../config.ini",
        "%2e%2e/%2e%2e/config.ini",
        "_static/../../../config.ini",
        "//etc/passwd",
        "_preview/../serving.py",
        "_preview/%2e%2e/serving.py",
    ):
        assert ask(preview, path).status_code in {403, 404}, path


def test_only_this_machine_is_answered(start: StartPreview) -> None:
    preview = start().ready()
    for name in ("localhost", "127.0.0.1", "LocalHost:1", "[::1]:8000"):
        assert ask(preview, Host=name).status_code == 200, name
    for name in ("book.example", "localhost.example", "127.0.0.1.example", "10.0.0.1", "[::2]"):
        for path in ("", "c/page.html", SCRIPT, "_preview/news"):
            assert ask(preview, path, Host=name, **UPGRADE).status_code == 403, (name, path)
    # A page of another site may ask a browser to, but is not told the news.
    assert ask(preview, "_preview/news", Origin="http://book.example", **UPGRADE).status_code == 403
    listening = psutil.Process(preview.process.pid).net_connections("tcp")
    addresses = {each.laddr.ip for each in listening if each.status == psutil.CONN_LISTEN}
    assert addresses <= {"127.0.0.1", "::1"}


def test_a_port_that_is_taken(
    start: StartPreview, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["-C", str(book), "serve", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert said == (
        f"error: port {port} is taken; name another one, or leave --port out to have a free one"
        " found\n"
    )
    first = start(port="")
    second = start(port="")
    assert first.address != second.address
    assert " is taken)" in second.lines[0]


def test_what_can_not_be_served_is_told_at_once(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(book), "serve", "--tab", "torch"]) == 2
    assert "unknown tab 'torch'" in capsys.readouterr().err
    (book / "config.ini").write_text("[build]\ntab = jax\n")
    assert main(["-C", str(book), "serve"]) == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_without_a_word(start: StartPreview, number: int) -> None:
    preview = start().ready()
    preview.wait_for("not executed yet")
    assert preview.end(number) == 0
    assert len(preview.lines) == 3


def test_kernels_that_are_kept_warm_end_with_it(start: StartPreview) -> None:
    preview = start("--execute").ready()
    preview.wait_for("[jax] executed")
    assert preview.end() == 0


def test_it_ends_while_it_builds(start: StartPreview) -> None:
    assert start().end() == 0


def test_it_ends_while_it_executes(start: StartPreview, book: Path) -> None:
    endless = "import pathlib, time\npathlib.Path('../../../../on').touch()\ntime.sleep(1000)"
    page = BOOK["c/page.md"].replace('print("a", "jax")', endless)
    (book / "c/page.md").write_text(page)
    preview = start("--execute").ready()
    until((book / "on").exists)
    assert preview.end() == 0


def test_nothing_outlives_a_server_that_was_killed(start: StartPreview) -> None:
    preview = start("--execute").ready()
    preview.wait_for("[jax] executed")
    children = psutil.Process(preview.process.pid).children(recursive=True)
    preview.process.kill()
    preview.process.wait(PATIENCE)
    _, left = psutil.wait_procs(children, timeout=PATIENCE)
    assert not left


def test_a_builder_that_dies_is_told_and_replaced(start: StartPreview) -> None:
    preview = start().ready()
    (builder,) = psutil.Process(preview.process.pid).children()
    builder.kill()
    preview.replace("c/page.md", "First", "Second")
    preview.wait_for("error: the process that builds has ended: signal 9")
    assert "First words." in ask(preview, "c/page.html").text
    preview.replace("c/page.md", "Second", "Third")
    preview.wait_for("index, c/index, c/page: ", since=2)
    assert "Third words." in ask(preview, "c/page.html").text


def test_other_builds_wait_only_as_long_as_it_builds(start: StartPreview, book: Path) -> None:
    preview = start().ready()
    assert main(["-q", "-C", str(book), "build", "eval"]) == 0
    # What they have executed is shown, maybe one framework after the other.
    preview.wait_for("c/page: ", since=1)
    assert '<span class="s">' in ask(preview, "c/page.html").text
    until(lambda: "a torch" in ask(preview, "c/page.html").text)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
