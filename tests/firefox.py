"""Debian's Firefox, driven by its own protocol, Marionette: no driver comes with it.

https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html: messages are JSON
after their length and a colon; a command is ``[0, number, name, parameters]``, its answer
``[1, number, error, result]``. The commands are those of WebDriver.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
SECONDS = 60
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""What WebDriver calls the name of an element."""
ENTER = "\ue007"


class Firefox:
    """A window of Firefox."""

    def __init__(self, connection: socket.socket) -> None:
        self.stream = connection.makefile("rwb")
        self.number = 0
        self._receive()  # it says who it is
        self.command("WebDriver:NewSession")

    def command(self, name: str, **parameters: object) -> Any:
        """The result of a command. Raises AssertionError when it fails."""
        self.number += 1
        message = json.dumps([0, self.number, name, parameters]).encode()
        self.stream.write(b"%d:%s" % (len(message), message))
        self.stream.flush()
        _, number, error, result = self._receive()
        assert number == self.number
        assert not error, f"{name} {parameters}: {error}"
        return result.get("value", result) if isinstance(result, dict) else result

    def _receive(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1)
        return json.loads(self.stream.read(int(length[:-1])))

    def goto(self, address: str) -> None:
        self.command("WebDriver:Navigate", url=address)

    def resize(self, width: int, height: int) -> None:
        self.command("WebDriver:SetWindowRect", width=width, height=height)

    @property
    def address(self) -> str:
        return str(self.command("WebDriver:GetCurrentURL"))

    def evaluate(self, expression: str) -> Any:
        """What an expression of JavaScript is."""
        return self.command("WebDriver:ExecuteScript", script=f"return {expression}", args=[])

    def click(self, selector: str, text: str = "") -> None:
        """Click the first of these elements that is to be seen, and has this text."""
        self.command("WebDriver:ElementClick", id=self._element(selector, text))

    def type(self, selector: str, text: str) -> None:
        self.command("WebDriver:ElementSendKeys", id=self._element(selector), text=text)

    def _element(self, selector: str, text: str = "") -> str:
        found = self.evaluate(
            f"[...document.querySelectorAll({json.dumps(selector)})].find(each =>"
            f" each.checkVisibility() && each.textContent.includes({json.dumps(text)})) ?? null"
        )
        assert found, f"there is no {selector} {text}"
        return str(found[ELEMENT])

    def expect(self, expression: str, value: object) -> None:
        """Wait until an expression of JavaScript has this value."""
        end = time.monotonic() + SECONDS
        while (found := self.evaluate(expression)) != value:
            assert time.monotonic() < end, f"{expression} is {found!r}, not {value!r}"
            time.sleep(0.05)


@contextmanager
def running_firefox(profile: Path) -> Iterator[Firefox]:
    """A Firefox with this folder for its profile; skips the test where there is none."""
    if not FIREFOX:
        pytest.skip("Firefox is not there: apt-get install firefox-esr")
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    (profile / "user.js").write_text(f'user_pref("marionette.port", {port});\n')
    process = subprocess.Popen(
        [FIREFOX, "--headless", "--no-remote", "--marionette", "--profile", str(profile)],
        env={**os.environ, "HOME": str(profile)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with _connected(port) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        process.wait()


def _connected(port: int) -> socket.socket:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        with suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        time.sleep(0.1)
    raise AssertionError("Firefox does not listen")
