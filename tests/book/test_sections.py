"""What every section of the chapter has: an opening, figures, a comparison, exercises, solutions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import pytest
from d2lbook.book import Page
from d2lbook.pipeline import Build

from tests.book.frameworks import CONFIG
from tests.conftest import ROOT

CHAPTER = "chapter_builders-guide"
LABELS = {
    "model-construction": "sec_model_construction",
    "parameters": "sec_parameters",
    "init-param": "sec_init_param",
    "lazy-init": "sec_lazy_init",
    "custom-layer": "sec_custom_layer",
    "read-write": "sec_read_write",
    "use-gpu": "sec_use_gpu",
}
LEVELS = ["Mudah", "Sedang", "Sulit"]

SECTIONS = pytest.mark.parametrize("name", LABELS)


@cache
def pages() -> Mapping[str, Page]:
    return Build(CONFIG, CONFIG.tabs, pytest.fail).book.pages


def text_of(name: str) -> str:
    return (ROOT / CHAPTER / f"{name}.md").read_text("utf-8")


def part(text: str, heading: str) -> str:
    """What stands under this heading, up to the next one of its level."""
    return re.split(r"^## ", text.split(f"\n## {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def test_the_chapter_lists_its_sections() -> None:
    toc = text_of("index").split("```toc")[1]
    assert [line for line in toc.splitlines() if line in LABELS] == list(LABELS)


@SECTIONS
def test_a_section_says_what_its_reader_will_be_able_to_do(name: str) -> None:
    opening = text_of(name).split("\n## ", 1)[0]
    assert f":label:`{LABELS[name]}`" in opening
    goals = opening.split("Setelah mempelajari bagian ini, Anda dapat:\n", 1)[1]
    assert 3 <= len(re.findall(r"^\* ", goals, flags=re.M)) <= 7


@SECTIONS
def test_a_section_has_a_figure_and_a_numbered_formula(name: str) -> None:
    text = text_of(name)
    assert re.search(r"^!\[.+\]\(\.\./img/.+\.svg\)$", text, flags=re.M) or "plot(" in text
    assert ":eqlabel:" in text


@SECTIONS
def test_a_section_compares_the_frameworks_in_a_box(name: str) -> None:
    box = re.search(
        r"^:begin_box: Empat kerangka kerja dibandingkan\n(.+?)^:end_box:$",
        text_of(name),
        flags=re.M | re.S,
    )
    assert box
    table = box[1]
    assert "| | PyTorch | MXNet | JAX (Flax) | TensorFlow (Keras) |" in table
    assert len(re.findall(r"^\|", table, flags=re.M)) >= 6


@SECTIONS
def test_exercises_are_graded_and_each_has_a_solution(name: str) -> None:
    text = text_of(name)
    found = re.findall(r"^1\. \*(\w+)\.\*", part(text, "Latihan"), flags=re.M)
    assert set(found) == set(LEVELS)
    assert found == sorted(found, key=LEVELS.index)
    solutions = re.findall(r"^:begin_fold: Solusi (\d+)$", part(text, "Solusi"), flags=re.M)
    assert solutions == [str(number) for number in range(1, len(found) + 1)]


@SECTIONS
def test_every_tab_has_the_code_of_every_solution(name: str) -> None:
    for number, solution in enumerate(
        re.split(r"^:begin_fold: ", part(text_of(name), "Solusi"), flags=re.M)[1:], 1
    ):
        tabs = {
            tab
            for marks in re.findall(r"^%%tab (.+)$", solution, flags=re.M)
            for tab in (CONFIG.tabs if marks == "all" else marks.split(", "))
        }
        assert tabs == set(CONFIG.tabs), f"Solusi {number}"


@SECTIONS
def test_every_tab_makes_slides_and_checks_what_the_text_claims(name: str) -> None:
    cells = pages()[f"{CHAPTER}/{name}"].cells
    prose = [cell.source for cell in cells if cell.kind == "prose"]
    assert sum(source.count("[**") for source in prose) >= 5
    for tab in CONFIG.tabs:
        code = [
            cell.source for cell in cells if cell.kind == "code" and tab in (cell.tabs or (tab,))
        ]
        hidden = [source for source in code if "#@hide" in source]
        assert any("assert" in source for source in hidden), tab
        assert not any("#@hide_all" in source for source in code), "it hides all later cells too"
