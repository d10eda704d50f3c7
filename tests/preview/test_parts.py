"""The small parts of the preview by themselves."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from d2lbook.config import read_config
from d2lbook.errors import OutputError, UsageError
from d2lbook.output import reserved
from d2lbook.preview.board import Board
from d2lbook.preview.injection import inject
from d2lbook.preview.journal import Journal
from d2lbook.preview.loopback import listen
from d2lbook.preview.outcome import Complaint, Outcome, no_site
from d2lbook.preview.paths import executed_notebook, is_page, is_state
from d2lbook.preview.reservation import Reservation

SCRIPT = b'<script src="/_preview/preview.js" data-server="s" data-site="3" data-pictures="1">'


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"<body>text", b"</body></html>\n"), (b"<p>no end", b""), (b"", b"")],
)
def test_the_script_stands_at_the_end_of_the_body(before: bytes, after: bytes) -> None:
    news = Board(Path("site")).news
    news.update(server="s", site=3, pictures=1)
    page = before + after
    assert inject(page, news) == before + SCRIPT + b"</script>\n" + after


def test_only_the_last_end_of_a_body_is_one() -> None:
    page = b"<body><pre>'</body>'</pre></body>"
    assert inject(page, Board(Path("site")).news).startswith(b"<body><pre>'</body>'</pre><script")


def test_what_paths_mean() -> None:
    assert is_page("c/page.md")
    assert not is_page("c/page.mdx")
    assert is_state(".d2lbook")
    assert is_state(".d2lbook/runs/jax")
    assert not is_state(".d2lbook.md")
    assert executed_notebook(".d2lbook/runs/jax/c/page.json") == ("c/page", "jax")
    assert executed_notebook(".d2lbook/runs/jax") is None
    assert executed_notebook("runs/jax/c/page.json") is None


def test_ports() -> None:
    sockets, port = listen(0)
    try:
        assert {each.getsockname()[0] for each in sockets} <= {"127.0.0.1", "::1"}
        assert {each.getsockname()[1] for each in sockets} == {port}
        with pytest.raises(UsageError, match=f"port {port} is taken"):
            listen(port)
        with socket.create_connection(("127.0.0.1", port)):
            pass
    finally:
        for each in sockets:
            each.close()


def test_builders_of_one_process_share_the_right_to_build(tmp_path: Path) -> None:
    (tmp_path / "config.ini").write_text("")
    config, _ = read_config(tmp_path)
    waits: list[int] = []

    class Elsewhere(Exception):
        """Somebody else holds it."""

    def refuse() -> None:
        raise Elsewhere

    def is_free() -> bool:
        try:
            with reserved(config, refuse):
                return True
        except Elsewhere:
            return False

    async def use() -> None:
        reservation = Reservation(config, lambda: waits.append(1))
        async with reservation.held():
            async with reservation.held():
                assert not is_free()
            assert not is_free()
        assert is_free()
        with reserved(config, refuse):
            waiting = asyncio.ensure_future(reservation.held().__aenter__())
            while not waits:
                await asyncio.sleep(0.01)
            assert not waiting.done()
        await waiting
        assert not is_free()

    asyncio.run(use())
    assert waits == [1]


def test_a_book_that_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "config.ini").write_text("")
    config, _ = read_config(tmp_path)
    (tmp_path / ".d2lbook").write_text("a file")

    async def use() -> None:
        async with Reservation(config, lambda: None).held():
            pass

    with pytest.raises(OutputError):
        asyncio.run(use())


def complaint(line: str) -> Complaint:
    return {"place": "", "tab": "", "what": line, "remedy": "", "detail": "", "line": line}


def outcome(*anew: str) -> Outcome:
    return {**no_site(), "anew": list(anew), "seconds": 0.25}


def test_the_terminal_is_told_what_is_new() -> None:
    said: list[str] = []
    journal = Journal(said.append, lambda line: said.append(f"! {line}"))
    one, two = complaint("one"), complaint("two")

    journal.stand([one, one])
    journal.stand([two, one])
    journal.stand([])
    journal.stand([one])
    assert said == ["! one", "! two", "! one"]

    said.clear()
    journal.built(outcome("a", "b"))
    journal.built(outcome())
    journal.built(outcome("a", "b", "c", "d"))
    journal.built(no_site(one))
    journal.built(outcome())
    assert said == ["a, b: 0.25 s", "4 pages: 0.25 s", "the pages stay as they were", "mended"]

    said.clear()
    for text in ("3 left", "3 left", "", "3 left"):
        journal.note(text)
    assert said == ["3 left", "3 left"]
