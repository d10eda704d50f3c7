"""Which notebooks need a GPU, and what they get; the GPUs are made up, the kernels are real."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from d2lbook.config import parse_config
from d2lbook.execute import devices
from d2lbook.execute.capacity import Capacity
from d2lbook.execute.devices import (
    find_gpus,
    gpus_in_code,
    gpus_needed,
    made_without_gpu,
    parse_list,
)
from d2lbook.execute.executors import FakeExecutor, LocalExecutor
from d2lbook.execute.jobs import Execution, Job
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.staleness import look_up
from d2lbook.execute.status import survey

from tests.execute.workbench import Workbench, notebook, printed

ON_GPU = notebook("try_gpu()", page="chapter/on-gpu")
PLAIN = notebook("1", page="chapter/plain")


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("x = 1", 0),
        ("def try_gpu(i=0):\n    return device(f'cuda:{i}')", 0),
        ("def try_gpu(i=0):\n    return gpu(i)", 0),
        ("def f(net):\n    return net.cuda()", 0),
        ("def f(net):\n    return net.cuda()\nf(net)", 1),
        ("# gpu()", 0),
        ("'cuda'", 0),
        ("gpu()", 1),
        ("mx.gpu(0)", 1),
        ("d2l.try_gpu(i=0)", 1),
        ("gpu(1)", 2),
        ("d2l.try_all_gpus()", 2),
        ("net.cuda()", 1),
        ("torch.device('cuda')", 1),
        ("x.to(device='cuda:1')", 2),
        ("with tf.device('/GPU:0'):\n    pass", 1),
        ("tf.device('/device:GPU:1')", 2),
        ("jax.devices('gpu')", 1),
        ("Trainer(max_epochs=1, num_gpus=1)", 1),
        ("Trainer(num_gpus=8)", 2),
        ("Trainer(num_gpus=0)", 0),
        ("%time gpu()", 0),
        ("%matplotlib inline\ngpu()", 1),
        ("gpu(", 0),
    ],
)
def test_what_code_asks_for(code: str, count: int) -> None:
    assert gpus_in_code(["y = 2", code]) == count


@pytest.mark.parametrize(
    ("setting", "on_gpu", "plain"),
    [("", 1, 0), ("auto", 1, 0), ("no", 0, 0), ("chapter/plain", 0, 1), ("chapter", 1, 1)],
)
def test_pages_may_be_named(tmp_path: Path, setting: str, on_gpu: int, plain: int) -> None:
    config, _ = parse_config(f"[execute]\ngpu = {setting}\n", tmp_path)
    assert (gpus_needed(config, ON_GPU), gpus_needed(config, PLAIN)) == (on_gpu, plain)


def test_gpus_are_those_that_cuda_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, found in {
        "": (),
        "-1": (),
        "0,2": ("0", "2"),
        "GPU-ab, 1,-1,3": ("GPU-ab", "1"),
    }.items():
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", text)
        assert find_gpus() == found


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("echo 'GPU 0: A (UUID: GPU-1)'; echo 'GPU 1: B (UUID: GPU-2)'", ("0", "1")),
        ("echo 'No devices were found'; exit 6", ()),
    ],
)
def test_the_driver_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, found: tuple[str, ...]
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (tmp_path / "nvidia-smi").write_text(f"#!/bin/sh\n{program}\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    devices._listed_gpus.cache_clear()
    assert find_gpus() == found
    devices._listed_gpus.cache_clear()


def test_parts_of_a_gpu_are_used_like_gpus() -> None:
    listed = """\
GPU 0: NVIDIA A100 (UUID: GPU-5d5ba0d6)
  MIG 3g.20gb     Device  0: (UUID: MIG-c7384736)
  MIG 3g.20gb     Device  1: (UUID: MIG-a28ad590)
"""
    assert parse_list(listed) == ("MIG-c7384736", "MIG-a28ad590")


SHOW = "import os\nprint(repr(os.environ.get('CUDA_VISIBLE_DEVICES')))"
SHOWN_ALL = SHOW + "\nprint(os.environ.get('XLA_PYTHON_CLIENT_PREALLOCATE'))"


def executed(tmp_path: Path, gpus: tuple[str, ...], *cells: str) -> list[Execution]:
    bench = Workbench(tmp_path)
    bench.environments = {
        tab: replace(made, preload=("json",)) for tab, made in bench.environments.items()
    }
    executor = LocalExecutor(4, capacity=Capacity(4, 10**10, gpus))
    try:
        return bench.execute(
            *(notebook(cell, page=f"p{number}") for number, cell in enumerate(cells)),
            executor=executor,
        )
    finally:
        executor.close()


def test_each_notebook_has_the_gpus_it_needs_and_sees_no_other(tmp_path: Path) -> None:
    asking = f"{SHOWN_ALL}\ndef gpu(): pass\ngpu()"
    one, two, plain = executed(tmp_path, ("5", "7"), asking, asking, SHOWN_ALL)
    assert sorted(map(printed, (one, two))) == ["'5'\nfalse\n", "'7'\nfalse\n"]
    assert printed(plain) == "''\nNone\n"
    assert [each.has_gpu for each in (one, two, plain)] == [True, True, False]
    assert [[note.what for note in done.notes] for done in (one, plain)] == [
        ["an ordinary kernel: it uses a GPU, which no process may share"],
        [],
    ]


def test_where_there_is_no_gpu_nothing_is_said_about_devices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    (done,) = executed(tmp_path, (), f"{SHOW}\ndef gpu(): pass\ngpu()")
    assert printed(done) == "None\n"
    assert done.notes == ()


def answer(job: Job) -> Execution:
    return Execution(notebook=job.notebook, status="executed", outputs={0: ()})


@pytest.mark.parametrize(
    ("policy", "gpus", "status"),
    [
        ("run", 0, "executed"),
        ("skip", 0, "skipped"),
        ("fail", 0, "failed"),
        ("skip", 1, "executed"),
        ("fail", 1, "executed"),
    ],
)
def test_what_needs_a_gpu_stops_nothing_else(
    tmp_path: Path, policy: str, gpus: int, status: str
) -> None:
    bench = Workbench(tmp_path, f"[execute]\nwithout_gpu = {policy}\n")
    executor = FakeExecutor(answer, gpus)
    on_gpu, plain = bench.execute(ON_GPU, PLAIN, executor=executor)
    assert (on_gpu.status, plain.status) == (status, "executed")
    said = [note.line("note") for note in on_gpu.notes]
    if status == "skipped":
        assert said == [
            "chapter/on-gpu.md: note: [python] it needs a GPU, and there is none: its page is "
            "shown without outputs; [execute] without_gpu = run executes it all the same"
        ]
    else:
        assert said == []
    assert bool(on_gpu.problem) == (status == "failed")
    assert bench.stale(ON_GPU, PLAIN) == ([] if status == "executed" else [ON_GPU])


def test_what_is_cached_needs_no_gpu(tmp_path: Path) -> None:
    Workbench(tmp_path).execute(ON_GPU, executor=FakeExecutor(answer, 1))
    bench = Workbench(tmp_path, "[execute]\nwithout_gpu = fail\n")
    (done,) = bench.execute(ON_GPU, executor=FakeExecutor(answer, 0))
    assert done.status == "cached"


@pytest.mark.parametrize(
    ("had", "has", "stale"),
    [((), (), False), ((), ("0",), True), (("0",), ("0",), False), (("0",), (), False)],
)
def test_what_was_made_without_a_gpu_is_stale_where_there_is_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    had: tuple[str, ...],
    has: tuple[str, ...],
    stale: bool,
) -> None:
    asking = notebook("def gpu(): pass\ngpu()")
    bench = Workbench(tmp_path)
    executor = LocalExecutor(1, capacity=Capacity(1, 10**10, had))
    with closing(executor):
        bench.execute(asking, PLAIN, executor=executor)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", ",".join(has))
    keeper = Keeper(bench.config, bench.warnings.append)
    found = survey(bench.config, [asking, PLAIN], bench.environments, keeper, lambda _: ())
    reason = "it was executed without a GPU, and now there is one" if stale else ""
    assert [(each.state, each.reason) for each in found] == [
        ("stale" if stale else "fresh", reason),
        ("fresh", ""),
    ]


@pytest.mark.parametrize(
    ("policy", "gpus", "state", "reason"),
    [
        ("run", "", "stale", "it was never executed"),
        (
            "skip",
            "",
            "skipped",
            "it needs a GPU, and there is none: its page is shown without outputs",
        ),
        ("fail", "", "failed", "it needs a GPU, and there is none"),
        ("skip", "0", "stale", "it was never executed"),
    ],
)
def test_the_status_is_what_a_build_would_do_without_a_gpu(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    gpus: str,
    state: str,
    reason: str,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", gpus)
    bench = Workbench(tmp_path, f"[execute]\nwithout_gpu = {policy}\n")
    keeper = Keeper(bench.config, bench.warnings.append)
    found = survey(bench.config, [ON_GPU, PLAIN], bench.environments, keeper, lambda _: ())
    assert [(each.state, each.reason, each.gpus) for each in found] == [
        (state, reason, 1),
        ("stale", "it was never executed", 0),
    ]


def test_what_is_not_selected_is_shown_as_it_was_made_without_a_gpu(tmp_path: Path) -> None:
    bench = Workbench(tmp_path)
    bench.execute(ON_GPU, PLAIN, executor=FakeExecutor(answer))
    keeper = Keeper(bench.config, bench.warnings.append)
    object_to = made_without_gpu(bench.config, lambda: 1)
    for chosen in (True, False):
        found = look_up(
            bench.config,
            [ON_GPU, PLAIN],
            bench.environments,
            keeper,
            choose=lambda *_, chosen=chosen: chosen,
            object_to=object_to,
        )
        assert [each.execution is None for each in found] == [chosen, False]
