"""Why a notebook is stale; no kernel runs here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from d2lbook.book import Notebook, Output
from d2lbook.config import parse_config
from d2lbook.document.outputs import Limits, readable
from d2lbook.errors import Problem
from d2lbook.execute.environments import Environment
from d2lbook.execute.executors import FakeExecutor
from d2lbook.execute.jobs import Execution, Job, runnable_cells
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.status import Status, survey

from tests.execute.workbench import Workbench, environment, notebook

CONFIG = "[build]\ndependencies = table.csv\nresources = img\n"
READ = partial(readable, limits=Limits())
PAGE = notebook("import util", "#: Prose", "show('pic.svg')", page="chapter/page")


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    bench = Workbench(tmp_path, CONFIG)
    for name in ("util.py", "table.csv", "img/pic.svg"):
        bench.write(name, "1")
    bench.execute(PAGE, executor=FakeExecutor(answer))
    return bench


def answer(job: Job, *outputs: Output) -> Execution:
    found = {cell.position: outputs for cell in runnable_cells(job.notebook)}
    return Execution(notebook=job.notebook, status="executed", outputs=found, seconds=2.0)


def fail(job: Job) -> Execution:
    problem = Problem(what="NameError: x", place=job.notebook.page.place(4))
    return Execution(
        notebook=job.notebook, status="failed", problem=problem, seconds=0.5, memory=3_000_000
    )


def status(
    bench: Workbench, made: Notebook = PAGE, environments: dict[str, Environment] | None = None
) -> Status:
    keeper = Keeper(bench.config, bench.warnings.append)
    where = bench.environments if environments is None else environments
    (found,) = survey(bench.config, [made], where, keeper, READ)
    return found


def changed(bench: Workbench, made: Notebook = PAGE) -> list[str]:
    found = status(bench, made)
    assert found.state == ("stale" if found.changes else "fresh")
    return [str(change) for change in found.changes]


def test_what_was_executed_is_fresh(bench: Workbench) -> None:
    found = status(bench)
    assert (found.state, found.seconds, found.changes, found.reason) == ("fresh", 2.0, (), "")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("util.py", "module util.py"),
        ("table.csv", "data table.csv"),
        ("img/pic.svg", "data img/pic.svg"),
        ("img/other.svg", None),
    ],
)
def test_a_changed_file_is_named(bench: Workbench, name: str, told: str | None) -> None:
    bench.write(name, "2")
    assert changed(bench) == [told] * bool(told)


def test_the_first_cell_that_changed_is_named_by_its_line(bench: Workbench) -> None:
    assert changed(bench, notebook("import util", "show('pic.svg') ")) == ["code line 6"]
    assert changed(bench, notebook("import util", "show('pic.svg')", "1")) == ["code line 10"]
    assert changed(bench, notebook("#: P", "import util ", "2")) == [
        "code line 6",
        "data img/pic.svg",
    ]
    assert changed(bench, notebook("import util")) == ["code", "data img/pic.svg"]
    assert changed(bench, notebook("#: Prose", "import util", "show('pic.svg')")) == []


def test_the_environment_its_variables_and_the_settings_are_named(bench: Workbench) -> None:
    bench.environments["python"] = replace(environment(NAME="x"), digest="d2")
    bench.config, _ = parse_config(f"{CONFIG}[execute]\nseed = 3\n", bench.root)
    assert changed(bench) == ["environment", "variable NAME", "seed"]


def test_a_page_that_was_moved_has_another_history(bench: Workbench) -> None:
    moved = replace(PAGE, page=replace(PAGE.page, name="chapter/other"))
    assert status(bench, moved).state == "fresh"
    elsewhere = replace(PAGE, page=replace(PAGE.page, name="elsewhere/page"))
    assert status(bench, elsewhere).reason == "it was never executed"


def test_a_failure_is_shown_until_something_changes(bench: Workbench) -> None:
    broken = notebook("x")
    bench.execute(broken, executor=FakeExecutor(fail))
    found = status(bench, broken)
    assert (found.state, found.seconds, found.memory) == ("failed", 0.5, 3_000_000)
    assert found.as_json()["seconds"] == 0.5
    assert found.reason == "chapter/page.md:4: NameError: x"
    assert changed(bench, notebook("x = 1")) == ["code line 2"]
    assert status(bench).state == "fresh"


def test_one_that_never_came_to_its_end_has_a_time(bench: Workbench) -> None:
    broken = notebook("x", page="chapter/broken")
    bench.execute(broken, executor=FakeExecutor(fail))
    assert status(bench, broken).seconds == 0.5
    assert status(bench, notebook("x = 1", page="chapter/broken")).seconds == 0.5


def test_what_failed_when_it_was_forced_is_not_taken_from_the_cache(bench: Workbench) -> None:
    bench.execute(PAGE, executor=FakeExecutor(fail), force=True)
    assert status(bench).state == "failed"
    assert bench.stale(PAGE) == [PAGE]


def test_a_result_that_is_gone_is_told_from_one_that_never_was(bench: Workbench) -> None:
    (result,) = bench.root.glob(".d2lbook/results/*/*.json")
    result.unlink()
    assert status(bench).reason == "its result is no longer there"


def test_a_result_that_is_found_again_is_what_later_changes_are_measured_by(
    bench: Workbench,
) -> None:
    bench.write("util.py", "2")
    bench.execute(PAGE, executor=FakeExecutor(answer))
    bench.write("util.py", "1")
    bench.execute(PAGE, executor=FakeExecutor(fail))
    assert changed(bench, notebook("import util", "show('pic.svg')", "1")) == ["code line 10"]


def test_what_is_not_executed_is_skipped(bench: Workbench) -> None:
    assert status(bench, notebook("#: Prose")).state == "skipped"
    bench.config, _ = parse_config("[build]\neval_notebook = False\n", bench.root)
    assert status(bench).state == "skipped"


def test_without_an_environment_it_is_stale(bench: Workbench) -> None:
    found = status(bench, environments={})
    assert (found.state, found.reason) == ("stale", "it has no environment")


@pytest.mark.parametrize(
    ("output", "shows"),
    [
        ({"output_type": "stream", "name": "stdout", "text": "<object at 0x7f12ab34cd56>"}, True),
        ({"output_type": "execute_result", "data": {"text/plain": "<f at 0x7f12ab34cd56>"}}, True),
        ({"output_type": "stream", "name": "stdout", "text": "at 0x10 and 0x7f12ab34cd56"}, False),
        ({"output_type": "display_data", "data": {"image/svg+xml": "at 0x7f12ab34cd56"}}, False),
        (
            {
                "output_type": "execute_result",
                "data": {"text/plain": "<Styler at 0x7f12ab34cd56>", "text/html": "<b>1</b>"},
            },
            False,
        ),
        (
            {
                "output_type": "execute_result",
                "data": {"text/plain": "<Image at 0x7f12ab34cd56>", "image/png": "AAAA"},
            },
            False,
        ),
        (
            {
                "output_type": "execute_result",
                "data": {"text/plain": "f", "text/html": "<i>f at 0x7f12ab34cd56</i>"},
            },
            True,
        ),
        (
            {
                "output_type": "error",
                "ename": "KeyError",
                "evalue": "",
                "traceback": ["<f at 0x7f12ab34cd56>"],
            },
            True,
        ),
    ],
)
def test_memory_addresses_are_told_by_the_line_of_the_cell(
    bench: Workbench, output: Output, shows: bool
) -> None:
    bench.execute(PAGE, executor=FakeExecutor(lambda job: answer(job, output)), force=True)
    assert status(bench).addresses == ((2, 10) if shows else ())
