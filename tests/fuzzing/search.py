"""Looks for an input for which a property doesn't hold, and keeps the shortest."""

from __future__ import annotations

import json
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzzing.inputs import INPUTS
from tests.fuzzing.properties import PROPERTIES

FOUND = Path("fuzz-found")
"""Folder of what was found."""

SLOW = 10.0
"""Seconds of processor time that no input may take."""


class TooSlow(Exception):
    """A property has taken more than SLOW."""


class Search:
    """The search for one property; ``count`` inputs were tried."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.count = 0
        self.shortest: str | None = None

    @property
    def file(self) -> Path:
        return FOUND / f"{self.name}-{self.number}.json"

    def test(self, number: int, examples: int) -> Any:
        """A test of Hypothesis that tries so many inputs, drawn from this seed."""

        @seed(number)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
            print_blob=False,
        )
        @given(INPUTS[self.name])
        def test(text: str) -> None:
            self.one(text)

        return test

    def one(self, text: str) -> None:
        """Try this input; raises what the property raises."""
        self.count += 1
        try:
            with limited(SLOW):
                PROPERTIES[self.name](text)
        except Exception:
            if self.shortest is None or len(text) <= len(self.shortest):
                self.keep(text, traceback.format_exc())
            raise

    def keep(self, text: str, error: str) -> None:
        self.shortest = text
        FOUND.mkdir(exist_ok=True)
        found = {"property": self.name, "seed": self.number, "input": text, "error": error}
        self.file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow after so much processor time."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
