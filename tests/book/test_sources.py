"""The book's own files agree with each other: citations, images, packaging, library."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from d2lbook.config import Config, read_config
from d2lbook.library import library_text
from d2lbook.notebooks.aliases import parse_aliases
from d2lbook.pipeline import Build

ROOT = Path(__file__).parent.parent.parent
PAGES = [*sorted(ROOT.glob("[a-z]*.md")), *sorted(ROOT.glob("chapter_*/*.md"))]
PICTURES = sorted(ROOT.glob("img/*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose_of(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S)


@pytest.fixture(scope="module")
def config() -> Config:
    return read_config(ROOT)[0]


def test_configuration_gives_no_notes() -> None:
    assert read_config(ROOT)[1] == []


def test_every_cited_work_is_in_the_bibliography_and_the_other_way_round() -> None:
    entries = re.findall(r"^@\w+\{([^,]+),", (ROOT / "d2l.bib").read_text("utf-8"), re.M)
    cited = {
        key.strip()
        for page in PAGES
        for keys in re.findall(r":cite[tp]?:`([^`]+)`", prose_of(page))
        for key in keys.split(",")
    }
    assert len(entries) == len(set(entries))
    assert cited == set(entries)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_image_of_a_page_is_there(page: Path) -> None:
    images = re.findall(r"!\[[^]]*\]\(([^)]+)\)", prose_of(page))
    assert [image for image in images if not (page.parent / image).is_file()] == []


def test_every_picture_is_shown_on_a_page() -> None:
    text = "".join(prose_of(page) for page in PAGES)
    assert [picture.name for picture in PICTURES if f"/{picture.name})" not in text] == []


@pytest.mark.parametrize("picture", PICTURES, ids=name_of)
def test_picture_has_a_title_and_a_description(picture: Path) -> None:
    root = ET.parse(picture).getroot()
    named = (root.get("aria-labelledby") or "").split()
    for tag in ("title", "desc"):
        element = root.find(SVG + tag)
        assert element is not None
        assert (element.text or "").strip()
        assert element.get("id") in named


@pytest.mark.parametrize("picture", PICTURES, ids=name_of)
def test_text_of_a_picture_stands_on_a_filled_shape(picture: Path) -> None:
    """A page is white or dark; text right on it would be lost on one of them."""
    root = ET.parse(picture).getroot()
    boxes = [box(shape) for tag in ("rect", "circle") for shape in root.iter(SVG + tag)]
    for text in root.iter(SVG + "text"):
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        assert any(left < x < right and top < y < bottom for left, top, right, bottom in boxes)


def box(shape: ET.Element) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a rectangle or circle."""
    number = {name: float(shape.get(name, "0")) for name in ("x", "y", "width", "height", "r")}
    if shape.tag == SVG + "circle":
        x, y, radius = float(shape.get("cx", "")), float(shape.get("cy", "")), number["r"]
        return x - radius, y - radius, x + radius, y + radius
    left, top = number["x"], number["y"]
    return left, top, left + number["width"], top + number["height"]


@pytest.mark.parametrize("tab", ["pytorch", "mxnet", "jax", "tensorflow"])
def test_library_is_what_its_marked_cells_make(config: Config, tab: str) -> None:
    notebooks = Build(config, config.tabs, pytest.fail).notebooks[tab].values()
    path = ROOT / config.libraries[tab].file
    text = path.read_text("utf-8")
    aliases = parse_aliases(config.libraries[tab])
    assert library_text(list(notebooks), text, aliases) == text, "run d2lbook build lib"


def test_the_glossary_has_each_term_once_in_alphabetical_order() -> None:
    text = (ROOT / "glosarium.md").read_text("utf-8")
    terms = [term.strip("*") for term in re.findall(r"^\| (?!Istilah|:)(.+?) \|", text, re.M)]
    assert len(terms) > 50
    assert terms == sorted(set(terms), key=str.lower)
