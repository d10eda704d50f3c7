"""Links out of the book: what the web says to each of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urldefrag, urlsplit

from d2lbook.check.known import KnownAddresses
from d2lbook.check.links import Link
from d2lbook.check.web import Answer, Manners, ask
from d2lbook.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class WebReport:
    """What came of checking links."""

    broken: tuple[Problem, ...]
    refused: tuple[Problem, ...]
    """Links whose servers don't tell programs whether they are good."""
    moved: tuple[Problem, ...]
    """Links that still are good, but lead to what has another address now."""
    asked: int
    """How many addresses were asked for; the others were known to be good."""


def check_web_links(
    links: Iterable[Link], known: KnownAddresses, manners: Manners | None = None
) -> WebReport:
    """Ask the web for all addresses of these links that are not known to be good.

    New good ones are added to ``known`` and saved. When none of several servers
    can be reached, that is the only thing that is broken.
    """
    places = [(link, _address(link)) for link in links]
    answers: dict[str, Answer] = {}
    for _, address in places:
        if good := known.get(address):
            answers[address] = good
    unknown = [address for _, address in places if address not in answers]
    try:
        asked = ask(unknown, manners or Manners(), on_answer=known.add)
    finally:
        known.save()
    answers |= asked
    told = [(link, answers[address]) for link, address in places]
    return WebReport(
        broken=_no_network(asked)
        or tuple(
            _problem(link, answer)
            for link, answer in told
            if answer.state in {"broken", "unreachable"}
        ),
        refused=tuple(_problem(link, answer) for link, answer in told if answer.state == "refused"),
        moved=tuple(_moved(link, answer) for link, answer in told if answer.moved_to),
        asked=len(asked),
    )


def is_web_link(link: Link, ignored: Sequence[str]) -> bool:
    """Whether the web is to be asked for this link.

    It isn't for this machine itself, nor for addresses that fit one of the
    patterns ``ignored``, as the shell reads them.
    """
    if not _address(link).startswith(("http:", "https:")):
        return False
    if any(fnmatchcase(link.address, pattern) for pattern in ignored):
        return False
    try:
        return not _is_this_machine(urlsplit(_address(link)).hostname or "")
    except ValueError:
        return True


def _is_this_machine(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def _address(link: Link) -> str:
    """What to ask for: anchors are the browser's matter."""
    address = f"https:{link.address}" if link.address.startswith("//") else link.address
    try:
        return urldefrag(address).url
    except ValueError:
        return address


def _no_network(asked: dict[str, Answer]) -> tuple[Problem, ...]:
    """One problem when it looks as if there were no network, instead of one for every link."""
    hosts = {urlsplit(address).netloc for address in asked if _is_unreachable(asked[address])}
    if len(hosts) < 2 or not all(map(_is_unreachable, asked.values())):
        return ()
    reason = next(iter(asked.values())).reason
    what = f"none of {len(hosts)} web servers could be reached ({reason})"
    return (Problem(what=what, remedy="see that there is a network; HTTPS_PROXY names a proxy"),)


def _is_unreachable(answer: Answer) -> bool:
    return answer.state == "unreachable"


def _problem(link: Link, answer: Answer) -> Problem:
    return Problem(what=f"{link.address}: {answer.reason}", place=link.place)


def _moved(link: Link, answer: Answer) -> Problem:
    what = f"{link.address} has moved for good"
    return Problem(what=what, place=link.place, remedy=f"write {answer.moved_to}")
