"""Which files of a folder are pages of the book, and which go along as they are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from d2lbook.config import Config, parse_config
from d2lbook.errors import SourceError
from d2lbook.source.files import (
    find_non_notebooks,
    find_pages,
    matches,
    matching_files,
    read_book,
    resource_files,
)

FILES = (
    "index.md", "README.md", "a/index.md", "a/one.md", "a/one_origin.md", "a/deep/two.md",
    "a/notes.txt", "contrib/x.md", "_build/html/copy.md", ".hidden/y.md", "page.rst",
)  # fmt: skip


def book(root: Path, settings: str, files: Iterable[str] = FILES) -> Config:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Title\n", encoding="utf-8")
    return parse_config(f"[build]\n{settings}\n", root)[0]


@pytest.mark.parametrize(
    ("settings", "pages"),
    [
        ("", "README a/deep/two a/index a/one a/one_origin contrib/x index"),
        ("notebooks = *.md */*.md", "README a/index a/one a/one_origin contrib/x index"),
        ("notebooks = a", "a/deep/two a/index a/one a/one_origin index"),
        ("exclusions = README.md contrib **/*_origin.md", "a/deep/two a/index a/one index"),
        ("non-notebooks = README.md a/*.md", "a/deep/two contrib/x index"),
        ("index = a/index.md\nexclusions = a contrib", "README a/index index"),
        ("source_dir = a", "deep/two index one one_origin"),
        ("output_dir = a", "README _build/html/copy contrib/x index"),
    ],
)
def test_pages(tmp_path: Path, settings: str, pages: str) -> None:
    assert find_pages(book(tmp_path, settings)) == pages.split()


@pytest.mark.parametrize(
    ("settings", "files"),
    [
        ("", ""),
        ("non-notebooks = README.md a", "README.md a/deep/two.md a/index.md a/one.md a/one_origin.md"),
        ("non-notebooks = **/*.md\nexclusions = a contrib", "README.md index.md"),
        ("non-notebooks = a/*.md", "a/index.md a/one.md a/one_origin.md"),
    ],
)  # fmt: skip
def test_files_that_go_along(tmp_path: Path, settings: str, files: str) -> None:
    assert sorted(find_non_notebooks(book(tmp_path, settings))) == files.split()


@pytest.mark.parametrize(
    ("path", "pattern", "fits"),
    [
        ("a/b.md", "*.md", False),
        ("b.md", "*.md", True),
        ("b.md", "**/*.md", True),
        ("a/b/c.md", "a/**/*.md", True),
        ("a/c.md", "a/**/*.md", True),
        ("a/b/c.md", "a", True),
        ("a/b/c.md", "a/", True),
        ("ab/c.md", "a", False),
        ("a/b.md", "?/[ab].md", True),
        ("a/b.md", "A/b.md", False),
        ("a/b.md", "", False),
    ],
)
def test_patterns(path: str, pattern: str, fits: bool) -> None:
    assert matches(path, (pattern,) if pattern else ()) == fits


def test_all_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    config = book(tmp_path, "", ["index.md", "a.md", "b.md"])
    (tmp_path / "a.md").write_bytes(b"# \xff\n")
    (tmp_path / "b.md").write_text("```\n")
    with pytest.raises(SourceError) as caught:
        read_book(config)
    assert [str(problem.place) for problem in caught.value.problems] == ["a.md:1", "b.md:1"]


def test_a_page_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    config = book(tmp_path, "", [])
    (tmp_path / "index.md").write_bytes(b"\xef\xbb\xbf# Title\r\n\r\nText\r\n")
    cells = read_book(config)[0].pages["index"].cells
    assert [cell.source for cell in cells] == ["# Title\n\nText"]


def test_names_that_differ_in_capitals_only_are_told(tmp_path: Path) -> None:
    config = book(tmp_path, "", ["index.md", "a/one.md", "A/One.md", "a/two.md"])
    if len(find_pages(config)) < 4:
        pytest.skip("this disk can't hold both")
    (problem,) = read_book(config)[1]
    assert problem.line("warning").startswith(
        "a/one.md: warning: the name of this page differs from A/One.md in capitals only; "
    )


def test_files_that_are_named_but_not_there(tmp_path: Path) -> None:
    settings = "resources = a/*.txt img lib **/*.csv\ndependencies = notes.bib a"
    library = "tabs = x\n[library-x]\nlib_file = lib/x.py"
    config = book(tmp_path, f"{settings}\n{library}", ["index.md", "a/notes.txt"])
    _, problems = read_book(config)
    assert [problem.line("warning") for problem in problems] == [
        f"config.ini:{line}: warning: [build] {key} names '{name}', which is not there; "
        "add it, or mend the name"
        for line, key, name in (
            (2, "resources", "img"), (2, "resources", "**/*.csv"), (3, "dependencies", "notes.bib"),
        )
    ]  # fmt: skip


def test_the_whole_folder_as_a_resource(tmp_path: Path) -> None:
    config = book(tmp_path, "resources = ./", ["index.md", "a/notes.txt"])
    assert read_book(config)[1] == []
    assert {file.name for file in resource_files(config)} == {"index.md", "notes.txt"}


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (".", {"index.md", "a/notes.txt"}),
        ("**/*", {"index.md", "a/notes.txt"}),
        ("a", {"a/notes.txt"}),
        (".keys/*", {".keys/one"}),
        (". .env", {"index.md", "a/notes.txt", ".env"}),
        ("**/.env", {".env", "a/.env"}),
    ],
)
def test_hidden_and_built_files_are_not_named_unawares(
    tmp_path: Path, patterns: str, expected: set[str]
) -> None:
    others = [".env", "a/.env", ".git/config", ".keys/one", "_build/x", ".d2lbook/y"]
    names = ["index.md", "a/notes.txt", "a/__pycache__/z.pyc", *others]
    config = book(tmp_path, f"dependencies = {patterns}", names)
    files = matching_files(config, config.build.dependencies)
    assert {file.relative_to(tmp_path).as_posix() for file in files} == expected
