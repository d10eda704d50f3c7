"""What a site has beside its pages: canonical addresses, a sitemap, social cards, a page for 404."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from d2lbook.html.pictures import picture_size

from tests.conftest import MakeBook
from tests.html.sites import build_site

ADDRESS = "https://book.example/reader/"
BOOK = {
    "config.ini": f"[project]\ntitle = A Book\nauthor = Ani\n[html]\naddress = {ADDRESS}\n",
    "index.md": "# Book\n\n```toc\n:numbered:\n\npart/index\npart/a page\n```\n",
    "part/index.md": "# The \\<First> Part\n\nIt begins here.\n",
    "part/a page.md": "# A Title That Is So Long That It Cannot Stand in One Line Alone on a Card\n",
}


def meta(html: str, name: str) -> str:
    found = re.search(
        rf'<(?:meta|link) (?:property|name|rel)="{name}" (?:content|href)="(.*?)"', html
    )
    return found[1] if found else ""


def test_a_page_says_where_it_is_and_what_stands_for_it(
    make_book: MakeBook, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    assert build_site(make_book(BOOK), site) == []
    page = (site / "part" / "index.html").read_text()
    assert meta(page, "canonical") == f"{ADDRESS}part/"
    assert meta(page, "og:title") == "1 The &lt;First&gt; Part · A Book"
    assert meta(page, "og:description") == "It begins here."
    assert meta(page, "og:image") == f"{ADDRESS}_cards/part/index.png"
    assert meta((site / "index.html").read_text(), "canonical") == ADDRESS
    for name in ("index", "part/index", "part/a page"):
        assert picture_size((site / "_cards" / f"{name}.png").read_bytes()) == (1200, 630)


def test_cards_are_drawn_once(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book(BOOK)
    build_site(root, tmp_path / "site")
    kept = list((root / ".d2lbook" / "cards").iterdir())
    assert len(kept) == 3
    kept[0].write_bytes(b"kept")
    build_site(root, tmp_path / "site")
    shown = [file.read_bytes() for file in (tmp_path / "site" / "_cards").rglob("*.png")]
    assert b"kept" in shown


def test_only_the_cards_of_today_are_kept(make_book: MakeBook, tmp_path: Path) -> None:
    root = make_book(BOOK)
    build_site(root, tmp_path / "site")
    page = root / "part" / "index.md"
    page.write_text(page.read_text().replace("First", "Other"))
    build_site(root, tmp_path / "site")
    assert len(list((root / ".d2lbook" / "cards").iterdir())) == 3


def test_a_book_may_say_itself_that_a_page_is_not_there(
    make_book: MakeBook, tmp_path: Path
) -> None:
    build_site(make_book({**BOOK, "404.md": "# Lost\n"}), tmp_path / "site")
    assert "Lost" in (tmp_path / "site" / "404.html").read_text()


def test_one_picture_may_stand_for_all_pages(make_book: MakeBook, tmp_path: Path) -> None:
    config = BOOK["config.ini"] + "social_image = card.png\n"
    build_site(make_book({**BOOK, "config.ini": config, "card.png": "x"}), tmp_path / "site")
    page = (tmp_path / "site" / "part" / "index.html").read_text()
    assert meta(page, "og:image") == f"{ADDRESS}_static/own/card.png"
    assert not (tmp_path / "site" / "_cards").exists()


def test_the_sitemap_lists_all_pages(make_book: MakeBook, tmp_path: Path) -> None:
    build_site(make_book(BOOK), tmp_path / "site")
    tree = ElementTree.parse(tmp_path / "site" / "sitemap.xml")
    assert [place.text for place in tree.iter() if place.tag.endswith("loc")] == [
        ADDRESS,
        f"{ADDRESS}part/",
        f"{ADDRESS}part/a%20page.html",
    ]


def test_the_page_for_404_works_in_any_folder(make_book: MakeBook, tmp_path: Path) -> None:
    build_site(make_book(BOOK), tmp_path / "site")
    page = (tmp_path / "site" / "404.html").read_text()
    links = re.findall(r'(?:href|src)="(.*?)"', page)
    assert f"{ADDRESS}part/index.html" in links
    assert all(link.startswith((ADDRESS, "#")) for link in links)


def test_a_site_without_an_address_asks_for_none(make_book: MakeBook, tmp_path: Path) -> None:
    build_site(make_book({**BOOK, "config.ini": ""}), tmp_path / "site")
    assert not (tmp_path / "site" / "sitemap.xml").exists()
    assert (tmp_path / "site" / ".nojekyll").exists()
    assert "og:" not in (tmp_path / "site" / "part" / "index.html").read_text()
    assert 'href="part/index.html"' in (tmp_path / "site" / "404.html").read_text()
