"""Sockets on this machine's loopback addresses, which nobody else can reach."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from socket import AF_INET, AF_INET6, create_server, socket

from d2lbook.errors import UsageError

ADDRESSES = (("127.0.0.1", AF_INET), ("::1", AF_INET6))
FIRST_PORT = 8000
PORTS = 100
"""So many are tried, one after the other."""

_NO_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
"""The machine has no IPv6."""


def listen(port: int | None) -> tuple[list[socket], int]:
    """Sockets that listen on a port, and its number; with None on the first one that is free.

    The port 0 is any that is free. Raises UsageError where there is none.
    """
    tried = range(FIRST_PORT, FIRST_PORT + PORTS) if port is None else [port]
    for each in tried:
        if sockets := _bind(each):
            return sockets, sockets[0].getsockname()[1]
    if port is None:
        raise UsageError.of(
            f"all ports from {tried[0]} to {tried[-1]} are taken", "name another one with --port"
        )
    raise UsageError.of(
        f"port {port} is taken", "name another one, or leave --port out to have a free one found"
    )


def _bind(port: int) -> list[socket]:
    """A socket for each address; none where the port is taken on one of them."""
    sockets: list[socket] = []
    for address, family in ADDRESSES:
        try:
            sockets.append(create_server((address, port), family=family))
        except OSError as error:
            if error.errno in _NO_ADDRESS and sockets:
                continue
            _close(sockets)
            if error.errno == errno.EADDRINUSE:
                return []
            raise UsageError.of(f"port {port} can't be used: {error.strerror}") from None
        sockets[-1].setblocking(False)
        port = sockets[0].getsockname()[1]
    return sockets


def _close(sockets: Iterable[socket]) -> None:
    for each in sockets:
        each.close()
