"""The section that this project began with, unchanged, as the only page of a book."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from d2lbook.__main__ import main
from d2lbook.config import read_config

from tests.book.frameworks import require
from tests.conftest import ROOT

CONFIG = """\
[project]
lang = id
[build]
index = parameters
notebooks = parameters.md
tabs = mxnet, pytorch, tensorflow, jax
"""
ENVIRONMENT = """\
[env {tab}]
requirements = envs/{tab}.txt
python = 3.11
"""
OF_TENSORFLOW = """\
no_dependencies = tf_keras
variables =
    TF_USE_LEGACY_KERAS=1
    TF_CPP_MIN_LOG_LEVEL=1
    TF_ENABLE_ONEDNN_OPTS=0
"""
CODE_CELLS = {"mxnet": 7, "pytorch": 7, "tensorflow": 6, "jax": 6}


@pytest.fixture(scope="module")
def folder(seed_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seed")
    shutil.copy(seed_page, folder)
    shutil.copytree(ROOT / "envs", folder / "envs")
    shutil.copytree(ROOT / "d2l", folder / "d2l")
    sections = [ENVIRONMENT.format(tab=tab) for tab in ("mxnet", "pytorch", "jax", "tensorflow")]
    (folder / "config.ini").write_text("".join([CONFIG, *sections, OF_TENSORFLOW]))
    config, _ = read_config(folder)
    require(config, *config.tabs)
    return folder


def notebook(folder: Path, kind: str, tab: str) -> list[dict]:  # type: ignore[type-arg]
    text = (folder / "_build" / kind / tab / "parameters.ipynb").read_text()
    return [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def test_split(folder: Path) -> None:
    assert main(["-C", str(folder), "-q", "build", "ipynb"]) == 0
    assert {tab: len(notebook(folder, "ipynb", tab)) for tab in CODE_CELLS} == CODE_CELLS


def test_executed_in_all_frameworks_it_says_what_its_text_says(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(folder), "-q", "build", "eval", "html"]) == 0
    warnings = capfd.readouterr().err.splitlines()
    assert warnings == [
        "parameters.md:357: warning: unknown label 'sec_model_construction' in :numref:; "
        "no page of the book has it"
    ]
    for tab, count in CODE_CELLS.items():
        cells = notebook(folder, "eval", tab)
        assert len(cells) == count
        outputs = [output for cell in cells for output in cell["outputs"]]
        assert {output["output_type"] for output in outputs} <= {"execute_result", "stream"}
        last = "".join(text for output in cells[-1]["outputs"] for text in output["text"])
        # Tied layers are the same object: changing one changes the other.
        expected = {"tensorflow": ["True"], "jax": ["True"]}
        lines = [line for line in last.splitlines() if line.strip()]
        if tab in expected:
            assert lines == expected[tab]
        else:
            assert len(lines) == 2
            assert "False" not in last
            assert last.count("True") == 16
    page = (folder / "_build/html/parameters.html").read_text()
    assert page.count("True") >= 2
