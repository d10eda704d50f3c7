"""The words of the outputs."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from d2lbook.config import parse_config
from d2lbook.document.language import Language, language_of, load_language, missing_language
from d2lbook.errors import ConfigError

CATALOGUES: dict[str, dict[str, Any]] = {
    file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
    for file in resources.files("d2lbook.document").joinpath("languages").iterdir()
}


@pytest.mark.parametrize("code", sorted(CATALOGUES))
def test_every_language_is_complete(code: str) -> None:
    assert CATALOGUES[code].keys() == CATALOGUES["en"].keys()
    assert CATALOGUES[code]["texts"].keys() == CATALOGUES["en"]["texts"].keys()
    assert len(CATALOGUES[code]["quotes"]) == 4
    assert all(text.strip() for text in CATALOGUES[code]["texts"].values())


@pytest.mark.parametrize("code", sorted(CATALOGUES))
def test_every_text_has_the_same_places_for_values(code: str) -> None:
    for key, text in CATALOGUES[code]["texts"].items():
        places = sorted(re.findall(r"\{(\w+)\}", text))
        assert places == sorted(re.findall(r"\{(\w+)\}", CATALOGUES["en"]["texts"][key])), key


NUMBERED = ("chapter", "section", "figure", "table", "equation")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("zh-CN", "第 1 章, 第 1 节, 图 1, 表 1, 式 (1)"),
        ("zh-Hans", "第 1 章, 第 1 节, 图 1, 表 1, 式 (1)"),
        ("ja", "第1章, 1節, 図1, 表1, 式(1)"),
        ("ko", "1장, 1절, 그림 1, 표 1, 식 (1)"),
        ("pt-BR", "Capítulo 1, Seção 1, Figura 1, Tabela 1, Equação (1)"),
        ("tr", "Bölüm 1, Bölüm 1, Şekil 1, Tablo 1, Denklem (1)"),
        ("vi", "Chương 1, Mục 1, Hình 1, Bảng 1, Phương trình (1)"),
        ("de", "Kapitel 1, Abschnitt 1, Abbildung 1, Tabelle 1, Gleichung (1)"),
        ("es", "Capítulo 1, Sección 1, Figura 1, Tabla 1, Ecuación (1)"),
        ("fr", "Chapitre 1, Section 1, Figure 1, Tableau 1, Équation (1)"),
    ],
)
def test_what_stands_around_a_number(code: str, words: str) -> None:
    language = load_language(code)
    assert ", ".join(language.text(f"{kind}_number", number=1) for kind in NUMBERED) == words


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


def language_in(folder: Path, config: str, texts: str = "") -> Language:
    (folder / "own.toml").write_text(texts, encoding="utf-8")
    return language_of(parse_config(config, folder)[0])


def test_a_book_says_its_own_words_for_figures(tmp_path: Path) -> None:
    config = "[project]\nlang = zh\n[build]\nsphinx_configs = numfig_format = {'figure': '图%%s'}\n"
    language = language_in(tmp_path, config)
    assert language.text("figure_number", number="1.2") == "图1.2"
    assert language.text("table_number", number="1.2") == "表 1.2"


def test_a_book_brings_texts_of_its_own(tmp_path: Path) -> None:
    texts = 'quotes = ["”", "”", "’", "’"]\n[texts]\nfigure_number = "Figur {number}"\n'
    language = language_in(tmp_path, "[project]\nlang = sv\ntexts = own.toml\n", texts)
    assert language.text("figure_number", number=1) == "Figur 1"
    assert language.text("table_number", number=1) == "Table 1"
    assert language.quotes == ("”", "”", "’", "’")


@pytest.mark.parametrize(
    ("texts", "what"),
    [
        ("quotes =", "own.toml: error: this is not TOML: Invalid value (at end of document)"),
        ("colour = 1", "own.toml: error: there is no 'colour' in a language"),
        ("direction = 'up'", "own.toml: error: direction has to be ltr or rtl"),
        ("quotes = 4", "own.toml: error: quotes have to be a list, and texts a table"),
        ("texts = ''", "own.toml: error: quotes have to be a list, and texts a table"),
        ("quotes = ['a']", "own.toml: error: quotes have to be four marks, the outer pair first"),
        ("[texts]\nx = ''", "own.toml: error: there is no text 'x'"),
        ("[texts]\ncopy = 1", "own.toml: error: the text 'copy' has to have no braces"),
        ("[texts]\ncopy = '{'", "own.toml: error: the text 'copy' has to have no braces"),
        (
            "[texts]\npage_lacks_tab = '{tab}'",
            "own.toml: error: the text 'page_lacks_tab' has to have {shown} {tab}",
        ),
    ],
)
def test_what_is_wrong_in_texts_is_told(tmp_path: Path, texts: str, what: str) -> None:
    with pytest.raises(ConfigError) as caught:
        language_in(tmp_path, "[project]\ntexts = own.toml\n", texts)
    assert caught.value.problems[0].line().partition(";")[0] == what


def test_texts_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        language_in(tmp_path, "[project]\ntexts = other.toml\n")
    assert caught.value.problems[0].line() == (
        "config.ini:2: error: [project] texts names 'other.toml', which can't be read: "
        "No such file or directory"
    )


def test_a_language_without_texts_is_told(tmp_path: Path) -> None:
    def told(config: str) -> str:
        problem = missing_language(parse_config(config, tmp_path)[0])
        return problem.line("note") if problem else ""

    assert told("[project]\n\nlang = sv\n") == (
        "config.ini:3: note: there are no texts in the language 'sv', so those around the book "
        f"are English; there are some for {', '.join(sorted(CATALOGUES))}; "
        "[project] texts may name a file with others"
    ).replace(".toml", "")
    assert told("") == told("[project]\nlang = zh_CN\n") == ""
    assert told("[project]\nlang = sv\ntexts = own.toml\n") == ""
