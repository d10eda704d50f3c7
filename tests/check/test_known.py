"""Good answers are kept for a while; nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.check.known import KEPT, KnownAddresses
from d2lbook.check.web import Answer
from d2lbook.store import Store

GOOD = Answer(state="good", moved_to="https://new")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    known = KnownAddresses(Store(tmp_path), now=1000.0)
    known.add("https://good", GOOD)
    known.add("https://broken", Answer(state="broken", reason="404"))
    known.save()
    return Store(tmp_path)


def test_only_good_answers_are_kept(store: Store) -> None:
    known = KnownAddresses(store, now=1000.0 + KEPT - 1)
    assert known.get("https://good") == GOOD
    assert known.get("https://broken") is None


@pytest.mark.parametrize("now", [1000.0 + KEPT, 999.0], ids=["too old", "from the future"])
def test_they_are_kept_for_a_while(store: Store, now: float) -> None:
    known = KnownAddresses(store, now)
    assert known.get("https://good") is None
    known.save()
    assert KnownAddresses(store, now=1000.0).get("https://good") is None


@pytest.mark.parametrize(
    "content",
    ["", "[1]", '{"https://good": 1}', '{"https://good": {"asked": "x", "moved_to": ""}}'],
)
def test_a_damaged_store_knows_nothing(store: Store, content: str) -> None:
    (store.folder / "links.json").write_text(content)
    assert KnownAddresses(store, now=1000.0).get("https://good") is None
