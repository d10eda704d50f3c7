"""The words of the outputs."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any

import pytest
from d2lbook.document.language import load_language

CATALOGUES: dict[str, dict[str, Any]] = {
    file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
    for file in resources.files("d2lbook.document").joinpath("languages").iterdir()
}


@pytest.mark.parametrize("code", sorted(CATALOGUES))
def test_every_language_is_complete(code: str) -> None:
    assert CATALOGUES[code].keys() == CATALOGUES["en"].keys()
    assert CATALOGUES[code]["texts"].keys() == CATALOGUES["en"]["texts"].keys()
    assert len(CATALOGUES[code]["quotes"]) == 4


@pytest.mark.parametrize("code", sorted(CATALOGUES))
def test_every_text_has_the_same_places_for_values(code: str) -> None:
    for key, text in CATALOGUES[code]["texts"].items():
        places = sorted(re.findall(r"\{(\w+)\}", text))
        assert places == sorted(re.findall(r"\{(\w+)\}", CATALOGUES["en"]["texts"][key])), key


def test_a_region_falls_back_to_its_language_and_that_to_english() -> None:
    assert load_language("id-ID").text("figure_number", number=1) == "Gambar 1"
    assert load_language("xx").text("figure_number", number=1) == "Figure 1"
    assert load_language("../en").text("figure_number", number=1) == "Figure 1"
    assert load_language("id-ID").code == "id-ID"


@pytest.mark.parametrize(
    ("code", "direction"), [("ar", "rtl"), ("he-IL", "rtl"), ("xx", "ltr"), ("id", "ltr")]
)
def test_the_direction_is_known_without_a_file(code: str, direction: str) -> None:
    assert load_language(code).direction == direction
