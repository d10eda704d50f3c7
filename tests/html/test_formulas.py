"""Formulas of a book, kept from build to build."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.document import katex
from d2lbook.document.katex import Formula, Rendered
from d2lbook.html import formulas
from d2lbook.store import Store

GOOD, DAMAGED = Formula(r"\frac12", display=True), Formula(r"\frac", display=False)


@pytest.fixture
def new_process(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing has been rendered so far."""
    monkeypatch.setattr(formulas, "_known", {})
    return monkeypatch


def test_what_is_kept_is_not_rendered_again(
    new_process: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rendered = formulas.render_all([GOOD, DAMAGED])
    formulas.keep_all(Store(tmp_path), rendered)
    new_process.setattr(formulas, "_known", {})
    asked: list[Formula] = []

    def render(wanted: list[Formula], _form: str) -> dict[Formula, Rendered]:
        asked.extend(wanted)
        return {}

    new_process.setattr(katex, "render", render)
    formulas.recall_all(Store(tmp_path))
    assert formulas.render_all([GOOD, DAMAGED]) == rendered
    assert rendered[DAMAGED].error
    assert asked == []


def test_what_another_katex_has_made_is_made_again(
    new_process: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    formulas.keep_all(Store(tmp_path), formulas.render_all([GOOD]))
    new_process.setattr(formulas, "_known", {})
    new_process.setattr(katex, "identity", lambda: "another")
    formulas.recall_all(Store(tmp_path))
    assert formulas._known == {}


def test_a_damaged_file_counts_as_none(new_process: pytest.MonkeyPatch, tmp_path: Path) -> None:
    formulas.keep_all(Store(tmp_path), formulas.render_all([GOOD]))
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text()[:-10])
    new_process.setattr(formulas, "_known", {})
    formulas.recall_all(Store(tmp_path))
    assert formulas._known == {}
