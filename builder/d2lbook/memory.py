"""What builds of one book in one process pass on to each other."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")


class Memory:
    """The last result under each key, with what it was made from."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[object, Any]] = {}

    def recall(self, key: Hashable, source: object, make: Callable[[], Value]) -> Value:
        """What is kept under the key if it was made from the same; else what ``make`` gives.

        An error that ``make`` raises is not kept.
        """
        kept = self._kept.get(key)
        if kept is None or kept[0] != source:
            kept = self._kept[key] = (source, make())
        value: Value = kept[1]
        return value
