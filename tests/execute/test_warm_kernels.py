"""Kernels that are forks of a process which has imported what their notebooks import.

That they do all that kernels do, is in ``test_run``, which asks for both kinds.
"""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from d2lbook.book import Notebook
from d2lbook.execute.executors import LocalExecutor
from d2lbook.execute.jobs import Execution, Observer

from tests.execute.test_run import assert_gone
from tests.execute.workbench import Workbench, environment, notebook, printed


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    """A book in whose environment there are the modules in ``packages``."""
    bench = Workbench(tmp_path)
    bench.environments["python"] = environment(PYTHONPATH=str(tmp_path / "packages"))
    return bench


def ordinary(bench: Workbench) -> None:
    """From now on no kernel is warm."""
    bench.environments["python"] = replace(bench.environments["python"], preload=())


def counting(bench: Workbench, name: str = "counting") -> Path:
    """A module in the environment that notes in a file, by a line, when it is imported."""
    file = bench.root / f"{name}.txt"
    bench.write(
        f"packages/{name}.py",
        f"import os, pathlib\nwith open({str(file)!r}, 'a') as f: f.write(f'{{os.getpid()}}\\n')",
    )
    return file


def numbered(code: str, count: int) -> list[Notebook]:
    return [notebook(code, page=f"{number}/page") for number in range(count)]


def notes(*executions: Execution) -> set[str]:
    return {problem.what for done in executions for problem in done.notes}


def test_what_all_notebooks_import_is_imported_once(bench: Workbench) -> None:
    file = counting(bench)
    done = bench.execute(*numbered("import counting, os\nprint(os.getppid(), os.getpid())", 3))
    (server,) = file.read_text().split()
    processes = [printed(each).split() for each in done]
    assert {parent for parent, _ in processes} == {server}
    assert len({own for _, own in processes}) == 3
    assert not notes(*done)
    assert_gone([int(server)])


def test_without_preloading_every_notebook_imports_it(bench: Workbench) -> None:
    file = counting(bench)
    ordinary(bench)
    done = bench.execute(*numbered("import counting, os\nprint(os.getpid())", 3))
    assert sorted(file.read_text().split()) == sorted(printed(each).strip() for each in done)
    assert not notes(*done)


def test_modules_that_are_named_are_preloaded_and_no_others(bench: Workbench) -> None:
    named, other = counting(bench, "named"), counting(bench, "other")
    bench.environments["python"] = replace(bench.environments["python"], preload=("named",))
    bench.execute(*numbered("import other", 2))
    assert len(named.read_text().split()) == 1
    assert len(other.read_text().split()) == 2


def test_the_book_s_own_modules_are_not_but_what_they_import_is(bench: Workbench) -> None:
    file = counting(bench)
    bench.write("d2l/__init__.py", "")
    bench.write("d2l/torch.py", "import os, counting\nprocess = os.getpid()")
    done = bench.execute(
        *numbered("import os\nfrom d2l import torch as d2l\nprint(d2l.process == os.getpid())", 2)
    )
    assert [printed(each) for each in done] == ["True\n"] * 2
    assert len(file.read_text().split()) == 1


@pytest.mark.parametrize(
    "change",
    [
        "import os\nos.environ['COUNTING'] = 'set'",
        "import os\nos.environ.update(COUNTING='set')",
        "%env COUNTING=set",
    ],
)
def test_a_cell_may_set_what_an_import_reads(bench: Workbench, change: str) -> None:
    bench.write("packages/reading.py", "import os\nread = os.environ.get('COUNTING')")
    first = notebook(change, "import reading; reading.read", page="a")
    second = notebook("import reading; reading.read", page="b")
    changed, unchanged = bench.execute(first, second)
    assert changed.outputs[1][-1]["data"]["text/plain"] == "'set'"
    assert unchanged.outputs[0] == ()


UNFIT = {
    "print('imported')": "it prints while it is imported: imported",
    "import os; os.write(1, b'imported\\n')": "it prints while it is imported: imported",
    "import warnings; warnings.warn('old', DeprecationWarning, 2)": (
        "it prints while it is imported: <string>:1: DeprecationWarning: old"
    ),
    "import threading, time; threading.Thread(target=time.sleep, args=(9,), daemon=True).start()": (
        "it starts threads while it is imported"
    ),
    "from IPython import get_ipython; shell = get_ipython().user_ns": (
        "it asks for the notebook's shell while it is imported"
    ),
    "from IPython import get_ipython; shell = get_ipython()": (
        "it asks for the notebook's shell while it is imported"
    ),
    "shell = get_ipython()": "it asks for the notebook's shell while it is imported",
    "session = get_ipython().kernel.session": (
        "it asks for the notebook's shell while it is imported"
    ),
    "display(1)": "it asks for the notebook's shell while it is imported",
    "import nosuch": "it can't be imported: ModuleNotFoundError: No module named 'nosuch'",
    "1 / 0": "it can't be imported: ZeroDivisionError: division by zero",
    "raise SystemExit(3)": "it can't be imported: SystemExit: 3",
}


@pytest.mark.parametrize("code", UNFIT)
def test_what_notebooks_would_show_or_share_is_left_to_them(bench: Workbench, code: str) -> None:
    file = counting(bench)
    bench.write("packages/unfit.py", code)
    made = notebook("import counting\nimport unfit", "import threading\nthreading.active_count()")
    (warm,) = bench.execute(made)
    assert notes(warm) == {f"'unfit' is imported anew by every notebook: {UNFIT[code]}"}
    ordinary(bench)
    (cold,) = bench.execute(made, force=True)
    assert warm.outputs == cold.outputs
    assert warm.problem == cold.problem
    imported_by = file.read_text().split()
    assert len(imported_by) == 3  # with the unfit one, without it, and in the ordinary kernel


@pytest.mark.parametrize(
    "question",
    [
        "'IPKernelApp' in __import__('IPython').get_ipython().config",
        "hasattr(get_ipython(), 'kernel')",  # pandas
        "get_ipython().__class__.__name__ == 'ZMQInteractiveShell'",
        "__IPYTHON__ and callable(display)",
    ],
)
def test_a_module_that_asks_whether_there_is_a_notebook_hears_that_there_is(
    bench: Workbench, question: str
) -> None:
    bench.write("packages/asking.py", f"is_notebook = {question}")
    done = bench.execute_one("import asking\nprint(asking.is_notebook)")
    assert printed(done) == "True\n"
    assert not notes(done)


def test_a_module_that_is_not_there_is_the_notebook_s_error(bench: Workbench) -> None:
    file = counting(bench)
    done = bench.execute_one("import counting", "\nimport nosuch.part, counting")
    assert done.problem
    assert done.problem.line().splitlines()[0] == (
        "chapter/page.md:7: error: [python] ModuleNotFoundError: No module named 'nosuch'"
    )
    assert not notes(done)
    assert len(file.read_text().split()) == 1


def test_a_module_on_which_the_interpreter_ends(bench: Workbench) -> None:
    bench.write("packages/ending.py", "import os, sys\nif sys.argv[-1] == 'ending': os._exit(3)")
    done = bench.execute(*numbered("import ending\n1 + 1", 2))
    assert [each.outputs[0][0]["data"]["text/plain"] for each in done] == ["2", "2"]
    assert notes(*done) == {
        "its kernels are not warm: the process that was importing ending has ended"
    }


def test_nothing_random_is_shared_but_what_is_seeded(bench: Workbench) -> None:
    code = (
        "import os, random, secrets, uuid\nprint(uuid.uuid4(), secrets.token_hex(), os.urandom(9))"
    )
    first, second = bench.execute(*numbered(code, 2))
    assert printed(first) != printed(second)
    code = "import random, tempfile\nprint(random.random(), hash('text'), {'a', 'b', 'c'})"
    first, second = bench.execute(*numbered(code, 2))
    assert printed(first) == printed(second)


CELLS = (
    "import asyncio, gc, multiprocessing, os, random, signal, sys, threading, warnings",
    "print(random.random(), hash('text'), {'a', 'b'}, sys.path, sys.flags, sys.executable)",
    "print(os.getcwd(), sys.argv[0], len(sys.argv), os.getpgid(0) == os.getsid(0) == os.getpid())\n"
    "print(os.readlink('/proc/self/fd/0'), os.umask(0o22), __name__, sorted(globals()))",
    "print({name: text for name, text in sorted(os.environ.items())\n"
    "       if not name.startswith(('IPYTHON', 'JUPYTER', 'PWD', 'OLDPWD', 'SHLVL', '_'))})",
    "print([signal.getsignal(number) for number in sorted(signal.valid_signals()) if number < 32])\n"
    "print(signal.pthread_sigmask(signal.SIG_BLOCK, []), gc.isenabled(), gc.get_threshold())",
    "warnings.warn('careful')\nwarnings.warn('old', DeprecationWarning)\nprint(warnings.filters)",
    "print(sorted(thread.name for thread in threading.enumerate()), threading.stack_size())",
    "with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
    "print(await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2)))",
    "!echo out; echo err >&2\nlines = !echo 'into a variable'\nlines",
    "%pwd\n%lsmagic",
    "%%capture shown\nprint(1)",
    "from IPython.display import HTML, clear_output, display, update_display\n"
    "handle = display(HTML('<b>1</b>'), display_id='one')\nupdate_display(HTML('2'), display_id='one')",
    "print('gone')\nclear_output()\nprint('there')",
    "print('to stderr', file=sys.stderr)",
    "import traceback\ntraceback.print_stack()",
    "def f():\n    raise KeyError('x')\nf()",
)


def test_both_kinds_of_kernels_put_out_the_same(bench: Workbench) -> None:
    (warm,) = bench.execute(notebook(*CELLS))
    ordinary(bench)
    (cold,) = bench.execute(notebook(*CELLS), force=True)
    assert warm.outputs == cold.outputs
    assert warm.problem == cold.problem
    assert not notes(warm)


def test_an_environment_that_was_changed_between_two_builds(bench: Workbench) -> None:
    bench.write("packages/version.py", "number = 1")
    made = notebook("import version\nversion.number")
    with closing(LocalExecutor(2)) as executor:
        bench.execute(made, executor=executor)
        bench.write("new/version.py", "number = 2")
        variables = {"PYTHONPATH": str(bench.root / "new")}
        bench.environments["python"] = replace(environment(**variables), digest="d2")
        (done,) = bench.execute(made, executor=executor)
    assert done.outputs[0][0]["data"]["text/plain"] == "2"


def test_an_executor_serves_more_than_one_execution(bench: Workbench) -> None:
    file = counting(bench)
    with closing(LocalExecutor(2)) as executor:
        for _ in range(2):
            done = bench.execute(
                *numbered("import counting\nprint('x')", 4), executor=executor, force=True
            )
            assert [printed(each) for each in done] == ["x\n"] * 4
        (server,) = file.read_text().split()
        assert psutil.pid_exists(int(server))
    assert_gone([int(server)])


def test_no_place_is_kept_while_a_server_imports(tmp_path: Path) -> None:
    """The only place goes to a notebook without which the import of another would not end."""
    bench = Workbench(tmp_path, tabs=("slow", "quick"))
    file = tmp_path / "quick.txt"
    bench.write(
        "packages/waiting.py",
        "import pathlib, time\n"
        "for _ in range(3000):\n"
        f"    if pathlib.Path({str(file)!r}).exists(): break\n"
        "    time.sleep(0.01)\n",
    )
    packages = environment("slow", PYTHONPATH=str(tmp_path / "packages"))
    bench.environments["slow"] = packages
    bench.environments["quick"] = replace(environment("quick"), preload=())
    started: list[str] = []

    class Noting(Observer):
        def started(self, notebook: Notebook) -> None:
            started.append(notebook.tab)

    slow = notebook("import waiting\nprint('x')", page="slow", tab="slow")
    quick = notebook(f"open({str(file)!r}, 'w').close()", page="quick", tab="quick")
    with closing(LocalExecutor(1)) as executor:
        done = bench.execute(slow, quick, executor=executor, observer=Noting())
    assert [each.status for each in done] == ["executed", "executed"]
    assert started == ["quick", "slow"]


def test_no_more_servers_import_at_once_than_there_are_places(tmp_path: Path) -> None:
    """The second and the third of three wait, each for those before it."""
    tabs = ("one", "two", "three")
    bench = Workbench(tmp_path, tabs=tabs)
    file = tmp_path / "imports.txt"
    for tab in tabs:
        bench.write(
            f"packages/of_{tab}.py",
            "import time\n"
            f"with open({str(file)!r}, 'a') as f: f.write('{tab} begins\\n')\n"
            "time.sleep(0.5)\n"
            f"with open({str(file)!r}, 'a') as f: f.write('{tab} ends\\n')\n",
        )
        bench.environments[tab] = environment(tab, PYTHONPATH=str(tmp_path / "packages"))
    made = [notebook(f"import of_{tab}\nprint('x')", page=tab, tab=tab) for tab in tabs]
    with closing(LocalExecutor(1)) as executor:
        done = bench.execute(*made, executor=executor)
    assert [printed(each) for each in done] == ["x\n"] * 3
    happened = [f"{tab} {what}" for tab in tabs for what in ("begins", "ends")]
    assert file.read_text().splitlines() == happened


KILLS_ITS_SERVER = """
import os, pathlib, signal
mark = pathlib.Path('killed')
if {always} or not mark.exists():
    mark.touch()
    os.kill(os.getppid(), signal.SIGKILL)
"""
"""The kernel dies with its server, if it has not sent itself anything else before."""


def test_a_server_that_is_killed_costs_no_notebook(bench: Workbench) -> None:
    made = [
        notebook(KILLS_ITS_SERVER.format(always=False), "import time; time.sleep(1)", page="a"),
        *numbered("import json, time\ntime.sleep(1)\nprint('done')", 3),
    ]
    first, *others = bench.execute(*made)
    assert [first.problem, *(each.problem for each in others)] == [None] * 4
    assert [printed(each) for each in others] == ["done\n"] * 3


def test_a_notebook_that_kills_its_servers_harms_no_other(bench: Workbench) -> None:
    made = [
        notebook(KILLS_ITS_SERVER.format(always=True), "import time; time.sleep(9)", page="a"),
        *numbered("import json, time\ntime.sleep(1)\nprint('done')", 3),
    ]
    bad, *others = bench.execute(*made)
    assert bad.problem
    assert bad.problem.what.startswith("the kernel was lost twice")
    lines = [bad.notebook.page.place(cell.lines[0]).line for cell in bad.notebook.cells]
    assert bad.problem.place
    assert bad.problem.place.line >= lines[0]
    assert [printed(each) for each in others] == ["done\n"] * 3


def test_what_a_kernel_has_started_ends_with_its_server(bench: Workbench) -> None:
    code = (
        "import os, pathlib, signal, subprocess, time\n"
        "ids = [subprocess.Popen(['sleep', '1000'], start_new_session=new).pid for new in (0, 1)]\n"
        "with open('ids', 'a') as file: print(os.getpid(), *ids, file=file)\n"
        "os.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(1000)"
    )
    assert bench.execute_one(code).problem
    text = (bench.root / "_build/eval/python/chapter/ids").read_text()
    assert len(text.splitlines()) == 2
    assert_gone([int(number) for number in text.split()])


def test_children_that_have_lost_their_parents_end_with_the_notebook(bench: Workbench) -> None:
    code = (
        "import subprocess\n"
        'code = \'import subprocess; print(subprocess.Popen(["sleep", "1000"], \'\\\n'
        "       'start_new_session=True, stdout=-3, stderr=-3).pid)'\n"
        f"print(subprocess.run([{sys.executable!r}, '-c', code], capture_output=True).stdout.decode())"
    )
    done = bench.execute_one(code)
    assert_gone([int(printed(done))])
