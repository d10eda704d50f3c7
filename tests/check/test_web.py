"""What servers on the loopback address say, and how they are asked."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest
from d2lbook.check.web import GIVE_UP, NO_NETWORK, Answer, Manners, ask

from tests.check.server import Server

QUICK = Manners(timeout=0.5, pause=1.0)

GOOD = Answer(state="good")


class Sleeper:
    """Notes how long it was asked to sleep, and doesn't."""

    def __init__(self) -> None:
        self.naps: list[int] = []

    async def __call__(self, seconds: float) -> None:
        self.naps.append(round(seconds))


def ask_one(address: str, manners: Manners = QUICK) -> tuple[Answer, list[int]]:
    sleeper = Sleeper()
    return ask([address], manners, sleep=sleeper)[address], sleeper.naps


@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("/good", "good", ""),
        ("/no-head", "good", ""),
        ("/head-lies", "good", ""),
        ("/missing", "broken", "404 Not Found"),
        ("/gone", "broken", "410 Gone"),
        ("/broken", "broken", "500 Internal Server Error"),
        ("/forbidden", "refused", "403 Forbidden"),
        ("/round", "broken", "it is redirected without end"),
        ("/hangs", "broken", "no answer within 0.5 s"),
    ],
)
def test_what_comes_of_asking(server: Server, path: str, state: str, reason: str) -> None:
    assert ask_one(server.address + path)[0] == Answer(state=state, reason=reason)  # type: ignore[arg-type]


def test_the_head_is_enough_where_it_is_good(server: Server) -> None:
    ask_one(f"{server.address}/good")
    assert server.requests == {("HEAD", "/good"): 1}


def test_what_is_missing_is_asked_for_once_as_a_whole(server: Server) -> None:
    answer, naps = ask_one(f"{server.address}/missing")
    assert answer.state == "broken"
    assert server.requests == {("HEAD", "/missing"): 1, ("GET", "/missing"): 1}
    assert not naps


@pytest.mark.parametrize(
    ("path", "target"),
    [("/moved", "/good"), ("/moved-twice", "/good"), ("/moved-a-while", "/elsewhere"), ("/elsewhere", "")],
)  # fmt: skip
def test_only_redirects_that_stay_are_noted(server: Server, path: str, target: str) -> None:
    moved_to = server.address + target if target else ""
    assert ask_one(server.address + path)[0] == Answer(state="good", moved_to=moved_to)


def test_a_redirect_to_nothing_is_broken(server: Server) -> None:
    answer, _ = ask_one(f"{server.address}/moved-to-missing")
    assert answer.reason == f"404 Not Found at {server.address}/missing"


def test_a_failing_server_is_asked_again_after_longer_and_longer_pauses(server: Server) -> None:
    answer, naps = ask_one(f"{server.address}/flaky")
    assert answer == GOOD
    assert naps == [1, 2]


def test_a_busy_server_is_asked_again_when_it_says(server: Server) -> None:
    answer, naps = ask_one(f"{server.address}/busy")
    assert answer == GOOD
    assert naps == [7]


@pytest.mark.parametrize(("path", "state"), [("/closed", "refused"), ("/never", "broken")])
def test_nobody_waits_for_ever(server: Server, path: str, state: str) -> None:
    answer, naps = ask_one(server.address + path)
    assert answer.state == state
    assert not naps


def test_a_busy_server_is_left_alone_with_all_its_addresses(server: Server) -> None:
    sleeper = Sleeper()
    addresses = [f"{server.address}/{path}" for path in ("busy", "good", "missing")]
    answers = ask(addresses, replace(QUICK, per_server=1), sleep=sleeper)
    assert [answer.state for answer in answers.values()] == ["good", "good", "broken"]
    assert sleeper.naps[0] == 7
    assert len(sleeper.naps) > 1


def test_a_server_is_asked_by_a_few_at_once(server: Server) -> None:
    addresses = [f"{server.address}/pair?{number}" for number in range(8)]
    answers = ask(addresses, replace(QUICK, per_server=2, timeout=20))
    assert set(answers.values()) == {GOOD}
    assert server.most_at_once == 2


def test_an_address_is_asked_for_once(server: Server) -> None:
    heard: list[str] = []
    address = f"{server.address}/good"
    ask([address, address], QUICK, on_answer=lambda each, _: heard.append(each))
    assert heard == [address]
    assert server.requests.total() == 1


def test_a_server_that_is_not_there_is_not_asked_for_everything() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    sleeper = Sleeper()
    addresses = [f"http://127.0.0.1:{port}/{number}" for number in range(20)]
    answers = ask(addresses, replace(QUICK, per_server=1), sleep=sleeper)
    assert {answer.state for answer in answers.values()} == {"unreachable"}
    assert sleeper.naps == [1, 2]


def test_without_a_network_few_servers_are_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    sleeper = Sleeper()
    addresses = [f"http://127.0.0.{number}:{port}/" for number in range(1, 100)]
    answers = ask(addresses, replace(QUICK, at_once=1), sleep=sleeper)
    assert {answer.state for answer in answers.values()} == {"unreachable"}
    tried = [answer for answer in answers.values() if answer != NO_NETWORK]
    assert len(tried) == GIVE_UP


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "http://[",
        "https://a b/",
        "http:///x",
        "http://x:99999999/",
        "http://127.0.0.1:99999/",
    ],
)
def test_what_is_no_address(address: str) -> None:
    assert ask_one(address)[0].state in {"broken", "unreachable"}


def test_nothing_to_ask() -> None:
    assert ask([], QUICK) == {}
