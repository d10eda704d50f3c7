"""Bad input: one clear line with file and line, an exit code, no traceback, nothing half-written.

Cells are executed by the interpreter of these tests, so that nothing has to be
installed; what the frameworks do is tested with the book itself.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook

CONFIG = """\
[build]
tabs = mxnet, pytorch
resources = img
[execute]
timeout = {timeout}
"""
PICTURE = "# T\n\n![Caption](img/none.png)\n"
INDEX = "# Book\n\n```toc\npage\n```\n"


@pytest.fixture
def build(make_book: MakeBook, capfd: pytest.CaptureFixture[str]) -> Build:
    return Build(make_book, capfd)


class Build:
    """Runs ``d2lbook build`` on a tiny book and gives its exit code and error lines."""

    def __init__(self, make_book: MakeBook, capfd: pytest.CaptureFixture[str]) -> None:
        self.make_book = make_book
        self.capfd = capfd
        self.folder = Path()

    def __call__(
        self, page: str, *targets: str, config: str = CONFIG, timeout: int = 60, **files: str
    ) -> tuple[int, list[str]]:
        texts = {"config.ini": config.format(timeout=timeout), "index.md": INDEX, "page.md": page}
        texts["img/one.svg"] = "<svg/>"
        texts |= {name.replace("__", "."): content for name, content in files.items()}
        self.folder = self.make_book(texts)
        code = main(["-C", str(self.folder), "-q", "build", *(targets or ("html",))])
        printed = self.capfd.readouterr().err
        assert "Traceback" not in re.sub(r"(?m)^ {4}.*$", "", printed)
        return code, [line for line in printed.splitlines() if not line.startswith("    ")]


def cell(*lines: str, tab: str = "all") -> str:
    return "\n".join(["```{.python .input}", f"%%tab {tab}", *lines, "```", ""])


@pytest.mark.parametrize(
    ("page", "line"),
    [
        (cell("1", tab="pytorhc"), "page.md:2: error: unknown tab 'pytorhc'; did you mean 'pytorch'?"),
        ("text\n\n```bash\nls\n", "page.md:3: error: this code fence is never closed; close it with ```"),
        (":begin_tab:`mxnet`\ntext\n", "page.md:1: error: this tab block is never closed; close it with :end_tab:"),
        (
            ":begin_tab:`mxnet`\na\n:begin_tab:`pytorch`\nb\n:end_tab:\n:end_tab:\n",
            "page.md:1: error: tab blocks can't be nested; close this one before the next",
        ),
        ("# A\n:label:`sec_a`\n\n## B\n:label:`sec_a`\n", "page.md:4: error: label 'sec_a' is used twice; first in page.md:1"),
        (cell("if tab.selected(x):", "    y = 1"), "page.md:3: error: tab.selected takes names of tabs; write them out, in quotes"),
    ],
    ids=["unknown tab", "open fence", "open tab block", "nested tab blocks", "double label", "tab.selected"],
)  # fmt: skip
def test_a_page_that_cannot_be_read(build: Build, page: str, line: str) -> None:
    code, lines = build(page)
    assert code == 4
    assert len(lines) == 1
    assert lines[0].startswith(line)
    assert not (build.folder / "_build" / "html").exists()


def test_all_pages_that_cannot_be_read_are_told_at_once(build: Build) -> None:
    code, lines = build("```\n", other__md="~~~\n")
    assert code == 4
    assert [line.partition(":")[0] for line in lines] == ["other.md", "page.md"]


def test_pages_that_are_missing_are_left_out(build: Build) -> None:
    code, lines = build("# Page\n\n```toc\none\ntwo\n```\n")
    assert code == 0
    assert [line.partition(", but")[0] for line in lines] == [
        f"page.md:{line}: warning: the table of contents names '{name}'"
        for line, name in ((4, "one"), (5, "two"))
    ]
    assert (build.folder / "_build" / "html" / "page.html").exists()


def test_what_editors_leave_is_no_page(build: Build) -> None:
    code, lines = build("# Page\n:label:`a`\n", **{".~page__md": "# Page\n:label:`a`\n"})
    assert (code, lines) == (0, [])


def test_former_targets_are_nothing_to_do(build: Build) -> None:
    assert build("# Page\n", "rst", "html", "merge") == (0, [])
    assert main(["-C", str(build.folder), "build", "rst", "merge"]) == 0
    assert build.capfd.readouterr().err.splitlines() == [
        "note: nothing is built for 'rst'; pages are made without it",
        "note: nothing is built for 'merge'; a page has all its tabs at once",
    ]


def test_an_edition_with_fewer_frameworks(build: Build) -> None:
    page = ":begin_tab:`jax`\nJ\n:end_tab:\n\n" + cell(
        "if tab.selected('paddle'):", "    1", tab="jax"
    )
    assert build("# Page\n\n" + page) == (0, [])
    assert main(["-C", str(build.folder), "build", "html", "--force"]) == 0
    assert build.capfd.readouterr().err.splitlines() == [
        "config.ini:2: note: left out is what stands for jax alone; "
        "name the tab in [build] tabs to have it"
    ]


def test_a_page_that_is_not_utf8(build: Build, make_book: MakeBook) -> None:
    build("fine", "ipynb")
    (build.folder / "page.md").write_bytes("gut\n\nschön".encode("latin-1"))
    assert main(["-C", str(build.folder), "build", "ipynb"]) == 4
    error = build.capfd.readouterr().err
    assert error == "page.md:3: error: this page is not UTF-8; save it as UTF-8\n"


def test_a_page_from_outside_the_book(build: Build, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret.md").write_text("# Secret\n")
    build("# T\n", "ipynb")
    (build.folder / "one.md").symlink_to(tmp_path / "elsewhere/secret.md")
    (build.folder / "folder").symlink_to(tmp_path / "elsewhere")
    told = "error: this page is a link that leads out of the book; keep a copy in the book's folder"
    assert build("# T\n", "html") == (4, [f"folder/secret.md: {told}", f"one.md: {told}"])


@pytest.mark.parametrize("name", [b"\xff.png", b"\xff/a.png"])
def test_a_file_whose_name_is_not_utf8(build: Build, name: bytes) -> None:
    build("# T\n", "ipynb")
    path = Path(os.fsdecode(os.fsencode(build.folder / "img/") + b"/" + name))
    path.parent.mkdir(exist_ok=True)
    path.touch()
    code, lines = build("# T\n", "html")
    assert code == 4
    assert len(lines) == 1
    assert re.fullmatch(r"img/.*: error: its name is not UTF-8; rename it", lines[0])


def test_a_value_of_several_lines_is_told_in_one(build: Build) -> None:
    config = f"{CONFIG}[html]\nfavicon = a\n  b\n"
    told = "warning: [html] favicon names 'a b', which can't be read; add it, or mend the name"
    assert build("# T\n", config=config) == (0, [f"config.ini:7: {told}"])


def test_no_config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(tmp_path), "build", "ipynb"]) == 3
    assert capsys.readouterr().err.startswith(f"error: there is no config.ini in {tmp_path}; ")


def test_no_index_page(build: Build) -> None:
    code, lines = build("text", config="[build]\nindex = start\n")
    assert code == 4
    assert lines == [
        "config.ini:2: error: the index page start.md is not there; "
        "write it, or name another one in [build] index"
    ]


def test_unknown_tab_on_the_command_line(build: Build) -> None:
    assert build("text")[0] == 0
    assert main(["-C", str(build.folder), "build", "html", "--tab", "torch"]) == 2
    assert build.capfd.readouterr().err == (
        "error: unknown tab 'torch'; known are: mxnet, pytorch, all\n"
    )


def test_a_cell_that_raises(build: Build) -> None:
    page = cell("def f():", "    return 1 / 0") + "\n" + cell("x = 1", "", "f()", tab="mxnet")
    code, lines = build(page + cell("y = 2", tab="pytorch"), "eval", "html")
    assert code == 1
    assert lines == [
        "page.md:4: error: [mxnet] ZeroDivisionError: division by zero",
        "error: 1 of 2 notebooks failed; pages, PDFs and the like are made once all of them run",
    ]
    folder = build.folder / "_build"
    assert not (folder / "eval/mxnet/page.ipynb").exists()
    assert (folder / "eval/pytorch/page.ipynb").is_file()
    assert not (folder / "html").exists()


def test_a_cell_that_never_ends(build: Build) -> None:
    code, lines = build(cell("while True: pass", tab="mxnet"), "eval", timeout=1)
    assert code == 1
    assert len(lines) == 2
    assert (
        lines[1]
        == "error: 1 of 1 notebooks failed; pages, PDFs and the like are made once all of them run"
    )
    assert lines[0].startswith("page.md:3: error: [mxnet] ")
    assert "1 s" in lines[0]


def test_a_kernel_that_dies(build: Build) -> None:
    code, lines = build(cell("import os", "os.kill(os.getpid(), 9)", tab="mxnet"), "eval")
    assert code == 1
    assert len(lines) == 2
    assert (
        lines[1]
        == "error: 1 of 1 notebooks failed; pages, PDFs and the like are made once all of them run"
    )
    assert re.match(r"page\.md:\d: error: \[mxnet\] .*kernel", lines[0])


def test_an_environment_that_cannot_be_made(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("D2LBOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    config = CONFIG + "[env pytorch]\nrequirements = no.txt\n"
    code, lines = build(cell("1"), "eval", config=config, no__txt="no-such-package-anywhere==1\n")
    assert code == 5
    assert len(lines) == 1
    assert lines[0].startswith("config.ini:7: error: [pytorch] no.txt can't be installed; ")


def test_a_missing_image(build: Build) -> None:
    code, lines = build(PICTURE)
    told = "the image 'img/none.png' is not there; mend the path, or add it"
    assert (code, lines) == (0, [f"page.md:3: warning: {told}"])
    strict = CONFIG.replace("[build]", "[build]\nwarning_is_error = True")
    code, lines = build(PICTURE, config=strict)
    assert (code, lines) == (1, [f"page.md:3: error: {told}"])


@pytest.mark.parametrize("target", ["html", "pdf"])
@pytest.mark.parametrize("name", ["x" * 300, "a%00b.png", "loop/a.png"])
def test_an_image_that_cannot_be_there(build: Build, target: str, name: str) -> None:
    page = f"# T\n\n![Caption]({name})\n"
    build(page)
    (build.folder / "loop").symlink_to("loop")
    code, lines = build(page, target, "--tab", "pytorch")
    told = f"the image '{name}' is not there; mend the path, or add it"
    assert (code, lines) == (0, [f"page.md:3: warning: {told}"])


def test_a_bibliography_that_is_none(build: Build) -> None:
    code, lines = build("# T\n\n:cite:`x`\n", config=f"{CONFIG}[pdf]\nbibfile = img\n")
    told = "the bibliography can't be read: Is a directory; name a BibTeX file that can be read"
    assert (code, lines) == (6, [f"img: error: {told}"])


def test_a_bibliography_that_is_not_there(build: Build) -> None:
    config = f"{CONFIG}[pdf]\nbibfile = no.bib\n"
    code, lines = build("# T\n\n:bibliography:`none.bib`\n", config=config)
    told = "does not exist; mend the path, or add the file"
    line = config[: config.index("bibfile")].count("\n") + 1
    assert (code, lines) == (
        0,
        [
            f"config.ini:{line}: warning: the bibliography 'no.bib' {told}",
            f"page.md:3: warning: the bibliography 'none.bib' {told}",
        ],
    )


def test_a_library_that_is_not_utf8(build: Build) -> None:
    config = f"{CONFIG}[library-pytorch]\nlib_file = own/jax.py\n"
    page = cell("x = 1  #@save")
    build(page, config=config)
    (build.folder / "own").mkdir(exist_ok=True)
    (build.folder / "own/jax.py").write_bytes(b"# one\n# \xff\n")
    code, lines = build(page, "lib", config=config)
    assert (code, lines) == (
        4,
        ["own/jax.py:2: error: the file is not UTF-8; save it as UTF-8"],
    )
    assert (build.folder / "own/jax.py").read_bytes() == b"# one\n# \xff\n"


def test_an_output_folder_that_is_not_ours(build: Build) -> None:
    code, lines = build("text", "ipynb", **{"_build/mine__txt": "precious"})
    assert code == 7
    assert lines == [
        "config.ini: error: the output folder _build holds files that d2lbook didn't make; "
        "empty it, or name another one in [build] output_dir"
    ]
    assert (build.folder / "_build/mine.txt").read_text() == "precious"
    assert main(["-C", str(build.folder), "clear"]) == 7
    assert (build.folder / "_build/mine.txt").exists()


def test_an_output_folder_that_cannot_be_written(build: Build) -> None:
    code, lines = build("text", "ipynb", _build="a file, not a folder")
    assert code == 7
    assert len(lines) == 1
    assert "_build" in lines[0]


def test_clear_removes_what_was_built(build: Build) -> None:
    assert build("text", "ipynb")[0] == 0
    assert (build.folder / "_build/ipynb/mxnet/page.ipynb").is_file()
    assert main(["-C", str(build.folder), "-q", "clear"]) == 0
    assert not (build.folder / "_build").exists()
    assert (build.folder / "page.md").exists()


def test_an_output_folder_that_is_empty_is_cleared_already(build: Build) -> None:
    assert build("text", "ipynb")[0] == 0
    assert main(["-C", str(build.folder), "clear"]) == 0
    (build.folder / "_build").mkdir()  # a build on a full disk gets no further
    assert main(["-C", str(build.folder), "clear"]) == 0


def test_notebooks_of_pages_that_are_gone_are_removed(build: Build) -> None:
    assert build("text", "ipynb", other__md="text")[0] == 0
    other = build.folder / "_build/ipynb/mxnet/other.ipynb"
    assert other.is_file()
    (build.folder / "other.md").unlink()
    assert main(["-C", str(build.folder), "-q", "build", "ipynb"]) == 0
    assert not other.exists()


def test_a_library_that_is_no_module(build: Build) -> None:
    config = f"{CONFIG}[library-pytorch]\nlib_file = page.md\n"
    code, lines = build("# T\n", "lib", config=config)
    assert code == 3
    assert lines == [
        "config.ini:7: error: [library-pytorch] lib_file can't be 'page.md'; "
        "it has to be the path of a .py file"
    ]


@pytest.mark.parametrize(
    ("aliases", "line"),
    [
        ("simple_alias = sqrt", "8: error: simple_alias needs lib_name, the module that has these names"),
        ("fluent_alias = x y", "8: error: 'x y' is not a name, or 'name -> name'"),
        ("alias = kaputt(((", "8: error: these lines are not Python"),
    ],
)  # fmt: skip
def test_aliases_that_make_no_python(build: Build, aliases: str, line: str) -> None:
    config = f"{CONFIG}[library-pytorch]\nlib_file = own.py\n{aliases}\n"
    assert build("# T\n", "lib", config=config) == (3, [f"config.ini:{line}"])
    assert not (build.folder / "own.py").exists()


def test_a_library_with_a_beginning_that_is_not_python(build: Build) -> None:
    config = f"{CONFIG}[library-pytorch]\nlib_file = own.py\n"
    code, lines = build("# T\n", "lib", config=config, own__py="# one\n((\n")
    assert code == 4
    assert lines[0].startswith("own.py:2: error: the library would not be valid Python: '(' was")
    assert (build.folder / "own.py").read_text() == "# one\n((\n"


def test_a_library_in_a_new_folder_can_be_imported(build: Build) -> None:
    config = f"{CONFIG}[library-pytorch]\nlib_file = lib/deep/a.py\n"
    page = "# T\n\n```{.python .input}\n%%tab pytorch\ndef f(): return 1  #@save\n```\n\n"
    page += "```{.python .input}\n%%tab pytorch\nfrom lib.deep import a\nprint(a.f())\n```\n"
    assert build(page, "lib", "eval", config=config) == (0, [])
    assert (build.folder / "lib/__init__.py").read_bytes() == b""
    (build.folder / "lib/__init__.py").write_text("own = 1\n")
    assert build(page, "lib", config=config) == (0, [])
    assert (build.folder / "lib/__init__.py").read_text() == "own = 1\n"


def test_the_folder_of_the_book_is_named_in_one_below_it(build: Build) -> None:
    build("# T\n", "ipynb")
    assert main(["-C", str(build.folder / "img"), "build", "ipynb"]) == 3
    assert build.capfd.readouterr().err.endswith(f"or name it with -C: -C {build.folder}\n")


def test_an_output_folder_on_another_disk_can_be_cleared(build: Build, tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    build("# T\n", "ipynb")
    assert main(["-C", str(build.folder), "clear"]) == 0
    (build.folder / "_build").symlink_to(tmp_path / "scratch")
    build("# T\n", "ipynb")
    assert (tmp_path / "scratch/ipynb").is_dir()
    for _ in range(2):
        assert main(["-C", str(build.folder), "clear"]) == 0
        assert (build.folder / "_build").readlink() == tmp_path / "scratch"
        assert list((tmp_path / "scratch").iterdir()) == []
    assert build("# T\n", "ipynb") == (0, [])
    assert (tmp_path / "scratch/ipynb").is_dir()


def test_chapters_may_be_links(build: Build) -> None:
    page = "# T\n\n```toc\nlinked/one\n```\n"
    build("# T\n", "ipynb")
    (build.folder / "real").mkdir(exist_ok=True)
    (build.folder / "real/one.md").write_text("# One\n")
    (build.folder / "real/up").symlink_to(build.folder)
    (build.folder / "linked").symlink_to("real")
    exclusions = CONFIG.replace("[build]", "[build]\nexclusions = real")
    assert build(page, "html", config=exclusions) == (0, [])
    assert (build.folder / "_build/html/linked/one.html").is_file()


def test_a_page_that_no_table_of_contents_names(build: Build) -> None:
    texts = {"config.ini": CONFIG.format(timeout=60), "index.md": INDEX, "page.md": "# P\n"}
    folder = build.make_book({**texts, "lost.md": "# Lost\n", "img/one.svg": "<svg/>"})
    assert main(["-C", str(folder), "build", "ipynb", "html"]) == 0
    told = build.capfd.readouterr().err.splitlines()
    assert told == [
        "lost.md: note: no table of contents names this page, so readers hardly find it; "
        "name it in a toc block, or leave it out with [build] exclusions"
    ]
