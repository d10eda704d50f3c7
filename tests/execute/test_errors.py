"""An error in a cell names the line of the Markdown file that its author has to look at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from d2lbook.execute.jobs import Execution
from d2lbook.execute.kernels import SECONDS_TO_START

from tests.execute.workbench import Workbench, notebook

FUNCTION = "def divide(x):\n    y = 1\n    return y / x"


@dataclass(frozen=True)
class Case:
    """Cells of which one raises; the line that is marked with ``#<`` is the one to name."""

    cells: tuple[str, ...]
    what: str


CASES = {
    "plain": Case(("a = 1\n1 / 0  #<\nb = 2",), "ZeroDivisionError: division by zero"),
    "last cell": Case(
        ("a = 1", "#: prose", "b = 2\nb.c  #<"), "AttributeError: 'int' object has no"
    ),
    "function of an earlier cell": Case(
        (FUNCTION.replace("/ x", "/ x  #<"), "divide(1)", "divide(0)"), "ZeroDivisionError"
    ),
    "library": Case(("import json\n\njson.loads('{')  #<\n",), "JSONDecodeError: Expecting"),
    "module of the book": Case(
        ("import util\n\nutil.fail()  #<",), "RuntimeError: from the module"
    ),
    "cause": Case(
        ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise KeyError('lost') from e  #<",),
        "KeyError: 'lost'",
    ),
    "group": Case(
        ("a = 1", "raise ExceptionGroup('many', [ValueError(1)])  #<"), "ExceptionGroup: many"
    ),
    "statement of many lines": Case(("print(\n    1,\n    1 / 0,  #<\n)",), "ZeroDivisionError"),
    "syntax": Case(("a = 1", "b = 2\nb = = 3  #<"), "SyntaxError: invalid syntax"),
    "indentation": Case(("a = 1\n  b = 2  #<",), "IndentationError: unexpected indent"),
    "blank lines before": Case(("\n  \n\na = 1\n1 / 0  #<",), "ZeroDivisionError"),
    "after magics": Case(("!echo one \\\n  two\n%pwd\n\n1 / 0  #<",), "ZeroDivisionError"),
    "timed": Case(("%%time\n\na = 1\n1 / 0  #<\nb = 2",), "ZeroDivisionError"),
    "measured": Case(("%%timeit -n1 -r1\n\na = 1\n1 / 0  #<\nb = 2",), "ZeroDivisionError"),
    "captured": Case(("a = 1", "%%capture\n\na = 1\n1 / 0  #<", "b = 1"), "ZeroDivisionError"),
    "timed line": Case(("a = 1\n\n%time 1 / 0  #<",), "ZeroDivisionError"),
    "unknown magic": Case(("a = 1\n%nosuch  #<",), "UsageError: Line magic function"),
    "awaited": Case(("import asyncio\nawait asyncio.sleep(0)\n1 / 0  #<",), "ZeroDivisionError"),
    "same code twice": Case(("a = 0\nb = 1", "1 / b", "b = a", "1 / b  #<"), "ZeroDivisionError"),
    "exit": Case(("import sys\nsys.exit(3)  #<",), "SystemExit: 3"),
    "code that is made": Case(("a = 1\nexec('\\n\\n1 / 0')  #<",), "ZeroDivisionError"),
    "message of many lines": Case(("raise ValueError('\\n one \\n two')  #<",), "ValueError: one"),
    "no message": Case(("assert False  #<",), "AssertionError"),
}


@pytest.fixture(scope="module")
def executions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Execution]:
    """All cases, executed together: the failure of one doesn't stop another."""
    bench = Workbench(tmp_path_factory.mktemp("book"))
    bench.write("util.py", "def fail():\n    raise RuntimeError('from the module')\n")
    made = [notebook(*case.cells, page=f"chapter/{name}") for name, case in CASES.items()]
    return dict(zip(CASES, bench.execute(*made), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_the_failing_line_is_named(executions: dict[str, Execution], name: str) -> None:
    done = executions[name]
    expected = next(
        cell.lines[index]
        for cell in done.notebook.cells
        for index, line in enumerate(cell.source.split("\n"))
        if line.endswith("#<")
    )
    assert done.status == "failed"
    assert done.problem
    assert str(done.problem.place) == f"chapter/{name}.md:{expected}"
    assert done.problem.what.startswith(CASES[name].what)
    assert done.problem.tab == "python"


def test_the_end_of_the_traceback_is_shown_without_colours(
    executions: dict[str, Execution],
) -> None:
    problem = executions["function of an earlier cell"].problem
    assert problem
    assert problem.detail.splitlines()[-2:] == [
        "----> 3     return y / x",
        "ZeroDivisionError: division by zero",
    ]
    assert "\x1b" not in problem.detail


def test_what_ipython_prints_instead_of_sending_is_shown_too(
    executions: dict[str, Execution],
) -> None:
    problem = executions["group"].problem
    assert problem
    assert "ValueError: 1" in problem.detail


@pytest.mark.parametrize(
    "message",
    ["'x' * 100_000_000", "'\\n'.join(map(str, range(10_000_000)))"],
    ids=["line", "lines"],
)
def test_of_an_endless_message_the_beginning_is_kept(tmp_path: Path, message: str) -> None:
    raised, failed = Workbench(tmp_path).execute(
        notebook(f"#@raises ValueError\nraise ValueError({message})", page="raised"),
        notebook(f"raise ValueError({message})", page="failed"),
    )
    assert raised.status == "executed"
    for done in (raised, failed):
        (output,) = done.outputs[0]
        assert re.match("(x{100}|0\n1\n2\n3\n)", output["evalue"])
        assert output["evalue"].endswith(" [the rest is left out]")
        assert output["traceback"][-1].endswith(" [the rest is left out]")
        assert len("".join(output["traceback"])) < 25_000
    problem = failed.problem
    assert problem
    assert re.match("ValueError: (x{100}|0$)", problem.what)
    assert len(problem.line()) < 10_000
    for path in tmp_path.rglob("*.json"):
        assert path.stat().st_size < 100_000


def test_a_traceback_that_is_too_much_output_is_left_out(tmp_path: Path) -> None:
    code = "print('x' * 19_999_990)\n1 / 0"
    done = Workbench(tmp_path).execute_one(f"#@raises ZeroDivisionError\n{code}", "1 / 0")
    assert done.outputs[0][-1]["evalue"] == "division by zero"
    assert done.outputs[0][-1]["traceback"] == [
        "[more than 20,000,000 characters of output; the rest is left out]"
    ]
    assert "ZeroDivisionError" in done.outputs[1][-1]["traceback"][-1]


def test_outputs_before_the_failure_are_kept(executions: dict[str, Execution]) -> None:
    outputs = executions["function of an earlier cell"].outputs
    assert [output["output_type"] for output in outputs[1]] == ["execute_result"]
    assert [output["output_type"] for output in outputs[2]] == ["error"]


@pytest.mark.parametrize("shown", ["LIST", "[1", "7", "'text'", "{[]: 1}"])
def test_a_notebook_that_shows_lists_its_own_way_fails_like_others(
    tmp_path: Path, shown: str
) -> None:
    """The kernel answers in the notebook's way, too."""
    problem = Workbench(tmp_path).execute_one(show_lists(f"p.text({shown!r})"), "1 / 0").problem
    assert problem
    assert problem.what == "ZeroDivisionError: division by zero"
    assert str(problem.place) == "chapter/page.md:7"


def test_a_kernel_that_dies_while_it_is_asked(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    done = bench.execute_one(show_lists("__import__('os')._exit(1)"), "1 / 0")
    assert done.problem
    assert done.problem.what == "ZeroDivisionError: division by zero"
    assert done.seconds < SECONDS_TO_START


def show_lists(statement: str) -> str:
    """A cell after which this is done whenever a list is to be shown."""
    return (
        "shown = get_ipython().display_formatter.formatters['text/plain']\n"
        f"shown.for_type(list, lambda _, p, cycle: {statement})"
    )
