"""Notebooks in real kernels of this process's own interpreter, of both kinds."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from d2lbook.execute.jobs import Execution
from d2lbook.execute.kernels import SECONDS_TO_END

from tests.execute.workbench import Workbench, environment, notebook, printed


@pytest.fixture(params=["auto", "no"], ids=["warm", "ordinary"])
def preload(request: pytest.FixtureRequest) -> str:
    """The part of a configuration that makes kernels warm, or ordinary ones."""
    return f"[env python]\npreload = {request.param}\n"


@pytest.fixture
def bench(tmp_path: Path, preload: str) -> Workbench:
    return Workbench(tmp_path, preload)


def test_outputs_stand_by_the_position_of_their_cell(bench: Workbench) -> None:
    done = bench.execute_one("#: Prose", "print('halo ☃')\n1 + 1", "   ", "#: more", "_ + 1")
    assert done.status == "executed"
    assert done.problem is None
    assert done.outputs == {
        1: (
            {"output_type": "stream", "name": "stdout", "text": "halo ☃\n"},
            {
                "output_type": "execute_result",
                "data": {"text/plain": "2"},
                "metadata": {},
                "execution_count": 1,
            },
        ),
        4: (
            {
                "output_type": "execute_result",
                "data": {"text/plain": "3"},
                "metadata": {},
                "execution_count": 2,
            },
        ),
    }


def test_cells_see_nothing_of_how_their_kernel_was_prepared(bench: Workbench) -> None:
    code = "[name for name in dir() if not name.startswith('_')], In"
    (output,) = bench.execute_one(code).outputs[0]
    names = "['In', 'Out', 'exit', 'get_ipython', 'open', 'quit']"
    assert output["data"]["text/plain"].replace("\n", "") == f"({names}, ['', {code!r}])"


def test_libraries_see_that_it_is_a_notebook(bench: Workbench) -> None:
    done = bench.execute_one(
        "(lambda: 0).__code__.co_filename",
        "%config",
        "'IPKernelApp' in get_ipython().config",
    )
    assert texts(done) == ["'<ipython-input-1-1>'", "True"]
    assert "IPKernelApp" in printed(done).split()


def test_every_output_arrives_however_many_there_are(bench: Workbench) -> None:
    done = bench.execute_one("for i in range(4000): display(i)\nprint('x' * 10_000_000)")
    *numbers, text = done.outputs[0]
    assert [output["data"]["text/plain"] for output in numbers] == [str(i) for i in range(4000)]
    assert len(text["text"]) == 10_000_001


PAUSED = """
import os, signal, sys
from pathlib import Path
from tests.execute.workbench import Workbench, notebook

code = '''
import os, signal, sys
os.kill({builder}, signal.SIGSTOP)
for i in range(4000): display(i)
sys.stdout.flush()  # returns when all that was put out has been sent
os.kill({builder}, signal.SIGCONT)
'''
bench = Workbench(Path(sys.argv[1]), sys.argv[2])
(done,) = bench.execute(notebook(code.format(builder=os.getpid())))
print(len(done.outputs[0]))
"""
"""Executes a cell in a process of its own, which can't take up any output until the last is sent."""


def test_no_output_is_lost_while_nobody_has_time_to_take_it_up(
    tmp_path: Path, preload: str
) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PAUSED, str(tmp_path), preload],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        timeout=120,
    )
    assert ran.stdout == "4000\n"


def test_text_that_is_no_text(bench: Workbench) -> None:
    done = bench.execute_one(
        "print('half \\ud800 byte \\udc80 null \\x00 snow \\u2603')",
        "import os\n_ = os.write(1, bytes(range(256)))",
        "!printf '\\377\\376'",
        "from IPython.display import display\ndisplay({'text/plain': '\\udfff'}, raw=True)",
        "raise ValueError('\\ud800')",
    )
    texts = [output.get("text") for outputs in done.outputs.values() for output in outputs]
    assert texts[0] == "half \\ud800 byte \\udc80 null \x00 snow \u2603\n"
    assert texts[1].endswith("\ufffd" * 128)
    assert texts[2] == "\ufffd\ufffd"
    assert done.outputs[3][0]["data"] == {"text/plain": "\\udfff"}
    assert done.problem
    assert json.dumps(done.outputs, ensure_ascii=False).encode()
    assert done.problem.line().encode()


def test_what_is_printed_without_python_belongs_to_its_cell(bench: Workbench) -> None:
    done = bench.execute_one(
        "import ctypes, os, subprocess, sys\nlibrary = ctypes.CDLL(None)",
        "print('a'); os.write(1, b'b\\n'); print('c')\n"
        "_ = subprocess.run(['echo', 'd']); print('e')",
        "_ = library.puts(b'buffered by C')",
        "os.write(1, 'half a ☃'.encode()[:-1])\ndisplay(1)\nos.write(1, '☃\\n'.encode()[2:])",
        "_ = subprocess.Popen(['sh', '-c', 'echo late']).wait()",
        "pass",
        "os.write(2, b'before the error\\n')\n1 / 0",
    )
    texts = {
        position: [output.get("text", output["output_type"]) for output in outputs]
        for position, outputs in done.outputs.items()
    }
    assert texts == {
        0: [],
        1: ["a\nb\nc\nd\ne\n"],
        2: ["buffered by C\n"],
        3: ["half a ", "display_data", "☃\n", "execute_result"],
        4: ["late\n"],
        5: [],
        6: ["before the error\n", "error"],
    }


MEASURE = r"""
import re, sys
from pathlib import Path
from tests.execute.workbench import Workbench, notebook, printed

config, code = sys.argv[2:]
(done,) = Workbench(Path(sys.argv[1]), config).execute(notebook(code, "print('after')"))
print(done.status, done.problem.what if done.problem else "")
print(len(printed(done)), printed(done).endswith('after\n'))
print([problem.line("warning") for problem in done.warnings])
status = Path("/proc/self/status").read_text()
print(int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) // 1000)
"""
"""Executes a cell in a process of its own, and says what it took.

The largest size that ``getrusage`` knows may be that of the process that started this one.
"""


def texts(execution: Execution) -> list[str]:
    """The plain texts of what was displayed."""
    outputs = [each for of_cell in execution.outputs.values() for each in of_cell]
    return [each["data"]["text/plain"] for each in outputs if "data" in each]


def test_a_widget_is_the_text_that_it_has_in_the_end(bench: Workbench) -> None:
    done = bench.execute_one(
        "import ipywidgets\n"
        "from IPython.display import display\n"
        "slider, gone = ipywidgets.IntSlider(1), ipywidgets.IntSlider(2)\n"
        "display(slider, gone, 'text')\n"
        "slider.value = 3\n"
        "gone.close()",
        "slider.value = 4",
    )
    assert texts(done) == ["IntSlider(value=3)", "'text'"]


def test_what_is_put_out_into_a_widget_stays_where_it_is(bench: Workbench) -> None:
    done = bench.execute_one(
        "import ipywidgets\nshown = ipywidgets.Output()\nwith shown:\n    print('inside')\nshown",
        "ipywidgets.interact(lambda x: print('for', x), x=(0, 4));",
    )
    assert done.status == "executed", done.problem
    assert printed(done) == "inside\nfor 2\n"
    assert texts(done)[0] == "Output()"


def test_a_fault_in_what_takes_up_outputs_is_one_notebook_s(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("d2lbook.execute.kernels.Client.process_message", fail)
    done = bench.execute_one("1", "2")
    assert done.problem
    assert done.problem.what == "its outputs can't be taken up: RuntimeError: unforeseen"
    assert done.problem.place == done.notebook.page.place(done.notebook.cells[0].line_of(0))


@pytest.mark.parametrize(
    ("code", "length"),
    [
        ("for _ in range(5000): print('x' * 100_000)", 20_000_006),
        ("print('x' * 500_000_000)", 20_000_006),
        ("'x' * 500_000_000", 6),
        ("for _ in range(500): display({'text/plain': 'x' * 1_000_000}, raw=True)", 6),
    ],
    ids=["many", "one", "result", "displayed"],
)
def test_500_megabytes_of_output(tmp_path: Path, preload: str, code: str, length: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), preload, code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    status, printed, warnings, megabytes = ran.stdout.splitlines()
    assert status == "executed "
    assert printed == f"{length} True"
    assert warnings == str(
        [
            "chapter/page.md:2: warning: [python] the cell puts out so much that the rest was "
            "left out; print less, or write it to a file"
        ]
    )
    assert int(megabytes) < 400


def test_that_output_was_left_out_is_told_of_a_result_from_the_cache_too(bench: Workbench) -> None:
    code = "display({'text/plain': 'x' * 20_000_001}, raw=True)"
    executed, cached = (bench.execute_one("1", code) for _ in range(2))
    assert [executed.status, cached.status] == ["executed", "cached"]
    (problem,) = cached.warnings
    assert str(problem.place) == "chapter/page.md:6"
    assert executed.warnings == cached.warnings


def test_a_progress_that_takes_the_place_of_itself_is_not_much_output(bench: Workbench) -> None:
    done = bench.execute_one(
        "from IPython.display import clear_output\n"
        "text = {'text/plain': 'x' * 1_000_000}\n"
        "for _ in range(30):\n    clear_output(wait=True)\n    display(text, raw=True)\n"
        "handle = display(text, raw=True, display_id='a')\n"
        "for _ in range(30): handle.update(text, raw=True)"
    )
    assert [output["output_type"] for output in done.outputs[0]] == ["display_data"] * 2
    assert not done.warnings


def test_a_cell_that_prints_until_its_time_is_up(tmp_path: Path, preload: str) -> None:
    config = f"{preload}[execute]\ntimeout = 5\n"
    code = "print('first')\nwhile True: print('x' * 1000)"
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path), config, code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    status, _, _, megabytes = ran.stdout.splitlines()
    assert status == "failed the cell did not end within 5 s"
    assert int(megabytes) < 400


def test_the_book_s_modules_are_there_and_its_other_folders_hide_nothing(
    bench: Workbench,
) -> None:
    bench.write("d2l/__init__.py", "")
    bench.write("d2l/torch.py", "name = 'the book'")
    bench.write("json/__init__.py", "raise ImportError('shadowed')")
    bench.write("chapter/json/x.md", "")
    bench.write("ipykernel/x.md", "")
    bench.write("jax/x.md", "")
    bench.write("setup.py", "")
    bench.write("_build/eval/python/chapter/jax/x.md", "")
    bench.write("_build/eval/python/chapter/random.py", "raise ImportError('shadowed')")
    done = bench.execute_one(
        "import json, random, sys, subprocess, importlib.util as util\n"
        "from d2l import torch\n"
        "print(torch.name, util.find_spec('jax'), util.find_spec('setup'))",
        "code = 'import json; from d2l import torch; print(torch.name)'\n"
        "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)",
    )
    assert printed(done) == "the book None None\nthe book\n\n"


def test_a_notebook_imports_what_it_has_written(bench: Workbench) -> None:
    done = bench.execute_one(
        "%%writefile written.py\ndef double(x):\n    return 2 * x",
        "import written\nprint(written.double(21))",
        "%mkdir -p package\nopen('package/__init__.py', 'w').write('word = \"found\"')\n"
        "import package\nprint(package.word)",
        "%mkdir -p loose empty\nopen('loose/part.py', 'w').write('word = \"loose\"')\n"
        "from loose import part\nprint(part.word)",
        "import empty #@raises ModuleNotFoundError",
        "%mkdir gone\n%cd -q gone\n%rmdir ../gone\nimport nosuch #@raises ModuleNotFoundError",
    )
    assert done.status == "executed", done.problem
    assert printed(done).split()[-3:] == ["42", "found", "loose"]


def test_programs_that_cells_start_import_what_is_beside_them(bench: Workbench) -> None:
    done = bench.execute_one(
        "%%writefile written.py\nword = 'found'\ndef double(x):\n    return 2 * x",
        "%%writefile script.py\nimport written\nprint(written.word)",
        "!python script.py; python -m script; python -c 'import script'",
        "import multiprocessing, written\n"
        "with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "    print(pool.map(written.double, [21]))",
    )
    assert printed(done).splitlines()[-4:] == ["found", "found", "found", "[42]"]


def test_the_error_of_an_import_tells_nothing_of_how_the_kernel_was_prepared(
    bench: Workbench,
) -> None:
    done = bench.execute_one("import asyncio.windows_events")
    (output,) = done.outputs[0]
    assert output["evalue"] == "win32 only"
    frames = [frame for frame in output["traceback"] if "line 1" in frame or ".py:" in frame]
    assert len(frames) == 2, "the cell, and the module"
    assert not any("exec_module" in frame for frame in output["traceback"])


def test_the_kernel_works_in_the_page_s_folder_beside_the_resources(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, "[build]\nresources = img data.txt\n")
    bench.write("img/a.txt", "picture")
    bench.write("data.txt", "data")
    bench.write("secret.txt", "not a resource")
    code = (
        "import os\nprint(open('../img/a.txt').read(), open('../data.txt').read(), "
        "os.path.exists('../secret.txt'), os.path.relpath('.', '../..'))"
    )
    assert printed(bench.execute_one(code)) == "picture data False python/chapter\n"
    bench.write("data.txt", "changed")
    assert printed(bench.execute_one(f"{code}\n")) == "picture changed False python/chapter\n"


def test_the_user_s_settings_do_not_show(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    startup = bench.write("ipython/profile_default/startup/own.py", "print('own'); own = 1")
    monkeypatch.setenv("IPYTHONDIR", str(bench.root / "ipython"))
    monkeypatch.setenv("PYTHONSTARTUP", str(startup))
    monkeypatch.setenv("PYTHONPATH", str(startup.parent))
    monkeypatch.setenv("PYTHONOPTIMIZE", "1")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("KEPT", "kept")
    done = bench.execute_one(
        "import os\n"
        "print('own' in globals(), __debug__, os.environ['MPLBACKEND'], os.environ['KEPT'])\n"
        "import own"
    )
    expected = "False True module://matplotlib_inline.backend_inline kept\n"
    assert printed(done) == expected
    assert done.problem
    assert done.problem.what == "ModuleNotFoundError: No module named 'own'"


def test_the_book_s_variables_are_set_and_win_over_the_user_s(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write("util.py", "")
    bench.write("more/extra.py", "")
    monkeypatch.setenv("NAME", "the user's")
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    variables = {"NAME": "the book's", "PYTHONPATH": str(bench.root / "more")}
    bench.environments["python"] = environment(**variables)
    done = bench.execute_one(
        "import os, util, extra\nprint(os.environ['NAME'], os.environ['OMP_NUM_THREADS'])"
    )
    assert printed(done) == "the book's 5\n"


def test_a_temporary_folder_whose_name_is_too_long_for_sockets(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = bench.root / ("x" * 100)
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert printed(bench.execute_one("print('there')")) == "there\n"
    assert not list(folder.iterdir())


def test_two_runs_give_the_same_outputs(tmp_path: Path) -> None:
    cells = (
        "import random, warnings\nprint(random.random(), hash('text'), {'a', 'b', 'c'})",
        "warnings.warn('careful')",
        "import sys, time\nfor i in range(5):\n"
        "    print(i, flush=True)\n    print('e', i, file=sys.stderr, flush=True)\n"
        "    time.sleep(random.random() / 20)",
        "for i in range(30):\n    print(f'\\r{i}', end='', flush=True)\n    time.sleep(0.01)",
        "!echo from a shell",
    )
    first, second = (Workbench(tmp_path / name).execute_one(*cells) for name in ("one", "two"))
    assert first.problem is None
    assert first.outputs == second.outputs
    assert "<ipython-input-2-1>:1: UserWarning: careful" in printed(first)
    assert first.outputs[3][0]["text"] == "29"


def test_python_is_seeded_whatever_was_drawn_before_the_first_cell(tmp_path: Path) -> None:
    done = Workbench(tmp_path, "[execute]\nseed = 7\n").execute_one(
        "import random\nfirst = random.random()", "print(first, random.random())"
    )
    expected = random.Random(7)
    assert printed(done) == f"{expected.random()} {expected.random()}\n"


def test_frameworks_are_seeded_when_a_cell_has_imported_them(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, "[execute]\nseed = 7\n")
    bench.write(
        "torch/__init__.py",
        "import os\nseeds = [os.environ.get('READ_BY_IMPORT')]\nmanual_seed = seeds.append",
    )
    bench.write("d2l.py", "import torch")
    done = bench.execute_one(
        "import os, random\nrandom.seed(1); before = random.getstate()",
        "os.environ['READ_BY_IMPORT'] = 'set'\nimport d2l, torch\n"
        "print(torch.seeds, random.getstate() == before)",
    )
    assert printed(done) == "['set', 7] True\n"


def test_a_question_is_refused(bench: Workbench) -> None:
    problem = bench.execute_one("1", "name = input('Who?')").problem
    assert problem
    assert problem.what.startswith("StdinNotImplementedError")
    assert problem.remedy == "nobody can answer while a book is built: write the value instead"
    assert problem.place == notebook().page.place(6)


def test_a_command_finds_the_end_of_its_input_in_a_terminal(bench: Workbench) -> None:
    done = bench.execute_one(
        "!cat; read a; read b; echo read",
        """!python -c 'import sys; print(sys.stdin.isatty(), repr(sys.stdin.read()))'""",
        """!python -c 'input("Who? ")' 2>&1 | tail -1""",
        "!stty size; exit 3",
        "_exit_code",
    )
    assert done.status == "executed", done.problem
    assert printed(done).splitlines() == [
        "read",
        "True ''",
        "EOFError: EOF when reading a line",
        "24 80",
    ]
    assert texts(done) == ["3"]


def test_a_tab_mark_in_a_book_without_tabs(bench: Workbench) -> None:
    problem = bench.execute_one("%%tab all\n1").problem
    assert problem
    assert problem.what == "UsageError: Cell magic `%%tab` not found."
    assert problem.remedy == "name the tabs in [build] tabs of config.ini"


def test_a_file_of_the_book_that_is_no_resource(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, "[build]\nresources = given\n")
    for name in ("chapter/deep/x.txt", "given/x.txt"):
        bench.write(name, "x")

    def remedy(code: str) -> str:
        problem = bench.execute_one(code).problem
        assert problem
        assert problem.what.startswith("FileNotFoundError")
        return problem.remedy

    said = "name chapter/deep/x.txt in [build] resources of config.ini"
    assert remedy("open('deep/x.txt')") == said
    assert remedy("open('../chapter/deep/x.txt')") == said
    assert remedy("import os; os.listdir('deep')") == said.replace("/x.txt", "")
    assert remedy("open('deep/y.txt')") == ""
    assert remedy("import os; os.chdir('/')\nopen('../given/x.txt')") == ""
    assert remedy("raise FileNotFoundError(f\"'{'x' * 5000}'\")") == ""


def test_a_cell_that_does_not_end(tmp_path: Path, preload: str) -> None:
    bench = Workbench(tmp_path, f"{preload}[execute]\ntimeout = 2\n")
    done = bench.execute_one("print('first')", "\nwhile True: pass", "print('never')")
    assert done.status == "failed"
    assert done.problem
    assert done.problem.line() == (
        "chapter/page.md:7: error: [python] the cell did not end within 2 s; "
        "make it quicker, or raise [execute] timeout"
    )
    assert printed(done) == "first\n"


def test_a_notebook_that_does_not_end(tmp_path: Path, preload: str) -> None:
    bench = Workbench(tmp_path, f"{preload}[execute]\nnotebook_timeout = 3\n")
    done = bench.execute_one("import time", *["time.sleep(1)"] * 20)
    assert done.problem
    assert done.problem.what == "the notebook did not end within 3 s; this cell was running"
    assert done.problem.remedy.endswith("[execute] notebook_timeout")
    assert done.problem.place
    assert done.problem.place.line > 2


def test_a_kernel_that_is_killed(bench: Workbench) -> None:
    done = bench.execute_one("import os", "os.kill(os.getpid(), 9)")
    assert done.status == "failed"
    assert done.problem
    line = re.sub(r"with [1-9]\d* MB", "with N MB", done.problem.line())
    assert line == (
        "chapter/page.md:6: error: [python] the kernel died (signal 9, Killed; with N MB of memory "
        "at most) while this cell was running; it may have used up the memory"
    )


def test_a_kernel_that_ends_itself(bench: Workbench) -> None:
    problem = bench.execute_one("import os; os._exit(3)").problem
    assert problem
    assert problem.what.startswith("the kernel died (exit code 3; with ")


FIGURE = """
import struct
from functools import partial
from IPython.core import pylabtools

class Figure:
    axes, dpi = [1], 72
    get_facecolor = get_edgecolor = lambda self: "white"

    def __init__(self, size):
        self.size = size
        self.canvas = self

    def print_figure(self, file, format, dpi, **_):
        png = b"\\x89PNG\\r\\n\\x1a\\n....IHDR" + struct.pack(">ii", 4 * dpi, 3 * dpi)
        file.write(b"<svg>" + b" " * self.size if format == "svg" else png)

svg = get_ipython().display_formatter.formatters["image/svg+xml"]
svg.for_type(Figure, partial(pylabtools.print_figure, fmt="svg"))
"""
"""The part of a figure of matplotlib that making a picture of it needs."""


def test_a_figure_is_png_where_its_svg_would_be_too_large(bench: Workbench) -> None:
    done = bench.execute_one(
        FIGURE, "small = Figure(10)\ndisplay(small, Figure(1_000_000), small, Figure(1_000_001))"
    )
    kinds = [sorted(output["data"]) for output in done.outputs[1]]
    vector, pixels = ["image/svg+xml", "text/plain"], ["image/png", "text/plain"]
    assert kinds == [vector, pixels, vector, pixels]
    # Pixels for screens of twice the resolution, and the size in which they are to be shown.
    large = done.outputs[1][1]
    assert large["metadata"]["image/png"] == {"width": 4 * 72, "height": 3 * 72}


def test_an_interpreter_without_ipykernel(bench: Workbench) -> None:
    program = bench.write("python", f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    program.chmod(0o755)
    bench.environments["python"] = replace(environment(), python=program)
    done = bench.execute_one("1")
    assert done.problem
    assert done.problem.what == "the kernel does not start"
    assert not done.has_kernel
    assert str(done.problem.place) == "chapter/page.md"
    assert "No module named 'ipykernel'" in done.problem.detail


def test_an_interpreter_that_is_not_there(bench: Workbench) -> None:
    bench.environments["python"] = replace(environment(), python=bench.root / "none")
    problem = bench.execute_one("1").problem
    assert problem
    assert problem.what == "the kernel does not start"
    assert "No such file" in problem.detail


def test_a_child_that_is_left_behind_costs_no_time(bench: Workbench) -> None:
    done = bench.execute_one("import subprocess\nchild = subprocess.Popen(['sleep', '1000'])")
    assert done.seconds < SECONDS_TO_END


def test_what_cells_start_ends_with_the_notebook(bench: Workbench) -> None:
    done = bench.execute_one(
        "import os, subprocess\n"
        "ids = [os.getpid()]\n"
        "ids.append(subprocess.Popen(['sleep', '1000']).pid)\n"
        "ids.append(subprocess.Popen(['sleep', '1000'], start_new_session=True).pid)\n"
        "ids.append(subprocess.Popen(['sh', '-c', 'trap \"\" TERM INT; sleep 1000']).pid)\n"
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(1000,)).start()\n"
        "print(ids)",
    )
    assert done.status == "executed"
    assert_gone(json.loads(printed(done)))


def test_a_failed_notebook_leaves_no_process_either(bench: Workbench) -> None:
    done = bench.execute_one(
        "import os, pathlib, subprocess\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        "pathlib.Path('ids.json').write_text(f'[{os.getpid()}, {child.pid}]')\n"
        "os.kill(os.getpid(), 11)"
    )
    assert done.problem
    assert "signal 11" in done.problem.what
    assert_gone(json.loads((bench.root / "_build/eval/python/chapter/ids.json").read_text()))


def test_exit_handlers_are_run(bench: Workbench) -> None:
    done = bench.execute_one(
        "import atexit, pathlib\natexit.register(pathlib.Path('x.txt').write_text, 'done');"
    )
    assert done.problem is None
    assert (bench.root / "_build/eval/python/chapter/x.txt").read_text() == "done"


def assert_gone(ids: list[int]) -> None:
    """These processes have ended, or do so at once."""
    deadline = time.monotonic() + 5
    while left := [number for number in ids if is_running(number)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


def is_running(number: int) -> bool:
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
