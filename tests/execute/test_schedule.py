"""What is executed, in which order, and what is kept; no kernel runs here but where it says so."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from d2lbook.book import Notebook
from d2lbook.errors import OutputError, Problem
from d2lbook.execute.capacity import Capacity
from d2lbook.execute.executors import FakeExecutor, LocalExecutor
from d2lbook.execute.jobs import Execution, Job, Observer, runnable_cells
from d2lbook.execute.records import USUAL_MEMORY, Records

from tests.execute.workbench import Workbench, notebook

A, B, C = (notebook(f"'{name}'", page=f"chapter/{name}") for name in "abc")


def answer(job: Job, text: str = "out", seconds: float = 1.0) -> Execution:
    output = {"output_type": "stream", "name": "stdout", "text": text}
    outputs = {cell.position: (output,) for cell in runnable_cells(job.notebook)}
    return Execution(notebook=job.notebook, status="executed", outputs=outputs, seconds=seconds)


def fail(job: Job) -> Execution:
    return Execution(notebook=job.notebook, status="failed", problem=Problem(what="it failed"))


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path)


def submitted(bench: Workbench, *notebooks: Notebook) -> list[str]:
    """The pages that are executed, in order, when these notebooks are to be."""
    executor = FakeExecutor(answer)
    bench.execute(*notebooks, executor=executor)
    return [job.notebook.page.name for job in executor.jobs]


def test_what_is_in_the_cache_is_not_executed_again(bench: Workbench) -> None:
    first = bench.execute(A, B, executor=FakeExecutor(answer))
    executor = FakeExecutor(fail)
    second = bench.execute(A, B, executor=executor)
    assert executor.jobs == []
    assert [done.status for done in first] == ["executed", "executed"]
    assert [done.status for done in second] == ["cached", "cached"]
    assert [done.outputs for done in second] == [done.outputs for done in first]
    assert second[0].seconds == 1.0


def test_prose_before_a_cell_moves_its_cached_output(bench: Workbench) -> None:
    bench.execute(A, executor=FakeExecutor(answer))
    (done,) = bench.execute(notebook("#: Prose", "'a'"), executor=FakeExecutor(fail))
    assert done.status == "cached"
    assert set(done.outputs) == {1}


def test_a_changed_module_stales_the_notebooks_that_import_it(bench: Workbench) -> None:
    bench.write("d2l/__init__.py", "")
    bench.write("d2l/torch.py", "from d2l import shared")
    bench.write("d2l/jax.py", "")
    shared = bench.write("d2l/shared.py", "one = 1")
    torch = notebook("from d2l import torch as d2l", page="torch")
    jax = notebook("from d2l import jax as d2l", page="jax")
    assert len(submitted(bench, torch, jax, A)) == 3
    shared.write_text("one = 1000")
    assert bench.stale(torch, jax, A) == [torch]
    assert submitted(bench, torch, jax, A) == ["torch"]


def test_a_failed_notebook_stops_no_other_and_is_not_kept(bench: Workbench) -> None:
    executor = FakeExecutor(lambda job: fail(job) if job.notebook is B else answer(job))
    statuses = [done.status for done in bench.execute(A, B, C, executor=executor)]
    assert statuses == ["executed", "failed", "executed"]
    assert bench.stale(A, B, C) == [B]


def test_notebooks_without_code_and_books_not_to_be_executed_need_no_environment(
    tmp_path: Path,
) -> None:
    bench = Workbench(tmp_path, "[build]\neval_notebook = False\n")
    bench.environments.clear()
    (done,) = bench.execute(A)
    assert (done.status, done.outputs) == ("skipped", {})
    bench = Workbench(tmp_path)
    bench.environments.clear()
    (done,) = bench.execute(notebook("#: Prose", "  "))
    assert (done.status, done.outputs) == ("skipped", {})
    assert bench.stale(notebook("#: Prose")) == []


def test_the_longest_is_executed_first_and_the_unknown_before_it(bench: Workbench) -> None:
    seconds = {A: 1.0, B: 3.0, C: 2.0}
    executor = FakeExecutor(lambda job: answer(job, seconds=seconds[job.notebook]))
    bench.execute(*seconds, executor=executor)
    changed = [
        notebook("'changed'", page=made.page.name) for made in (*seconds, notebook(page="new"))
    ]
    assert submitted(bench, *changed) == ["new", "chapter/b", "chapter/c", "chapter/a"]


def test_one_that_failed_may_take_as_long_as_that_or_as_before(bench: Workbench) -> None:
    def timed(a: float, b: float, c: float, failing: tuple[Notebook, ...] = ()) -> FakeExecutor:
        seconds = {A: a, B: b, C: c}

        def run(job: Job) -> Execution:
            done = fail(job) if job.notebook in failing else answer(job)
            return replace(done, seconds=seconds[job.notebook])

        return FakeExecutor(run)

    never = notebook("x", page="never")
    bench.execute(never, executor=FakeExecutor(fail))
    bench.execute(A, B, C, executor=timed(1, 3, 2), force=True)
    for _ in range(2):  # the second failure in a row forgets nothing
        bench.execute(A, B, C, executor=timed(10, 0.5, 2, failing=(A, B)), force=True)
    assert submitted(bench, A, B, notebook("'changed'", page=C.page.name), never) == [
        "never",
        "chapter/a",
        "chapter/b",
        "chapter/c",
    ]


def test_those_whose_frameworks_take_long_are_first_while_nobody_knows(bench: Workbench) -> None:
    imports = ("mxnet", "numpy", "torch.nn", "tensorflow", "jax.numpy")
    made = [notebook(f"import {name}", page=f"with/{name}") for name in imports]
    made = [replace(each, tab=each.page.name) for each in made]  # servers are a tab's
    bench.environments = dict.fromkeys((each.tab for each in made), bench.environments["python"])
    order = ["jax.numpy", "tensorflow", "torch.nn", "mxnet", "numpy"]
    assert submitted(bench, *made) == [f"with/{name}" for name in order]


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"inputs": {}, "seconds": "x"}', "\0"])
def test_damaged_records_only_change_the_order(bench: Workbench, content: str) -> None:
    bench.write(".d2lbook/runs/python/chapter/b.json", content)
    assert submitted(bench, A, B) == ["chapter/a", "chapter/b"]


def test_a_damaged_result_is_said_and_executed_again(bench: Workbench) -> None:
    bench.execute(A, B, executor=FakeExecutor(answer))
    damaged, _ = bench.root.glob(".d2lbook/results/*/*.json")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    (stale,) = bench.stale(A, B)
    assert [warning.line("warning") for warning in bench.warnings] == [
        f"{stale.page.path}: warning: [python] the cached result is damaged (its digest is wrong) "
        "and is not used"
    ]
    executions = bench.execute(A, B, executor=FakeExecutor(answer))
    assert sorted(done.status for done in executions) == ["cached", "executed"]
    assert bench.stale(A, B) == []
    assert len(bench.warnings) == 1


def test_results_that_cannot_be_kept_are_one_warning(bench: Workbench) -> None:
    bench.write(".d2lbook/results", "a file where the folder should be")
    done = bench.execute(A, B, executor=FakeExecutor(answer))
    assert [each.status for each in done] == ["executed", "executed"]
    (warning,) = bench.warnings
    assert warning.what.startswith("results can't be kept: can't write ")


def test_an_output_folder_that_cannot_be_written_is_an_error(bench: Workbench) -> None:
    bench.write("_build", "a file where the folder should be")
    with pytest.raises(OutputError, match="_build"):
        bench.execute(A, executor=FakeExecutor(answer))


def test_results_are_in_the_order_of_the_notebooks(bench: Workbench) -> None:
    bench.execute(B, executor=FakeExecutor(answer))
    executions = bench.execute(A, B, notebook("#: Prose"), C, executor=FakeExecutor(answer))
    assert [done.notebook.page.name for done in executions[:2]] == ["chapter/a", "chapter/b"]
    assert [done.status for done in executions] == ["executed", "cached", "skipped", "executed"]


def test_an_observer_is_told_everything_once(bench: Workbench) -> None:
    bench.execute(B, executor=FakeExecutor(answer))
    told: list[object] = []

    class Recorder(Observer):
        def begin(self, stale: int, cached: int) -> None:
            told.append((stale, cached))

        def started(self, notebook: Notebook) -> None:
            told.append(notebook.page.name)

        def finished(self, execution: Execution) -> None:
            told.append(execution.status)

        def end(self) -> None:
            told.append("end")

    bench.execute(A, B, notebook("#: Prose"), executor=FakeExecutor(answer), observer=Recorder())
    assert told == [(1, 1), "chapter/a", "executed", "end"]


def test_the_observer_is_told_the_end_when_an_executor_breaks(bench: Workbench) -> None:
    told: list[str] = []

    class Recorder(Observer):
        def end(self) -> None:
            told.append("end")

    def breaks(job: Job) -> Execution:
        raise ConnectionError("lost")

    with pytest.raises(ConnectionError, match="lost"):
        bench.execute(A, executor=FakeExecutor(breaks), observer=Recorder())
    assert told == ["end"]


class Counting:
    """An executor that notes how many notebooks run at once."""

    is_local = True
    gpus = 0

    def __init__(self, slots: int) -> None:
        self.capacity = Capacity(slots, 10**12)
        self.running = self.most = 0

    async def submit(self, job: Job, observer: Observer) -> Execution:
        async with self.capacity.reserved(job.memory):
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0.01)
            self.running -= 1
            return answer(job)

    def close(self) -> None:
        """Nothing was started."""


def test_only_so_many_run_at_once(bench: Workbench) -> None:
    executor = Counting(slots=2)
    bench.execute(A, B, C, executor=executor)
    assert executor.most == 2


def test_a_kernel_counts_with_the_memory_it_had_or_with_the_largest_of_its_tab(
    bench: Workbench,
) -> None:
    needs: dict[str, int] = {}

    def note(job: Job) -> Execution:
        needs[job.notebook.page.name] = job.memory
        memory = {A: 300, B: 200}.get(job.notebook, 0)
        return replace(fail(job) if job.notebook is B else answer(job), memory=memory)

    bench.execute(A, B, executor=FakeExecutor(note))
    assert set(needs.values()) == {USUAL_MEMORY}
    changed = notebook("'changed'", page=A.page.name)
    bench.execute(changed, B, C, executor=FakeExecutor(note))
    assert needs == {"chapter/a": 300, "chapter/b": 200, "chapter/c": 300}


def test_one_that_failed_early_may_need_as_much_memory_as_before(bench: Workbench) -> None:
    bench.execute(A, executor=FakeExecutor(lambda job: replace(answer(job), memory=300)))
    changed = notebook("'changed'", page=A.page.name)
    bench.execute(changed, executor=FakeExecutor(lambda job: replace(fail(job), memory=100)))
    assert Records(bench.config).memory(A) == 300


def test_the_memory_of_a_kernel_is_recorded(bench: Workbench) -> None:
    (done,) = bench.execute(notebook("data = bytearray(b'x') * 200_000_000"))
    assert 200_000_000 < done.memory < 2_000_000_000
    record = Records(bench.config).of(done.notebook)
    assert record
    assert record.memory == done.memory


def test_fail_fast_starts_no_more_and_keeps_what_runs(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, "[execute]\nfail_fast = True\njobs = 2\n")
    slow = notebook("import time; time.sleep(2)\n'slow'", page="slow")
    broken = notebook("1 / 0", page="broken")
    done = bench.execute(slow, broken, A, B)
    assert [each.status for each in done] == ["executed", "failed", "skipped", "skipped"]
    (note,) = done[2].notes
    assert note.line("note") == (
        "chapter/a.md: note: [python] it was not executed, since another notebook had failed"
    )
    assert bench.stale(slow, broken, A, B) == [broken, A, B]


def test_processors_are_shared_among_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("d2lbook.execute.executors.usable_processors", lambda: 8)
    assert set(LocalExecutor(2).servers.limits.values()) == {"4"}
    assert set(LocalExecutor(16).servers.limits.values()) == {"1"}


def test_nothing_heavy_is_imported_where_nothing_is_executed(bench: Workbench) -> None:
    bench.execute(A, executor=FakeExecutor(answer))
    program = f"""
        import sys
        from pathlib import Path
        from tests.execute.workbench import Workbench, notebook
        from d2lbook.execute.progress import observer_for
        (done,) = Workbench(Path({str(bench.root)!r})).execute(
            notebook("'a'", page="chapter/a"), observer=observer_for(sys.stdout)
        )
        print(done.status)
        heavy = {{"nbclient", "nbformat", "jupyter_client", "IPython", "zmq", "rich"}}
        print(sorted(heavy & set(sys.modules)))
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ran.stdout.splitlines() == ["0 to execute, 1 unchanged", "cached", "[]"], ran.stderr
