"""The extension for authors, in real kernels of today's IPython."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from d2lbook.tab import Tab
from IPython.core.error import UsageError
from jupyter_client.manager import KernelManager

from tests.jupyter.kernels import Kernel

OFFER = "%load_ext d2lbook.tab\ntab.interact_select(['mxnet', 'pytorch', 'jax'])"
NO_WIDGETS = "import sys; sys.modules['ipywidgets'] = None"


@contextmanager
def kernel(data: Path, notebook: str = "", **variables: str) -> Iterator[Kernel]:
    """A kernel of this very interpreter, as a Jupyter server starts it for a notebook."""
    variables |= {"JUPYTER_DATA_DIR": str(data), "IPYTHONDIR": str(data / "ipython")}
    if notebook:
        variables["JPY_SESSION_NAME"] = notebook
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=str(data / "k"))
    manager.start_kernel(env=os.environ | variables)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield Kernel(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's Jupyter folder; its path is short, as those of sockets have to be."""
    return tmp_path_factory.mktemp("j")


def test_a_notebook(data: Path) -> None:
    with kernel(data) as notebook:
        assert notebook.run(NO_WIDGETS + "\n" + OFFER) == (
            "tab: mxnet; to choose another, run tab.select('pytorch') or tab.select('jax')\n"
            "(with ipywidgets installed beside this kernel there is a menu here)"
        )
        assert notebook.run("%%tab mxnet, jax\nx = 1\nx") == "1"
        assert notebook.run("%%tab pytorch\nx = 2\nx") == ""
        assert notebook.run("x") == "1"
        assert notebook.run("#@tab pytorch\n3") == ""
        assert notebook.run("tab.selected('mxnet'), tab.selected(['jax', 'pytorch'])") == (
            "(True, False)"
        )
        assert notebook.run("tab.select('PyTorch')\ntab.selected('a', 'pytorch')") == (
            "error: UsageError: unknown tab 'a'; known are: mxnet, pytorch, jax"
        )
        assert notebook.run("tab.chosen") == "'pytorch'"
        assert notebook.run("%%tab PyTorch\n%%capture shown\nprint(4)") == ""
        assert notebook.run("shown.stdout") == r"'4\n'"
        assert notebook.run("%%tab all\nimport asyncio\nawait asyncio.sleep(0, 5)") == "5"
        assert notebook.run("%%tab pytorch\n\n\n1/0") == "error: line 4: division by zero"


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("%%tab torch\n1", "unknown tab 'torch'; known are: mxnet, pytorch, jax"),
        ("tab.select('torch')", "unknown tab 'torch'; known are: mxnet, pytorch, jax"),
        ("tab.selected(['torch'])", "unknown tab 'torch'; known are: mxnet, pytorch, jax"),
        ("%%tab\n1", "a tab mark needs the names of tabs, or all"),
        ("tab.interact_select()", "tab.interact_select needs the names of the tabs"),
    ],
)
def test_what_cannot_be_is_one_line(shared: Kernel, code: str, line: str) -> None:
    assert shared.run(code) == f"error: UsageError: {line}"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("j")) as notebook:
        notebook.run(NO_WIDGETS)
        notebook.run(OFFER)
        yield notebook


def test_the_drop_down(data: Path) -> None:
    if importlib.util.find_spec("ipywidgets") is None:
        pytest.skip("ipywidgets is not installed: pip install 'd2lbook2[jupyter]'")
    with kernel(data) as notebook:
        shown = notebook.run(OFFER)
        assert shown.startswith("Dropdown(")
        assert "options=('mxnet', 'pytorch', 'jax')" in shown
        find = "[w] = [w for w in __import__('ipywidgets').Widget.widgets.values()"
        notebook.run(find + " if hasattr(w, 'options')]")
        assert notebook.run("w.value = 'jax'\ntab.selected('jax')") == "True"
        assert notebook.run("tab.select('pytorch')\nw.value") == "'pytorch'"


def test_the_choice_is_kept_for_its_notebook_alone(data: Path) -> None:
    choose = OFFER + "\ntab.select('jax')"
    with kernel(data, "/book/a.md") as first:
        first.run(choose)
    with kernel(data, "/book/a.md") as again, kernel(data, "/book/b.md") as other:
        assert again.run("%load_ext d2lbook.tab\ntab.chosen") == "'jax'"
        assert other.run(NO_WIDGETS + "\n" + OFFER + "\ntab.chosen").endswith("'mxnet'")


def test_a_kernel_that_no_server_started_keeps_nothing(data: Path) -> None:
    with kernel(data) as notebook:
        notebook.run(OFFER + "\ntab.select('jax')")
    assert not (data / "d2lbook").exists()


def test_a_kernel_of_one_framework_chooses_it(data: Path) -> None:
    others = "for mxnet or jax, change the kernel (Kernel > Change Kernel…)"
    with kernel(data, D2LBOOK_TAB="PyTorch") as notebook:
        assert notebook.run(OFFER) == f"tab: pytorch; {others}"
        assert notebook.run("%%tab pytorch\n1") == "1"
        assert notebook.run("%%tab jax\n2") == ""
        assert notebook.run("tab.select('jax')") == f"error: UsageError: tab: pytorch; {others}"
        assert notebook.run("tab.select('pytorch')") == ""
        assert notebook.run("tab.interact_select('pytorch')") == "tab: pytorch"
        assert notebook.run("tab.interact_select('jax')") == (
            "this page has no tab pytorch; for jax, change the kernel (Kernel > Change Kernel…)"
        )


def test_loading_it_twice_and_unloading_it(data: Path) -> None:
    with kernel(data) as notebook:
        count = "len(get_ipython().input_transformers_cleanup)"
        before = notebook.run(count)
        notebook.run("%load_ext d2lbook.tab\n%reload_ext d2lbook.tab")
        assert int(notebook.run(count)) == int(before) + 1
        assert notebook.run("%%tab mxnet\n1") == (
            "error: UsageError: no tab is chosen yet; run the cell with tab.interact_select first"
        )
        notebook.run("%unload_ext d2lbook.tab")
        assert notebook.run(count) == before
        assert notebook.run("'tab' in globals()") == "False"


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    tab = Tab(tmp_path / "file" / "choice")
    tab.select("jax")
    assert tab.selected("jax")


def test_nothing_of_the_tool_is_needed() -> None:
    """A framework's environment has IPython, and nothing else that the tool depends on."""
    code = (
        "import sys, IPython; before = set(sys.modules); import d2lbook.tab;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if name.startswith("d2lbook")] == [
        "d2lbook",
        "d2lbook.tab",
    ]
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded - {"d2lbook", "IPython"} - sys.stdlib_module_names


def test_names_of_any_case_one_by_one_or_in_lists() -> None:
    tab = Tab()
    tab.chosen = "jax"
    assert tab.selected("JAX")
    assert tab.selected(["mxnet", "Jax"])
    assert tab.selected("all")
    assert not tab.selected("mxnet", "pytorch")
    with pytest.raises(UsageError, match="no tab is chosen yet"):
        Tab().selected("jax")
