"""Asks web servers whether addresses are good: many at once, each server gently.

An address is asked for its head first, and when that is refused, as some servers
do, for the whole, whose body is not read. What may pass is asked again after a
while; a server that says when it wants to be asked again is left alone until
then, with all its addresses. Redirects are followed.

Requests go through the proxy and trust the certificates that the usual
environment variables name (``HTTPS_PROXY``, ``SSL_CERT_FILE``).
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

import httpx

Sleep = Callable[[float], Awaitable[None]]

PERMANENT = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT}
REFUSALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}
"""What servers say to programs they don't want, about pages that people can read."""

GIVE_UP = 8
"""When so many servers can't be reached, and none can, nothing is tried any more."""

HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; d2lbook linkcheck)", "Accept": "*/*"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How to ask."""

    at_once: int = 32
    """Addresses asked at the same time."""
    per_server: int = 4
    """Of those, how many on one server."""
    timeout: float = 20.0
    """Seconds without a sign of life."""
    attempts: int = 3
    """How often to ask for the whole page."""
    pause: float = 1.0
    """Seconds before the second attempt; twice as many before each further one."""
    patience: float = 90.0
    """Longest time to wait, in seconds, where a server says when to come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking for one address."""

    state: Literal["good", "refused", "broken", "unreachable"]
    """``refused``: the server won't tell; ``unreachable``: there was no server."""
    reason: str = ""
    moved_to: str = ""
    """Where the address has moved for good."""


NO_NETWORK = Answer(state="unreachable", reason="no connection: there is no network")


def ask(
    addresses: Iterable[str],
    manners: Manners,
    *,
    on_answer: Callable[[str, Answer], None] = lambda _address, _answer: None,
    sleep: Sleep = asyncio.sleep,
) -> dict[str, Answer]:
    """What the web says to each of these addresses, which begin with http: or https:.

    ``on_answer`` is told every answer as it comes.
    """
    once = list(dict.fromkeys(addresses))
    return asyncio.run(_ask_all(once, manners, on_answer, sleep)) if once else {}


async def _ask_all(
    addresses: list[str],
    manners: Manners,
    on_answer: Callable[[str, Answer], None],
    sleep: Sleep,
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    limits = httpx.Limits(max_connections=manners.at_once)
    async with httpx.AsyncClient(
        headers=HEADERS, timeout=manners.timeout, limits=limits, follow_redirects=True
    ) as client:
        network = _Network()
        servers = defaultdict[str, _Server](lambda: _Server(client, manners, sleep, network))
        everywhere = asyncio.Semaphore(manners.at_once)

        async def one(address: str) -> None:
            server = servers[_host(address)]
            async with server.places, everywhere:
                answers[address] = await server.ask(address)
            on_answer(address, answers[address])

        async with asyncio.TaskGroup() as tasks:
            for address in addresses:
                tasks.create_task(one(address))
    return answers


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came of one request."""

    answer: Answer
    may_pass: bool = False
    """Whether another attempt can have another answer."""
    rest: float = 0.0
    """Seconds for which the server wants to be left alone."""


class _Network:
    """Whether there seems to be one."""

    def __init__(self) -> None:
        self.is_there = False
        self.lost: set[_Server] = set()

    @property
    def is_down(self) -> bool:
        return not self.is_there and len(self.lost) >= GIVE_UP

    def note(self, server: _Server, answer: Answer) -> None:
        """Take note of what has come of asking this server."""
        if answer.state == "unreachable":
            self.lost.add(server)
        else:
            self.is_there = True


class _Server:
    """One web server, and what is known of it."""

    def __init__(
        self, client: httpx.AsyncClient, manners: Manners, sleep: Sleep, network: _Network
    ) -> None:
        self.client = client
        self.manners = manners
        self.sleep = sleep
        self.network = network
        self.places = asyncio.Semaphore(manners.per_server)
        self.rests_until = 0.0
        self.unreachable: Answer | None = None

    async def ask(self, address: str) -> Answer:
        """Ask for the address until there is an answer that stands."""
        answer = NO_NETWORK
        for method, pause in self._attempts():
            if self.unreachable or self.network.is_down:
                return self.unreachable or answer
            await self._wait(pause)
            reply = await self._request(method, address)
            answer = reply.answer
            self.network.note(self, answer)
            if not reply.may_pass or reply.rest > self.manners.patience:
                return answer
            self.rests_until = max(self.rests_until, time.monotonic() + reply.rest)
        if answer.state == "unreachable":
            self.unreachable = answer
        return answer

    def _attempts(self) -> Iterator[tuple[str, float]]:
        yield "HEAD", 0.0
        yield "GET", 0.0
        for number in range(self.manners.attempts - 1):
            yield "GET", self.manners.pause * 2**number

    async def _wait(self, pause: float) -> None:
        seconds = max(pause, self.rests_until - time.monotonic())
        if seconds > 0:
            await self.sleep(seconds)

    async def _request(self, method: str, address: str) -> _Reply:
        try:
            _ = urlsplit(address).port  # httpx takes any number; this doesn't
            async with self.client.stream(method, address) as response:
                reply = _reply(response, address)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
            return _Reply(Answer(state="broken", reason="this is not an address"))
        except httpx.TooManyRedirects:
            return _Reply(Answer(state="broken", reason="it is redirected without end"))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            reason = f"no connection: {str(error) or 'it takes too long'}"
            return _Reply(Answer(state="unreachable", reason=reason), may_pass=True)
        except httpx.TimeoutException:
            reason = f"no answer within {self.manners.timeout:g} s"
            return _Reply(Answer(state="broken", reason=reason), may_pass=True)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            return _Reply(Answer(state="broken", reason=reason), may_pass=True)
        if method == "HEAD" and reply.answer.state != "good":
            return replace(reply, may_pass=True)
        return reply


def _reply(response: httpx.Response, address: str) -> _Reply:
    """What this response means, taken as an answer to GET."""
    status = response.status_code
    if status < HTTPStatus.BAD_REQUEST:
        return _Reply(Answer(state="good", moved_to=_moved_to(response)))
    reason = f"{status} {response.reason_phrase}".strip()
    if str(response.url) != address:
        reason += f" at {response.url}"
    is_busy = status == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error
    answer = Answer(state="refused" if status in REFUSALS else "broken", reason=reason)
    return _Reply(answer, may_pass=is_busy, rest=_retry_after(response) if is_busy else 0.0)


def _moved_to(response: httpx.Response) -> str:
    """Where redirects that are there to stay lead; empty where the first one is not."""
    target = ""
    for redirect, next_response in pairwise([*response.history, response]):
        if redirect.status_code not in PERMANENT:
            break
        target = str(next_response.url)
    return target


def _retry_after(response: httpx.Response) -> float:
    """The seconds that ``Retry-After`` asks for, which may be a date (RFC 9110, 10.2.3)."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", value):
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
