"""Addresses that were found good, so that they aren't asked for again for a while."""

from __future__ import annotations

from typing import Any

from d2lbook.check.web import Answer
from d2lbook.store import Store

KEY = "links"

DAY = 24 * 60 * 60
KEPT = 7 * DAY
"""Seconds for which a good answer counts."""


class KnownAddresses:
    """Good answers of earlier checks, kept in a store; ``now`` is the time in seconds."""

    def __init__(self, store: Store, now: float) -> None:
        self._store = store
        self._now = now
        kept = store.load(KEY)
        self._good = {
            address: entry
            for address, entry in (kept.items() if isinstance(kept, dict) else ())
            if self._counts(entry)
        }

    def _counts(self, entry: Any) -> bool:
        """Whether an entry is sound and not too old."""
        return (
            isinstance(entry, dict)
            and isinstance(entry.get("moved_to"), str)
            and isinstance(entry.get("asked"), int | float)
            and 0 <= self._now - entry["asked"] < KEPT
        )

    def get(self, address: str) -> Answer | None:
        """The good answer that is known for this address, if any."""
        entry = self._good.get(address)
        return Answer(state="good", moved_to=entry["moved_to"]) if entry else None

    def add(self, address: str, answer: Answer) -> None:
        """Take note of an answer, if it is good."""
        if answer.state == "good":
            self._good[address] = {"asked": self._now, "moved_to": answer.moved_to}

    def save(self) -> None:
        """Keep what is known; OutputError where that can't be written."""
        self._store.save(KEY, self._good)
