"""Cells that have to raise, in real kernels of this process's own interpreter."""

from __future__ import annotations

import re

import pytest
from d2lbook.document.hiding import without_marks
from d2lbook.errors import SourceError
from d2lbook.publish.code import without_marks as published
from d2lbook.source.raises import find_expectation

from tests.execute.workbench import Workbench, notebook, printed


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    bench = Workbench(tmp_path_factory.mktemp("raises"))
    bench.write("d2l/__init__.py", "")
    bench.write("d2l/torch.py", "import json\n\ndef parse(text):\n    return json.loads(text)\n")
    return bench


def test_a_notebook_goes_on_after_an_error_that_was_to_come(bench: Workbench) -> None:
    done = bench.execute_one(
        "#@raises ValueError\nfrom d2l.torch import parse\nparse('{')",
        "print('before')\n#@raises KeyError, LookupError\n[][0]",
        "import json\n\njson.loads('')  #@raises json.JSONDecodeError",
        "%%bash\n#@raises subprocess.CalledProcessError\nexit 3",
        "print('the end')",
    )
    assert done.problem is None
    assert printed(done) == "before\nthe end\n"
    tracebacks = [
        re.sub("\x1b\\[[0-9;]*m", "", "\n".join(output["traceback"]))
        for outputs in done.outputs.values()
        for output in outputs
        if output["output_type"] == "error"
    ]
    names = ["JSONDecodeError", "IndexError", "JSONDecodeError", "CalledProcessError"]
    assert [text.split("\n")[1].split()[0] for text in tracebacks] == names
    assert "#@raises" not in "".join(tracebacks)
    # The line as readers see the cell, and files from where modules are found.
    assert "Cell In[1], line 2" in tracebacks[0]
    assert re.findall(r"^File (\S+):\d+", tracebacks[0], re.MULTILINE) == [
        "d2l/torch.py",
        "json/__init__.py",
        "json/decoder.py",
        "json/decoder.py",
    ]


@pytest.mark.parametrize(
    ("cells", "line", "what"),
    [
        (["1", "#@raises ValueError\n1"], 6, "has to raise ValueError, but raised nothing"),
        (
            ["x = {}\n#@raises ValueError, OSError\n\nx[0]"],
            5,
            "has to raise ValueError or OSError, but raised KeyError: 0",
        ),
        # One cell's error is not the next one's.
        (["#@raises KeyError\n{}[0]", "#@raises KeyError\n1"], 7, "but raised nothing"),
        (["#@raises KeyError\n{}[0]", "1 / 0"], 7, "ZeroDivisionError: division by zero"),
        # Only modules of the same package may differ.
        (["#@raises json.KeyError\n{}[0]"], 3, "has to raise json.KeyError, but raised KeyError"),
    ],
    ids=["nothing", "another error", "only once", "without a mark", "another package"],
)
def test_another_end_is_a_failure(bench: Workbench, cells: list[str], line: int, what: str) -> None:
    problem = bench.execute_one(*cells).problem
    assert problem is not None
    assert str(problem.place) == f"chapter/page.md:{line}"
    assert what in problem.what
    assert problem.tab == "python"


def test_the_error_may_be_public_in_another_module_of_its_package() -> None:
    (cell,) = notebook("#@raises torch.cuda.OutOfMemoryError").cells
    expected = find_expectation(cell, "page.md")
    assert expected is not None
    assert expected.is_met_by(["torch.OutOfMemoryError", "builtins.RuntimeError"])
    assert not expected.is_met_by(["jax.OutOfMemoryError", "builtins.RuntimeError"])


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        ("KeyError or IndexError", "KeyError or IndexError"),
        ("KeyError, or IndexError", "KeyError or IndexError"),
        ("KeyError,IndexError OSError", "KeyError or IndexError or OSError"),
        ("socket.timeout or _Own.Error", "socket.timeout or _Own.Error"),
        ("错误", "错误"),
    ],
)
def test_several_errors_may_be_named(names: str, meant: str) -> None:
    (cell,) = notebook(f"#@raises {names}").cells
    assert str(find_expectation(cell, "page.md")) == meant


@pytest.mark.parametrize(
    "source",
    [
        "#@raises",
        "#@raises  # an error",
        "x = 1\n#@raises ValueError!",
        "#@raises A\n#@raises B",
        "print('x')  #@raises KeyError is not a mark",
        "x = 1\n# text: #@raises ValueError in prose",
        "#@raises KeyError when it is not there",
        "#@raises KeyError or",
        "#@raises KeyError,",
        "#@raises an error",
        "#@raises None",
        "#@raises json.",
    ],
)
def test_a_mark_that_cannot_be_meant(source: str) -> None:
    (cell,) = notebook(source).cells
    with pytest.raises(SourceError, match=f"page.md:{cell.lines[-1]}: error: .*#@raises"):
        find_expectation(cell, "page.md")


def test_a_string_is_no_mark() -> None:
    source = 'print("use #@raises ValueError")\n"""\n#@raises KeyError\n"""'
    (cell,) = notebook(source).cells
    assert find_expectation(cell, "page.md") is None
    assert without_marks(cell) == cell


def test_readers_do_not_see_the_mark() -> None:
    (cell,) = notebook("x = {}\n#@raises KeyError\n\nx[0]  # @raises KeyError").cells
    shown = without_marks(cell)
    assert shown.source == published(cell.source) == "x = {}\n\nx[0]"
    assert shown.lines == (2, 4, 5)
