"""``[build] resources``, ``non-notebooks``, ``exclusions``, ``dependencies``, ``rsts`` in a tiny book."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook

CONFIG = """\
[build]
tabs = mxnet, jax
non-notebooks = about/*.md
exclusions = about/draft.md drafts
dependencies = data
resources = data
rsts = api.rst
"""
CELL = """\
```{.python .input}
%%tab all
from pathlib import Path
print(Path('../data/x.txt').read_text())
```
"""


@pytest.fixture
def folder(make_book: MakeBook) -> Path:
    return make_book(
        {
            "config.ini": CONFIG,
            "index.md": "# Book\n\n```toc\na/page\n```\n",
            "a/page.md": f"# Page\n\n{CELL}",
            "about/licence.md": "# Licence\n\n```{.python .input}\nnever run\n```\n",
            "about/draft.md": "not this",
            "drafts/broken.md": "```",
            "data/x.txt": "first",
            "api.rst": "API\n===\n",
        }
    )


def build(folder: Path, *targets: str) -> None:
    assert main(["-C", str(folder), "-q", "build", *targets]) == 0


def built(folder: Path, tree: str, suffix: str) -> set[str]:
    root = folder / "_build" / tree
    return {path.relative_to(root).as_posix() for path in root.rglob(f"*{suffix}")}


def test_files_that_are_no_notebooks_are_copied_as_they_are(folder: Path) -> None:
    build(folder, "ipynb", "eval", "html")
    licence = (folder / "about/licence.md").read_bytes()
    for tree in ("ipynb/mxnet", "ipynb/jax", "eval/mxnet", "eval/jax", "html"):
        assert built(folder, tree, ".md") == {"about/licence.md"}
        assert (folder / "_build" / tree / "about/licence.md").read_bytes() == licence
    for tree in ("ipynb/mxnet", "eval/jax"):
        assert built(folder, tree, ".ipynb") == {"index.ipynb", "a/page.ipynb"}
    assert {"index.html", "a/page.html"} <= built(folder, "html", ".html")
    assert not {"about/licence.html", "drafts/broken.html"} & built(folder, "html", ".html")


def test_notebooks_have_their_data_beside_them(folder: Path) -> None:
    build(folder, "ipynb", "eval")
    for tree in ("ipynb/mxnet", "ipynb/jax", "eval/jax"):
        assert built(folder, tree, ".txt") == {"data/x.txt"}
        assert not (folder / "_build" / tree / "data/x.txt").samefile(folder / "data/x.txt")
    (folder / "data/x.txt").write_text("second")
    build(folder, "ipynb")
    for tab in ("mxnet", "jax"):
        assert (folder / "_build/ipynb" / tab / "data/x.txt").read_text() == "second"


def test_files_that_are_gone_are_gone_beside_notebooks_too(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "data/deep").mkdir()
    (folder / "data/deep/y.txt").write_text("y")
    writing = CELL.replace("print(", "Path('../data/own.txt').write_text('own')\nprint(")
    (folder / "a/page.md").write_text(f"# Page\n\n{writing}")
    build(folder, "ipynb", "eval")
    (folder / "data/x.txt").unlink()
    (folder / "data/deep/y.txt").unlink()
    (folder / "data/deep").rmdir()
    build(folder, "ipynb")
    assert not (folder / "_build/ipynb/jax/data").exists()
    assert main(["-C", str(folder), "-q", "build", "eval"]) == 1
    assert "FileNotFoundError" in capfd.readouterr().err
    for tab in ("mxnet", "jax"):
        left = [path.name for path in (folder / "_build/eval" / tab / "data").iterdir()]
        assert left == ["own.txt"]  # which a notebook has written


def test_a_file_that_becomes_a_folder(folder: Path) -> None:
    build(folder, "ipynb")
    (folder / "data/x.txt").unlink()
    (folder / "data/x.txt").mkdir()
    (folder / "data/x.txt/z.txt").write_text("z")
    build(folder, "ipynb")
    assert built(folder, "ipynb/jax", "z.txt") == {"data/x.txt/z.txt"}


def test_notebooks_among_the_data_stay(folder: Path) -> None:
    (folder / "data/given.ipynb").write_text("{}")
    for _ in range(2):
        build(folder, "ipynb")
        for tab in ("mxnet", "jax"):
            assert (folder / "_build/ipynb" / tab / "data/given.ipynb").is_file()
        (folder / "a/page.md").write_text("# Changed\n")


def test_a_changed_dependency_executes_the_notebooks_again(folder: Path) -> None:
    notebook = folder / "_build/eval/jax/a/page.ipynb"
    build(folder, "eval")
    assert "first" in notebook.read_text()
    (folder / "data/x.txt").write_text("second")
    build(folder, "eval")
    assert "second" in notebook.read_text()


def test_reading_a_book_with_rsts_tells_that_they_are_left_out(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(folder), "build", "ipynb"]) == 0
    assert capfd.readouterr().err == (
        "config.ini:7: note: [build] rsts is no longer needed: "
        "pages are Markdown; reStructuredText goes into their eval_rst blocks\n"
    )
