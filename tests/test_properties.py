"""The properties of ``tests/fuzzing``, each with a few inputs, always the same ones."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from tests.fuzzing.inputs import INPUTS
from tests.fuzzing.properties import PROPERTIES
from tests.fuzzing.search import Search


@pytest.mark.parametrize("name", INPUTS)
def test_property(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        # Hypothesis is worried by the size of our inputs, and Python by the code in them.
        warnings.simplefilter("ignore")
        Search(name, 0).test(0, 50)()


def test_every_property_has_inputs() -> None:
    assert set(INPUTS) == set(PROPERTIES)


def test_the_shortest_input_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def has_no_x(text: str) -> None:
        assert "x" not in text

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(PROPERTIES, "info_string", has_no_x)  # type: ignore[arg-type]
    search = Search("info_string", 0)
    with pytest.raises(AssertionError):
        search.one("yxy")
    with pytest.raises(AssertionError):
        search.one("x")
    search.one("y")
    assert '"input": "x"' in search.file.read_text()
    assert search.count == 3
