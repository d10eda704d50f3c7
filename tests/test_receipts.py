"""A target whose inputs and files are as its receipt says is not made again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from d2lbook import html, receipts
from d2lbook.__main__ import main
from d2lbook.html import site
from d2lbook.pdf import fonts

from tests.conftest import MakeBook

FILES = {
    "config.ini": "[build]\ntabs = mxnet, jax\neval_notebook = False\n",
    "index.md": "# Book\n\n```toc\na\n```\n",
    "a.md": "# A\n\nSee ![a picture](img/a.svg) and :numref:`nothing`.\n",
    "img/a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='2' height='1'/>",
}


@pytest.fixture
def folder(make_book: MakeBook) -> Path:
    return make_book(FILES)


@pytest.fixture
def made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """Builds the site (or with other arguments), and says whether it was made anew."""
    count = 0

    def write_site(*arguments: object, **options: object) -> object:
        nonlocal count
        count += 1
        return original(*arguments, **options)  # type: ignore[arg-type]

    original = site.write_site
    monkeypatch.setattr(html.site, "write_site", write_site)

    def build(*options: str) -> bool:
        before = count
        assert main(["-C", str(folder), "-q", "build", "html", *options]) == 0
        return count > before

    assert build()
    return build


def test_nothing_changed(made: Callable[..., bool]) -> None:
    assert not made()


def test_what_is_no_file_is_not_opened(made: Callable[..., bool], folder: Path) -> None:
    os.mkfifo(folder / "img/pipe")  # who opens it waits for somebody who writes
    made()
    assert not made()


def test_a_file_with_the_same_content_has_not_changed(
    made: Callable[..., bool], folder: Path
) -> None:
    (folder / "a.md").write_text(FILES["a.md"])
    (folder / "img/a.svg").touch()
    assert not made()


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_book_has_changed(name: str, made: Callable[..., bool], folder: Path) -> None:
    (folder / name).write_text(FILES[name] + "\n")
    assert made()
    assert not made()


def test_a_change_that_file_times_hide_is_seen(made: Callable[..., bool], folder: Path) -> None:
    page = folder / "a.md"
    changed = FILES["a.md"].replace("picture", "drawing")
    assert len(changed) == len(FILES["a.md"])
    shutil.copystat(page, folder / "img")
    page.write_text(changed)
    shutil.copystat(folder / "img", page)
    assert made()


def test_a_new_page_and_a_lost_one(made: Callable[..., bool], folder: Path) -> None:
    (folder / "b.md").write_text("# B\n")
    assert made()
    (folder / "b.md").unlink()
    assert made()


def test_a_written_file_was_removed_or_changed(made: Callable[..., bool], folder: Path) -> None:
    page = folder / "_build/html/a.html"
    text = page.read_text()
    page.unlink()
    assert made()
    assert page.read_text() == text
    page.write_text("mine")
    assert made()
    assert page.read_text() == text


def test_other_tabs(made: Callable[..., bool]) -> None:
    assert made("--tab", "jax")
    assert not made("--tab", "jax")
    assert made()


def test_the_tool_has_changed(made: Callable[..., bool], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipts, "_tool", lambda: "another")
    assert made()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"made_from": ', "\0", '{"made_from": 1}'])
def test_a_damaged_receipt_is_none(text: str, made: Callable[..., bool], folder: Path) -> None:
    for name in ("html.json", "files.json"):
        path = folder / ".d2lbook/receipts" / name
        assert path.is_file()
        path.write_text(text)
    assert made()
    assert not made()


def test_damaged_fields_are_no_receipt(made: Callable[..., bool], folder: Path) -> None:
    path = folder / ".d2lbook/receipts/html.json"
    receipt = json.loads(path.read_text())
    for key in receipt:
        path.write_text(json.dumps({**receipt, key: 7}))
        assert made()


def test_what_is_odd_is_told_again(
    folder: Path, made: Callable[..., bool], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert not made()
    assert "a.md:3: warning: " in capsys.readouterr().err
    config = folder / "config.ini"
    config.write_text(config.read_text() + "warning_is_error = True\n")
    for _ in range(2):
        assert main(["-C", str(folder), "-q", "build", "html"]) == 1
        assert "a.md:3: error: " in capsys.readouterr().err


def test_a_receipt_that_cannot_be_written_stops_nothing(
    folder: Path, made: Callable[..., bool]
) -> None:
    shutil.rmtree(folder / ".d2lbook/receipts")
    (folder / ".d2lbook/receipts").write_text("in the way")
    assert made()
    assert made()


def test_what_is_saved_while_a_target_is_made_is_for_the_next_build(
    folder: Path, made: Callable[..., bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = folder / "a.md"

    def write_site(*arguments: object, **options: object) -> object:
        written = original(*arguments, **options)  # type: ignore[arg-type]
        page.write_text("# Saved meanwhile\n")
        return written

    original = site.write_site
    monkeypatch.setattr(html.site, "write_site", write_site)
    shutil.rmtree(folder / ".d2lbook")
    assert made()
    assert made()
    assert not made()
    page.write_text("# Changed\n")
    assert made()
    assert made()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (".theme/x.css", "[html]\ninclude_css = .theme/*.css"),
        ("link/deep/x.csv", "resources = link"),
        ("link/deep/x.csv", "dependencies = link/deep/*"),
        (".data/x.csv", "dependencies = .data"),
    ],
)
def test_files_in_hidden_and_linked_folders(
    name: str, key: str, made: Callable[..., bool], folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere/deep").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    for number, target in enumerate((folder, folder.parent, folder / "link", tmp_path)):
        (tmp_path / "elsewhere" / f"back{number}").symlink_to(target)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("one")
    (folder / "config.ini").write_text(f"{FILES['config.ini']}{key}\n")
    assert made()
    assert not made()
    (folder / name).write_text("two")
    assert made()
    (folder / ".git").mkdir()
    (folder / ".git/HEAD").write_text("nobody's")
    assert not made()


def test_what_one_target_warns_of_is_no_other_s(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.ini").write_text(FILES["config.ini"] + "[pdf]\nmain_font = Nobody's\n")
    assert main(["-C", str(folder), "-q", "build", "pdf", "html", "--tab", "jax"]) == 0
    assert "Nobody's" in capsys.readouterr().err
    for _ in range(2):
        assert main(["-C", str(folder), "-q", "build", "html", "--tab", "jax"]) == 0
        told = capsys.readouterr().err
        assert "a.md:3: warning: " in told
        assert "Nobody's" not in told


def test_fonts_were_installed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.ini").write_text(FILES["config.ini"] + "[pdf]\nmain_font = New\n")
    arguments = ["-C", str(folder), "-q", "build", "pdf", "--tab", "jax"]
    assert main(arguments) == 0
    assert "'New', which is not installed" in capsys.readouterr().err
    monkeypatch.setattr(fonts, "installed", lambda: frozenset({"new"}))
    assert main(arguments) == 0
    assert "'New'" not in capsys.readouterr().err


def test_each_zip_is_made_again(folder: Path) -> None:
    arguments = ["-C", str(folder), "-q", "build", "pkg"]
    assert main(arguments) == 0
    zips = sorted((folder / "_build").glob("*.zip"))
    assert len(zips) == 3
    for each in zips:
        each.unlink()
        assert main(arguments) == 0
        assert each.is_file()
