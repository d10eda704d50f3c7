"""Times the execution of notebooks, side by side with other tools.

    .venv/bin/python benchmarks/execution.py [--seed FILE] [--peers PYTHON] [--runs 3] [--pages 40]

The seed is a section in four frameworks (``../shared/seed/parameters.md``); the small
notebooks are as many pages as ``--pages`` says, in four tabs. Environments are those of
this book and have to be made before (``d2lbook env``). PYTHON is an interpreter with
``nbclient papermill nbmake pytest-xdist "jupyter-book<2"``; each tool runs the same
notebooks with kernels of the same environments, in turn with d2lbook. Nothing is kept
from one run to the next. Times are medians, in seconds of wall time of whole processes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from d2lbook.config import read_config
from d2lbook.execute.environments import find_environment
from d2lbook.execute.jobs import Execution, Observer
from d2lbook.pipeline import Build, Reporter

ROOT = Path(__file__).parent.parent
TABS = ("mxnet", "pytorch", "tensorflow", "jax")
OF_TENSORFLOW = {"TF_CPP_MIN_LOG_LEVEL": "1", "TF_ENABLE_ONEDNN_OPTS": "0"}
SMALL = {
    "mxnet": ("from mxnet import np, npx\nnpx.set_np()", "x = np.ones((8, 8)); (x @ x).sum()"),
    "pytorch": ("import torch", "x = torch.ones(8, 8); (x @ x).sum()"),
    "tensorflow": ("import tensorflow as tf", "x = tf.ones((8, 8)); tf.reduce_sum(x @ x)"),
    "jax": ("import jax\nfrom jax import numpy as jnp", "x = jnp.ones((8, 8)); (x @ x).sum()"),
}
"""For each framework what a notebook imports, and a small computation."""

ONE_AFTER_ANOTHER = """
import sys, nbformat
from nbclient import NotebookClient
for path in sys.argv[1:]:
    NotebookClient(nbformat.read(path, 4), timeout=600).execute()
"""


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=Path)
    parser.add_argument("--peers", type=Path, metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages", type=int, default=40)
    arguments = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled, everywhere
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if arguments.seed:
            pages = {"parameters.md": arguments.seed.read_text("utf-8")}
            book = make_book(folder / "seed", "parameters", pages, {"TF_USE_LEGACY_KERAS": "1"})
            compare(book, arguments.peers, arguments.runs, seed_commands)
        pages = small_pages(arguments.pages)
        book = make_book(folder / "small", "index", pages, {})
        compare(book, arguments.peers, arguments.runs, small_commands)
        measure_checking(book, arguments.runs)
        measure_kernels(book)


def make_book(folder: Path, index: str, pages: dict[str, str], tensorflow: dict[str, str]) -> Path:
    """A book of these pages, in the environments of this one."""
    shutil.copytree(ROOT / "envs", folder / "envs")
    shutil.copytree(ROOT / "d2l", folder / "d2l")
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    sections = [f"[build]\nindex = {index}\nnotebooks = *.md\ntabs = {', '.join(TABS)}\n"]
    for tab in TABS:
        sections.append(f"[env {tab}]\nrequirements = envs/{tab}.txt\npython = 3.11\n")
        if tab == "tensorflow":
            lines = "".join(f"\n    {k}={v}" for k, v in (OF_TENSORFLOW | tensorflow).items())
            sections.append(f"no_dependencies = tf_keras\nvariables ={lines}\n")
        if tab == "jax":
            sections.append("variables =\n    JAX_PLATFORMS=cpu\n")
    (folder / "config.ini").write_text("".join(sections), encoding="utf-8")
    return folder


def small_pages(count: int) -> dict[str, str]:
    """Pages of three small cells for each tab; the last prints the time that all took."""
    names = [f"page{number:02}" for number in range(count)]
    toc = "\n".join(names)
    pages = {"index.md": f"# Small notebooks\n\n```toc\n\n{toc}\n```\n"}
    for number, name in enumerate(names):
        cells = [f"# {name}"]
        for tab, (first, then) in SMALL.items():
            timed = f"_t = time.perf_counter()\n{then}\n_s += time.perf_counter() - _t"
            start = f"import time\n_t = time.perf_counter()\n{first}\n_s = time.perf_counter() - _t"
            codes = (start, f"{timed}\n{number}", f"{timed}\nprint(_s)")
            cells += [f"```{{.python .input}}\n%%tab {tab}\n{code}\n```" for code in codes]
        pages[f"{name}.md"] = "\n\n".join(cells) + "\n"
    return pages


@dataclass(frozen=True)
class Peers:
    """Other tools, and what they need to run the notebooks of a book."""

    python: Path
    notebooks: tuple[Path, ...]
    """Of all tabs, without outputs, each naming the kernel of its environment."""
    variables: dict[str, str]

    def tool(self, name: str) -> str:
        return str(self.python.parent / name)


def make_peers(book: Path, python: Path) -> Peers:
    """The notebooks of the book and their kernels, as other tools want them."""
    run("ipynb", book)
    config, _ = read_config(book)
    for tab in TABS:
        environment = find_environment(config, tab)
        launcher = [str(environment.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        variables = dict(environment.variables) | {
            "PYTHONPATH": str(book),
            "PYTHONSAFEPATH": "1",
            "PYTHONHASHSEED": "0",
        }
        spec = {"argv": launcher, "display_name": tab, "language": "python", "env": variables}
        kernel = book / "jupyter" / "kernels" / tab
        kernel.mkdir(parents=True, exist_ok=True)
        (kernel / "kernel.json").write_text(json.dumps(spec))
        for path in (book / "_build/ipynb" / tab).glob("*.ipynb"):
            notebook = json.loads(path.read_text("utf-8"))
            if not any(cell["cell_type"] == "code" for cell in notebook["cells"]):
                continue
            notebook["metadata"]["kernelspec"] = {"name": tab, "display_name": tab}
            target = book / "peers" / f"{tab}-{path.name}"
            target.parent.mkdir(exist_ok=True)
            target.write_text(json.dumps(notebook), encoding="utf-8")
    notebooks = sorted((book / "peers").glob("*.ipynb"), key=lambda path: path.name[::-1])
    own = {"JUPYTER_PATH": str(book / "jupyter"), "IPYTHONDIR": str(book / "ipython")}
    return Peers(python, tuple(notebooks), dict(os.environ) | own)


Command = Callable[[], None]


def seed_commands(peers: Peers) -> dict[str, Command]:
    """nbclient one after another, papermill, nbmake, Jupyter Book 1."""
    names = [str(path) for path in peers.notebooks]
    nbclient = [str(peers.python), "-c", ONE_AFTER_ANOTHER]

    def process_each() -> None:
        for path in names:
            call([*nbclient, path], peers)

    def papermill() -> None:
        for path in names:
            call([peers.tool("papermill"), "--no-progress-bar", path, os.devnull], peers)

    def jupyter_book() -> None:
        with tempfile.TemporaryDirectory() as name:
            for path in peers.notebooks:
                shutil.copy(path, name)
            first, *others = [path.stem for path in peers.notebooks]
            toc = {"format": "jb-book", "root": first, "chapters": [{"file": o} for o in others]}
            settings = {"execute": {"execute_notebooks": "force", "timeout": 600}}
            Path(name, "_toc.yml").write_text(json.dumps(toc))
            Path(name, "_config.yml").write_text(json.dumps(settings))
            call([peers.tool("jupyter-book"), "build", "-q", name], peers)

    nbmake = [peers.tool("pytest"), "-q", "-p", "no:cacheprovider", "--nbmake", "-n", "2"]
    return {
        "nbclient": lambda: call([*nbclient, *names], peers),
        "nbclient, a process each": process_each,
        "papermill": papermill,
        "nbmake -n 2": lambda: call([*nbmake, *names], peers),
        "Jupyter Book 1": jupyter_book,
    }


def small_commands(peers: Peers) -> dict[str, Command]:
    """nbclient in two processes."""

    def two_processes() -> None:
        shares = [[str(path) for path in peers.notebooks[start::2]] for start in (0, 1)]
        command = [str(peers.python), "-c", ONE_AFTER_ANOTHER]
        started = [
            subprocess.Popen([*command, *share], env=peers.variables, stderr=subprocess.DEVNULL)
            for share in shares
        ]
        assert [process.wait() for process in started] == [0, 0]

    return {"nbclient, two processes": two_processes}


def compare(
    book: Path, python: Path | None, runs: int, commands: Callable[[Peers], dict[str, Command]]
) -> None:
    """Print how long d2lbook takes for a book with a cold cache, in turn with the others.

    And how long it takes when only results are gone: what JAX has compiled is there.
    """
    others = commands(make_peers(book, python)) if python else {}
    times: dict[str, list[tuple[float, float]]] = {}
    for _ in range(runs):
        forget(book)
        times.setdefault("d2lbook", []).append(timed(lambda: run("eval", book)))
        times.setdefault("d2lbook --force", []).append(timed(lambda: run("eval", book, "--force")))
        for name, command in others.items():
            times.setdefault(name, []).append(timed(command))
    medians = {
        name: map(statistics.median, zip(*pairs, strict=True)) for name, pairs in times.items()
    }
    ours, our_work = medians.pop("d2lbook")
    print(f"{book.name}, cold: d2lbook {ours:.2f} s, {our_work:.2f} s of processor time")
    for name, (theirs, work) in medians.items():
        factors = f"{theirs / ours:.2f} times as long, {work / our_work:.2f} times the work"
        print(f"{book.name}, cold: {name} {theirs:.2f} s, {work:.2f} s: {factors}")


def measure_checking(book: Path, runs: int) -> None:
    """Print how long a build takes where nothing has changed, beyond the start of Python."""
    run("eval", book)
    whole = statistics.median(timed(lambda: run("eval", book))[0] for _ in range(runs))
    version = [sys.executable, "-m", "d2lbook", "--version"]
    start = statistics.median(timed(lambda: call(version))[0] for _ in range(runs))
    print(f"{book.name}, cached: {whole:.2f} s, {whole - start:.2f} s beyond the process's start")


def measure_kernels(book: Path) -> None:
    """Print the overhead of a notebook, and the memory of servers and kernels."""
    forget(book)
    with MemoryWatch() as watch:
        executions = [each for each in execute(book) if each.status == "executed"]
    beyond = sorted(each.seconds - float(_printed(each)) for each in executions)
    middle, late = beyond[len(beyond) // 2], beyond[len(beyond) * 9 // 10]
    print(
        f"overhead of {len(beyond)} notebooks: {middle:.3f} s at the median, {late:.3f} s at 90 %"
    )
    watch.report()


def execute(book: Path) -> Sequence[Execution]:
    def ignore(*_: object) -> None: ...

    reporter = Reporter(
        warn=ignore, note=ignore, caution=ignore, on_environment=ignore, observer=Observer()
    )
    config, _ = read_config(book)
    return Build(config, config.tabs, reporter).executions


def _printed(execution: Execution) -> str:
    """What the last cell that prints has printed."""
    outputs = [output for of_cell in execution.outputs.values() for output in of_cell]
    texts: list[str] = [each["text"] for each in outputs if each["output_type"] == "stream"]
    return texts[-1]


class MemoryWatch:
    """Looks at the memory of the servers of this process, and of their kernels."""

    def __init__(self) -> None:
        self.servers: dict[int, tuple[int, int]] = {}
        self.own: list[int] = []
        self.per_kernel = 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._is_over.wait(0.2):
            total, running = 0, 0
            for server in psutil.Process().children():
                try:
                    memory = server.memory_full_info()
                    total += memory.pss
                    if memory.rss > self.servers.get(server.pid, (0, 0))[0]:
                        self.servers[server.pid] = (memory.rss, memory.pss)
                    for kernel in server.children():
                        of_kernel = kernel.memory_full_info()
                        self.own.append(of_kernel.uss)
                        total, running = total + of_kernel.pss, running + 1
                except psutil.Error:
                    continue
            if running:
                self.per_kernel = max(self.per_kernel, total / running)

    def report(self) -> None:
        """Print what was seen."""
        largest = max(rss for rss, _ in self.servers.values())
        together = sum(pss for _, pss in self.servers.values())
        print(f"memory: the largest server {largest / 1e6:.0f} MB")
        print(f"memory: all servers {together / 1e6:.0f} MB together (PSS)")
        print(f"memory: a kernel's own {statistics.median(self.own) / 1e6:.0f} MB at the median")
        factor = self.per_kernel / largest
        print(
            f"memory: at most {factor:.1f} times the largest server for each running kernel (PSS)"
        )


def forget(book: Path) -> None:
    """Delete all that was built and kept, but not what the peers need."""
    for name in ("_build/eval", ".d2lbook"):
        shutil.rmtree(book / name, ignore_errors=True)


def run(target: str, book: Path, *options: str) -> None:
    call([sys.executable, "-m", "d2lbook", "-C", str(book), "-q", "build", target, *options])


def call(command: Sequence[str], peers: Peers | None = None) -> None:
    """Run a command. Raises RuntimeError with what it said when it fails."""
    environment = peers.variables if peers else None
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def timed(command: Command) -> tuple[float, float]:
    """Seconds of wall time, and of processor time of all child processes."""
    before, start = os.times(), time.perf_counter()
    command()
    wall, after = time.perf_counter() - start, os.times()
    work = after.children_user + after.children_system
    return wall, work - before.children_user - before.children_system


if __name__ == "__main__":
    main()
