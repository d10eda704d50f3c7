"""``d2lbook report``, and what executed notebooks say of where their outputs come from."""

from __future__ import annotations

import json
import platform
import re
import sys

import pytest
from d2lbook.__main__ import main
from d2lbook.config import parse_config, read_config
from d2lbook.execute.environments import find_environment
from d2lbook.execute.keys import Inputs
from d2lbook.execute.records import Record, Records
from d2lbook.html.report import Row, Total, memory, report_html, seconds, totals
from d2lbook.notebooks.select import select
from d2lbook.source.files import read_book

from tests.conftest import MakeBook
from tests.execute.conftest import Machine, machine

__all__ = ["machine"]


def test_what_an_execution_took_is_reported(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "```{.python .input}\nx = bytearray(90_000_000)\n```\n\n```{.python .input}\n"
    book = make_book(
        {
            "config.ini": "[project]\ntitle = Buku <1>\n",
            "index.md": "# Book\n\n```toc\n:numbered:\n\none\ntwo\nthree\n```\n",
            "one.md": f"# Slow & large\n\n{code}import time; time.sleep(0.7)\n```\n",
            "two.md": "# Quick\n\n```{.python .input}\n1\n```\n",
            "three.md": "# Broken\n\n```{.python .input}\n1 / 0\n```\n",
        }
    )
    assert main(["-C", str(book), "report"]) == 0
    assert "no notebook was executed here yet" in capsys.readouterr().out
    assert main(["-C", str(book), "build", "eval"]) == 1
    notebook = (book / "_build/eval/python/one.ipynb").read_text()
    assert json.loads(notebook)["metadata"]["d2lbook"] == {"python": platform.python_version()}
    capsys.readouterr()
    assert main(["-C", str(book), "report"]) == 0
    out = capsys.readouterr().out
    assert re.match(r"python +3 notebooks +\S+ s +[1-9]\d* MB at most  Python 3", out)
    page = (book / "_build/report/index.html").read_text()
    rows = re.sub(r"<[^>]*>|\n", "|", page[page.index("<tbody class") :])
    assert re.search(r"1 Slow &amp; large\|+python\|+[^|]* s\|+(9\d|\d{3,}) MB\|+line [48], ", rows)
    assert re.search(r"2 Quick\|+python\|+[^|]* s\|+\d+ MB\|+line 4, ", rows)
    assert re.search(r"3 Broken\|+python\|+[^|]* s, then failed\|+\d+ MB\|+line 4, ", rows)
    assert rows.count("failed") == 1
    assert "<h1>Buku &lt;1&gt;</h1>" in page
    assert "<script" not in page


def test_a_python_that_is_not_there_keeps_no_report_back(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    page = "# Book\n\n```{.python .input}\n1\n```\n"
    book = make_book({"config.ini": "[env python]\npython = no/python\n", "index.md": page})
    assert main(["-C", str(book), "report"]) == 0
    assert "is no Python that runs" in capsys.readouterr().err
    assert (book / "_build/report/index.html").is_file()


@pytest.mark.parametrize("is_asked_for_by_name", [True, False])
def test_versions_are_those_of_framework_and_python(
    is_asked_for_by_name: bool,
    make_book: MakeBook,
    machine: Machine,
    capsys: pytest.CaptureFixture[str],
) -> None:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    book = make_book(
        {
            "config.ini": "[build]\ntabs = tensorflow\n[env tensorflow]\n"
            f"requirements = envs/tf.txt\npython = {python}\n",
            **({"envs/tf.in": "tensorflow-cpu\nipykernel\n"} if is_asked_for_by_name else {}),
            "envs/tf.txt": "tensorflow-cpu==2.21.0\ntensorflow-io-gcs-filesystem==0.37.1\n"
            "numpy==2.4.0\nipykernel==7.4.0\n",
            "index.md": "# Book\n\n```{.python .input}\n1\n```\n",
        }
    )
    config, _ = read_config(book)
    notebook = select(read_book(config)[0].pages["index"], "tensorflow", "tensorflow")
    assert notebook
    inputs = Inputs(
        cells=(),
        environment="",
        variables={},
        modules={},
        data={},
        folder="",
        seed=0,
        preparation="",
    )
    Records(config).save(notebook, Record(inputs=inputs, seconds=1))
    assert main(["-C", str(book), "report"]) == 0
    versions = f"tensorflow-cpu 2.21.0 · Python {python}"
    assert capsys.readouterr().out.splitlines()[0].endswith(f"  {versions}")
    assert versions in (book / "_build/report/index.html").read_text()


def test_sums_are_those_of_each_tab() -> None:
    rows = [
        Row(page="1 A", tab="jax", seconds=2, memory=5_000_000, slowest=(7, 1.5)),
        Row(page="1 A", tab="pytorch", seconds=8, memory=0),
        Row(page="2 B", tab="jax", seconds=4, memory=10_000_000),
    ]
    sums = totals(rows, {"pytorch": "torch 2", "jax": "jax 1", "mxnet": ""})
    assert sums == [
        Total("pytorch", "torch 2", 1, 8, 0),
        Total("jax", "jax 1", 2, 6, 10_000_000),
    ]
    page = report_html("T", rows, sums)
    # Bars are relative to the longest and the largest.
    assert re.findall(r'style="width: ([\d.]+)%', page) == [
        "25.0",
        "50.0",
        "100.0",
        "50.0",
        "100.0",
    ]
    assert page.count('<th scope="rowgroup"') == 2
    assert "line 7, 1.5 s" in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.004, "0.00 s"), (0.42, "0.42 s"), (12.34, "12.3 s"), (245, "4 min 05 s")],
)
def test_seconds(value: float, shown: str) -> None:
    assert seconds(value) == shown


def test_memory() -> None:
    assert (memory(0), memory(1_234_000_000)) == ("–", "1,234 MB")


def test_the_versions_of_an_environment_are_those_of_its_lock(
    make_book: MakeBook, machine: Machine
) -> None:
    requirements = "# torch==1\nTorch==2.13.0+cpu \\\n    --hash=sha256:00\nnumpy==2\nflax>=1\n"
    book = make_book({"envs/a.txt": requirements})
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    text = f"[build]\ntabs = a\n[env a]\nrequirements = envs/a.txt\npython = {python}\n"
    environment = find_environment(parse_config(text, book)[0], "a")
    assert environment.versions == {"python": python, "torch": "2.13.0+cpu"}
    assert environment.origin == {**environment.versions, "lock": environment.digest}
