"""``d2lbook build pkg colab sagemaker slides`` on a tiny book."""

from __future__ import annotations

import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook

PAGE = """\
    # Page
    :label:`sec_page`

    [**Marked**] and :ref:`sec_page`.

    ![A figure.](../img/a.svg)

    ```{.python .input}
    %%tab all
    import d2l  #@save
    ```
    """

BOOK = {
    "config.ini": """\
        [project]
        name = tiny
        [build]
        tabs = pytorch, jax
        eval_notebook = False
        resources = img
        non-notebooks = LICENSE.md
        [colab]
        github_repo = pytorch, our/repo
        libs = pytorch, d2l, d2l
        replace_svg_url = img, https://example.org
        [sagemaker]
        github_repo = our/repo
        """,
    "index.md": "# Book\n\n```toc\npart/page\n```\n",
    "part/page.md": PAGE,
    "img/a.svg": "<svg/>",
    "LICENSE.md": "Free.\n",
    "jax/own.txt": "the author's",
}


def build(book: Path, *targets: str) -> Path:
    assert main(["-C", str(book), "-q", "build", *targets]) == 0
    return book / "_build"


def names(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "_static" not in path.parts
    }


def sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"]]


def test_the_zip_has_a_folder_for_each_tab(make_book: MakeBook) -> None:
    output = build(make_book(BOOK), "pkg")
    with ZipFile(output / "tiny.zip") as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    files = ("LICENSE.md", "img/a.svg", "index.ipynb", "part/page.ipynb")
    assert list(content) == [f"{tab}/{name}" for tab in ("jax", "pytorch") for name in files]
    assert b":label:" not in content["jax/part/page.ipynb"]


def test_each_tab_has_a_zip_of_its_own_with_its_requirements(make_book: MakeBook) -> None:
    config = BOOK["config.ini"] + "[env jax]\nrequirements = envs/jax.txt\n"
    output = build(make_book({**BOOK, "config.ini": config, "envs/jax.txt": "jax==1\n"}), "pkg")
    with ZipFile(output / "tiny-jax.zip") as archive:
        assert archive.read("tiny-jax/requirements.txt") == b"jax==1\n"
        assert "tiny-jax/part/page.ipynb" in archive.namelist()
    with ZipFile(output / "tiny-pytorch.zip") as archive:
        assert "tiny-pytorch/requirements.txt" not in archive.namelist()


def test_the_zip_has_the_modules_that_its_notebooks_import(make_book: MakeBook) -> None:
    page = PAGE + "\n    ```{.python .input}\n    %%tab jax\n    from own import jax\n    ```\n    "
    modules = {"own/jax.py": "import helper", "own/torch.py": "", "own/__init__.py": "# own"}
    modules |= {"helper.py": "", "other.py": ""}
    output = build(make_book({**BOOK, **modules, "part/page.md": page}), "pkg")
    with ZipFile(output / "tiny.zip") as archive:
        packed = {name for name in archive.namelist() if name.endswith(".py")}
        assert archive.read("jax/own/__init__.py") == b"# own"
    assert packed == {"jax/helper.py", "jax/own/__init__.py", "jax/own/jax.py"}


def test_the_zip_of_a_book_without_tabs_has_none(make_book: MakeBook) -> None:
    config = "[build]\neval_notebook = False\n"
    output = build(make_book({"config.ini": config, "index.md": "# Book\n"}), "pkg")
    with ZipFile(output / "d2lbook.zip") as archive:
        assert archive.namelist() == ["index.ipynb"]


def test_the_zip_is_the_same_twice_and_the_book_is_left_alone(make_book: MakeBook) -> None:
    book = make_book(BOOK)
    first = (build(book, "pkg") / "tiny.zip").read_bytes()
    assert (build(book, "pkg") / "tiny.zip").read_bytes() == first
    assert names(book) - names(book / "_build") >= set(BOOK)
    assert (book / "jax" / "own.txt").is_file()


def test_colab_has_the_tabs_with_a_repository(make_book: MakeBook) -> None:
    folder = build(make_book(BOOK), "colab") / "colab"
    assert names(folder) == {
        f"pytorch/{name}" for name in ("LICENSE.md", "img/a.svg", "index.ipynb", "part/page.ipynb")
    }
    assert sources(folder / "pytorch/part/page.ipynb") == [
        "The following additional libraries are needed to run this notebook.",
        "!pip install d2l",
        "# Page\n\nMarked and Page.\n\n![A figure.](https://example.org/a.svg)\n\n"
        "Figure 1: A figure.",
        "import d2l",
    ]


def test_the_tabs_without_a_repository_are_told(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(make_book(BOOK)), "build", "colab"]) == 0
    line = (
        "note: [colab] github_repo names no repository for jax; write it as tab, owner/repository"
    )
    assert f"config.ini:9: {line}" in capsys.readouterr().err.splitlines()


def test_pages_lead_to_colab(make_book: MakeBook) -> None:
    folder = build(make_book(BOOK), "html") / "html"
    address = "https://colab.research.google.com/github/our/repo/blob/master/part/page.ipynb"
    page = (folder / "part/page.html").read_text("utf-8")
    assert re.findall('<li data-for="(.*?)"><a href="(https:.*?)"', page) == [("pytorch", address)]
    assert "colab" not in (folder / "index.html").read_text("utf-8")


def test_sagemaker(make_book: MakeBook) -> None:
    folder = build(make_book(BOOK), "sagemaker") / "sagemaker"
    page = json.loads((folder / "jax/part/page.ipynb").read_text("utf-8"))
    assert page["metadata"]["kernelspec"]["name"] == "conda_python3"
    assert "../img/a.svg" in sources(folder / "jax/part/page.ipynb")[0]


@pytest.mark.parametrize("target", ["colab", "sagemaker"])
def test_a_book_without_a_repository(
    make_book: MakeBook, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    book = make_book({"config.ini": f"[{target}]\ngithub_repo =\n", "index.md": "# Book\n"})
    assert main(["-C", str(book), "build", target]) == 3
    assert capsys.readouterr().err == (
        f"config.ini:2: error: [{target}] github_repo names no repository; "
        "write it as owner/repository\n"
    )
    assert not (book / "_build" / target).exists()


def test_slides_of_the_pages_that_mark_some(make_book: MakeBook) -> None:
    folder = build(make_book(BOOK), "slides") / "slides"
    files = ("LICENSE.md", "img/a.svg", "part/page.ipynb", "part/page.slides.html")
    assert names(folder) == {f"{tab}/{name}" for tab in ("jax", "pytorch") for name in files}
    deck = (folder / "jax/part/page.slides.html").read_text("utf-8")
    assert 'href="../../_static/deck.css"' in deck
    assert (folder / "_static/deck.css").is_file()


def test_slides_of_earlier_builds_go(make_book: MakeBook) -> None:
    build(make_book(BOOK), "slides")
    folder = build(make_book({**BOOK, "part/page.md": "# Page\n"}), "slides") / "slides"
    assert {name for name in names(folder) if "page" in name} == set()


def test_a_book_without_slides_says_so(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    book = make_book({**BOOK, "part/page.md": "# Page\n"})
    assert main(["-C", str(book), "build", "slides"]) == 0
    assert "note: no page marks anything for slides" in capsys.readouterr().err


def test_slides_that_have_not_changed_are_not_made_again(make_book: MakeBook) -> None:
    texts = {
        **BOOK,
        "index.md": "# Book\n\n```toc\npart/page\nother\n```\n",
        "other.md": "# Other\n\n[**Also marked**]\n",
    }
    folder = build(make_book(texts), "slides") / "slides"
    for deck in folder.rglob("*.slides.html"):  # one that is made again is without this
        deck.write_text(f"{deck.read_text('utf-8')}<!-- as it was -->", "utf-8")
    before = {name: (folder / name).stat().st_mtime_ns for name in names(folder)}
    make_book({"other.md": "# Other\n\n[**Changed**]\n"})
    build(folder.parent.parent, "slides")
    assert "as it was" in (folder / "jax/part/page.slides.html").read_text("utf-8")
    assert "as it was" not in (folder / "jax/other.slides.html").read_text("utf-8")
    after = {name: (folder / name).stat().st_mtime_ns for name in names(folder)}
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        f"{tab}/other.{end}" for tab in ("jax", "pytorch") for end in ("ipynb", "slides.html")
    }
    assert "Changed" in (folder / "jax/other.slides.html").read_text("utf-8")
    (folder / "jax/other.slides.html").write_text("spoilt")
    build(folder.parent.parent, "slides")
    assert "Changed" in (folder / "jax/other.slides.html").read_text("utf-8")


def test_slides_of_one_page(make_book: MakeBook, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        **BOOK,
        "config.ini": BOOK["config.ini"].replace("eval_notebook = False", "eval_notebook = True"),
        "index.md": "# Book\n\n```toc\npart/page\nother\n```\n",
        "other.md": "# Other\n\n[**Also marked**]\n\n```{.python .input}\n%%tab all\nraise OSError\n```\n",
    }
    book = make_book(texts)
    assert main(["-C", str(book), "slides", "--tab", "jax", "part/*.md"]) == 0
    folder = book / "_build/slides"
    assert capsys.readouterr().out == f"slides: {folder}/jax/part/page.slides.html\n"
    assert names(folder) == {
        "jax/img/a.svg",
        "jax/LICENSE.md",
        "jax/part/page.ipynb",
        "jax/part/page.slides.html",
    }
    assert main(["-C", str(book), "slides", "--tab", "jax", "other.md"]) == 0
    assert "jax/part/page.slides.html" in names(folder)
    assert "raise OSError" in sources(folder / "jax/other.ipynb")[1]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["nowhere.md"], 2, "error: there is no file nowhere.md; name pages of the book"),
        (["LICENSE.md"], 2, "error: LICENSE.md is no page of the book; see [build] notebooks"),
        (["--tab", "x", "index.md"], 2, "error: unknown tab 'x'; known are: pytorch, jax, all"),
        (["index.md"], 0, "note: these pages mark nothing for slides, so there are none; "
         "put [**…**] around what goes on a slide"),
    ],
)  # fmt: skip
def test_slides_of_what_is_no_page(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str], words: list[str], code: int, told: str
) -> None:
    assert main(["-C", str(make_book(BOOK)), "slides", *words]) == code
    assert capsys.readouterr().err.splitlines() == [told]


def test_nothing_is_executed_for_readers_that_there_are_not(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    page = "# Book\n\n```{.python .input}\n1 / 0\n```\n"
    book = make_book({"config.ini": "[project]\nname = b\n", "index.md": page})
    assert main(["-C", str(book), "build", "colab"]) == 3
    assert "github_repo names no repository" in capsys.readouterr().err
