"""A real Jupyter server: pages through its contents API, and the kernels of the tabs."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from d2lbook.__main__ import main
from d2lbook.config import parse_config
from d2lbook.jupyter.lab import prepare_lab
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, CHROMIUM
from tests.conftest import MakeBook
from tests.jupyter.conftest import BOOK, TOKEN, Server
from tests.jupyter.kernels import Kernel, connected

PAGE = "chapter/page.md"
ORIGINAL = BOOK[PAGE].encode()

TRIES = 5


@pytest.fixture
def page(server: Server) -> Iterator[Path]:
    """The page's file; it is as it was when the test is over."""
    path = server.book / PAGE
    yield path
    path.write_bytes(ORIGINAL)


def test_a_page_is_a_notebook_for_who_asks_for_one(server: Server) -> None:
    notebook = server.notebook(PAGE)
    assert [cell["cell_type"] for cell in notebook["cells"]] == [
        "markdown",
        "code",
        "code",
        "markdown",
    ]
    assert notebook["metadata"]["kernelspec"]["name"] == "d2lbook-mxnet"
    _, model = server.ask("GET", f"contents/{PAGE}?content=1")
    assert (model["type"], model["content"]) == ("file", BOOK[PAGE])
    _, folder = server.ask("GET", "contents/chapter")
    assert [each["type"] for each in folder["content"] if each["name"] == "page.md"] == ["file"]
    _, model = server.ask("GET", f"contents/{PAGE}?type=notebook&content=0&hash=1")
    assert (model["type"], model["content"], model["format"]) == ("notebook", None, None)
    assert model["hash"]


def test_saving_changes_nothing(server: Server, page: Path) -> None:
    status, model = server.save(PAGE, server.notebook(PAGE))
    assert (status, model["type"], model["content"]) == (200, "notebook", None)
    assert page.read_bytes() == ORIGINAL


def test_saving_an_edited_cell_changes_its_lines(server: Server, page: Path) -> None:
    notebook = server.notebook(PAGE)
    cell = notebook["cells"][2]
    cell["source"] = "%%tab jax\n2 + 2"
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "4"}]
    cell["execution_count"] = 9
    assert server.save(PAGE, notebook)[0] == 200
    assert page.read_bytes() == ORIGINAL.replace(b"1 + 1", b"2 + 2")


def test_a_notebook_that_a_page_cannot_hold_is_not_saved(server: Server, page: Path) -> None:
    notebook = server.notebook(PAGE)
    notebook["cells"][0]["source"] = "```"
    status, answer = server.save(PAGE, notebook)
    assert (status, answer["message"]) == (
        400,
        f"{PAGE}: error: cell 1: this code fence is never closed; close it with ```",
    )
    assert page.read_bytes() == ORIGINAL


def test_a_page_that_cannot_be_read(server: Server) -> None:
    (server.book / "broken page.md").write_bytes(b"a\n\n```\n")
    status, answer = server.ask("GET", "contents/broken page.md?type=notebook&content=1")
    assert (status, answer["message"]) == (
        400,
        "broken page.md:3: error: this code fence is never closed; close it with ```",
    )
    (server.book / "latin.md").write_bytes("schön".encode("latin-1"))
    assert server.ask("GET", "contents/latin.md?type=notebook&content=1")[0] == 400


def test_other_files_are_jupyters_own(server: Server) -> None:
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    assert server.save("real.ipynb", notebook)[0] == 201
    assert server.notebook("real.ipynb")["cells"] == []
    assert (server.book / "real.ipynb").read_text().startswith("{")
    model = {"type": "file", "format": "text", "content": "# plain\n"}
    assert server.ask("PUT", "contents/plain.md", model)[0] == 201
    assert (server.book / "plain.md").read_bytes() == b"# plain\n"


@contextmanager
def session(server: Server, tab: str) -> Iterator[Kernel]:
    """The kernel of a tab, for the page, as JupyterLab asks the server for it."""
    request = {
        "path": PAGE,
        "name": "page.md",
        "type": "notebook",
        "kernel": {"name": f"d2lbook-{tab}"},
    }
    status, started = server.ask("POST", "sessions", request)
    assert status == 201, started
    connection = server.runtime / f"kernel-{started['kernel']['id']}.json"
    try:
        with connected(connection) as kernel:
            yield kernel
    finally:
        server.ask("DELETE", f"sessions/{started['id']}")


def test_the_kernel_of_a_tab(server: Server) -> None:
    offer = (
        "import sys; sys.modules['ipywidgets'] = None\n"
        + server.notebook(PAGE)["cells"][1]["source"]
    )
    with session(server, "jax") as kernel:
        assert kernel.run(offer) == (
            "tab: jax; for mxnet, change the kernel (Kernel > Change Kernel…)"
        )
        assert kernel.run("%%tab jax\nimport helper, os\nhelper.answer, os.environ['COLOUR']") == (
            "(42, 'red')"
        )
        assert kernel.run("from pathlib import Path; Path.cwd().name") == "'chapter'"
        assert kernel.run("sys.path.count(''), sys.path[-1]") == "(1, '')"
        kernel.run("%%writefile written.py\nanswer = 43")
        assert kernel.run("import written; written.answer") == "43"
        assert kernel.run("tab.select('mxnet')").startswith(
            "error: UsageError: tab: jax; for mxnet"
        )
        # In a kernel of the user's own, the choice is kept for the page.
        again = offer.replace("%load_ext", "%reload_ext")
        shown = kernel.run(f"del os.environ['D2LBOOK_TAB']\n{again}\ntab.select('jax')")
        assert shown.splitlines()[0] == "tab: mxnet; to choose another, run tab.select('jax')"
        assert kernel.run("%reload_ext d2lbook.tab\ntab.chosen") == "'jax'"


def test_editing_in_jupyterlab(server: Server, page: Path) -> None:
    if not CHROMIUM.is_file():
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        edit_in_browser(browser.new_page(), server)
        browser.close()
    assert page.read_bytes() == ORIGINAL.replace(b"1 + 1\r\n", b"1 + 1\r\n# typed\r\n")


def open_until(item: Any, there: Any) -> None:
    """Open an item; a double click is lost where the list of files is drawn anew in its middle."""
    for _ in range(TRIES):
        item.dblclick()
        with contextlib.suppress(PlaywrightTimeout):
            there.wait_for(timeout=15_000)
            return


def edit_in_browser(window: Any, server: Server) -> None:
    """Open the page by a double click, add a line to its last code cell, and save."""
    window.set_default_timeout(60_000)
    window.goto(f"{server.address}lab?token={TOKEN}&reset")
    files = window.locator(".jp-DirListing-item")
    open_until(files.filter(has_text="chapter"), files.filter(has_text="page.md"))
    code = window.locator(".jp-NotebookPanel .jp-CodeCell .cm-content").nth(1)
    open_until(files.filter(has_text="page.md"), code)
    code.click()
    window.keyboard.press("Control+End")
    window.keyboard.type("\n# typed")
    with window.expect_response(
        lambda answer: answer.request.method == "PUT" and "page.md" in answer.url
    ) as saved:
        window.keyboard.press("Control+s")
    assert saved.value.status == 200


def test_a_tab_without_its_environment_has_no_kernel(make_book: MakeBook, tmp_path: Path) -> None:
    text = "[build]\ntabs = mxnet, jax\n[env mxnet]\nrequirements = no.txt\n"
    folder = tmp_path / "lab"
    config, _ = parse_config(text, make_book({"index.md": "# Book"}))
    lab, problems = prepare_lab(config, folder)
    assert [problem.tab for problem in problems] == ["mxnet"]
    assert [path.parent.name for path in folder.glob("kernels/*/kernel.json")] == ["d2lbook-jax"]
    assert "--PageContentsManager.kernel_name=d2lbook-jax" in lab.options


def test_without_jupyterlab(
    make_book: MakeBook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    assert main(["-C", str(make_book(BOOK)), "lab"]) == 2
    assert capsys.readouterr().err == (
        "error: JupyterLab is not installed; pip install 'd2lbook2[jupyter]'\n"
    )
