"""A real S3-compatible server on the loopback address, as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx

PATIENCE = 60
BUCKET = "results"


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of a server that has one bucket."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_it_answers(address)
        httpx.put(f"{address}/{BUCKET}").raise_for_status()
        yield address
    finally:
        server.kill()
        server.wait(PATIENCE)


def wait_until_it_answers(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(address)
            return
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.05)


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def variables(address: str) -> dict[str, str]:
    """What makes a client talk to this server, and to nobody else."""
    return {
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": address,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
