"""Which files are the data of a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.config import parse_config
from d2lbook.errors import SourceError
from d2lbook.execute.data import Code, DataFiles
from d2lbook.execute.digests import FileDigests

CONFIG = "[build]\nresources = data img d2l d2l.bib\ndependencies = everybody.txt\n"
FILES = ("data/house.csv", "data/my house.csv", "data/train/one.png", "data/train/deep/two.png",
         "img/house.svg", "d2l/torch.py", "d2l.bib", "everybody.txt", "other.csv")  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


def data(root: Path, *codes: str, folder: str = "chapter", config: str = CONFIG) -> set[str]:
    made, _ = parse_config(config, root)
    given = [Code(text, folder) for text in codes]
    found = set(DataFiles(made, FileDigests(root)).digests(given))
    if config == CONFIG:
        found.remove("everybody.txt")
    return found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("pd.read_csv('../data/house.csv')", {"data/house.csv"}),
        ('pd.read_csv("../data/house.csv")', {"data/house.csv"}),
        ("os.path.join('..', 'data', 'house.csv')", {"data/house.csv"}),
        ("open('../data/my house.csv')", {"data/my house.csv", "data/house.csv"}),
        ("# don't: open('../data/house.csv')", {"data/house.csv"}),
        ("!head ../data/house.csv", {"data/house.csv"}),
        ("%%bash\ncut -f1 ../data/house.csv|sort", {"data/house.csv"}),
        ("Images('../data/train')", {"data/train/one.png", "data/train/deep/two.png"}),
        ("Images('../data/train/')", {"data/train/one.png", "data/train/deep/two.png"}),
        ("Images('./../data/train/deep')", {"data/train/deep/two.png"}),
        ("Images('data/train')", set()),
        ("Images('..'), Images('../')", set()),
        ("open('../other.csv'), open('../data/houses.csv')", set()),
        ("from d2l import torch as d2l\nd2l.house(data, img)", set()),
        ("x = 'data'; house.csv_reader()", set()),
    ],
)
def test_what_code_names_is_its_data(root: Path, code: str, found: set[str]) -> None:
    assert data(root, code) == found


def test_all_cells_count(root: Path) -> None:
    assert data(root, "'house.svg'", "1", "'two.png'") == {
        "img/house.svg",
        "data/train/deep/two.png",
    }


def test_paths_start_in_the_folder_of_the_page(root: Path) -> None:
    assert data(root, "'data/train/deep'", folder=".") == {"data/train/deep/two.png"}
    assert data(root, "'../../data/train/deep'", folder="a/b") == {"data/train/deep/two.png"}
    assert data(root, "'./'", folder=".") == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import helper", {"chapter/helper.py", "chapter/other.py", "chapter/parts/__init__.py",
                           "chapter/parts/one.py"}),
        ("from parts import one", {"chapter/parts/__init__.py", "chapter/parts/one.py"}),
        ("import parts.one as p", {"chapter/parts/__init__.py", "chapter/parts/one.py"}),
        ("import chapter, table", set()),
    ],
)  # fmt: skip
def test_modules_beside_a_page_are_the_data_of_what_imports_them(
    root: Path, code: str, found: set[str]
) -> None:
    names = ("helper.py", "other.py", "table.csv", "parts/__init__.py", "parts/one.py")
    for name in names:
        (root / "chapter" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "chapter" / name).write_text(name)
    assert data(root, code, config="[build]\nresources = chapter\n") == found
    assert data(root, code, folder="", config="[build]\nresources = chapter\n") == set()


def test_without_resources_only_dependencies_count(root: Path) -> None:
    config = "[build]\ndependencies = data/*.csv img\n"
    assert data(root, "'one.png'", config=config) == {
        "data/house.csv",
        "data/my house.csv",
        "img/house.svg",
    }
    assert data(root, "'house.csv'", config="") == set()


def test_data_that_cannot_be_read_is_told(root: Path) -> None:
    files = FileDigests(root)
    with pytest.raises(
        SourceError, match=r"^gone.csv: error: this file can't be read: No such file"
    ):
        files.of(root / "gone.csv")


def test_a_file_that_is_written_to_or_removed_has_changed(root: Path) -> None:
    files = FileDigests(root)
    for name in ("data/house.csv", "img/house.svg", "other.csv"):
        files.of(root / name)
    (root / "data/house.csv").write_text("data/house.csv")
    (root / "img/house.svg").unlink()
    changed = [
        name for name in ("data/house.csv", "img/house.svg", "other.csv") if files.has_changed(name)
    ]
    assert changed == ["data/house.csv", "img/house.svg"]
