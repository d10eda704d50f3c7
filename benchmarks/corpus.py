"""Times d2lbook on a whole real book, without executing it.

    .venv/bin/python benchmarks/corpus.py ../shared/corpus/d2l-en [--runs 5] [--sphinx PYTHON]

Each figure is the median of the runs, in seconds of wall time, the whole process
counted unless it says otherwise. Memory is that of the largest process, and the
peak of the sum of all that run at once, pages that they share counted once (PSS).
PYTHON is an interpreter with ``sphinx`` and ``myst-parser``, which then takes the
same files for MyST and writes them as a site of one tab, in turn with ours.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import psutil
from d2lbook.config import Config, read_config
from d2lbook.execute.jobs import Observer
from d2lbook.memory import Memory
from d2lbook.pipeline import Build, Reporter
from d2lbook.targets.pages import write_pages

COMMAND = (sys.executable, "-m", "d2lbook", "-q")
EDITED = "chapter_multilayer-perceptrons/mlp.md"


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--sphinx", type=Path, metavar="PYTHON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = copy_book(arguments.corpus, Path(folder, "book"), share=1.0)
        measure_book(book, arguments.runs)
        if arguments.sphinx:
            compare(book, arguments.sphinx, Path(folder, "sphinx"), arguments.runs)
        for share in (0.25, 0.5, 1.0):
            part = copy_book(arguments.corpus, Path(folder, f"part-{share}"), share)
            pages = len(list(part.glob("*/*.md")))
            seconds = median(arguments.runs, lambda part=part: cold(part, "html"))
            print(
                f"html, cold, {pages} pages: {seconds:.2f} s, {1000 * seconds / pages:.1f} ms each"
            )


def measure_book(book: Path, runs: int) -> None:
    """Print the figures of one book."""
    print(f"split, four tabs, in one process, not written: {split(book, runs):.2f} s")
    print(f"ipynb, cold: {median(runs, lambda: cold(book, 'ipynb')):.2f} s")
    print(f"html, cold: {median(runs, lambda: cold(book, 'html')):.2f} s")
    print(f"html, nothing changed: {median(runs, lambda: run(book, 'html')):.2f} s")
    print(f"html, one page changed, a new process: {median(runs, lambda: edited(book)):.2f} s")
    print(f"html, one page changed, a running process: {saved(book, runs):.2f} s")
    clean(book)
    largest, together = peak_memory(book)
    print(f"html, peak memory: {largest / 1e6:.0f} MB the largest process")
    print(f"html, peak memory: {together / 1e6:.0f} MB all processes together")


def compare(book: Path, python: Path, folder: Path, runs: int) -> None:
    """Print how long Sphinx takes for the same files, in turn with d2lbook."""
    shutil.copytree(book, folder, ignore=shutil.ignore_patterns("_build", ".d2lbook"))
    settings = "extensions = ['myst_parser']\nmyst_enable_extensions = ['dollarmath', 'amsmath']\n"
    (folder / "conf.py").write_text(f"{settings}exclude_patterns = []\n")
    sphinx = [str(python), "-m", "sphinx", "-q", "-j", "2", "-b", "html", str(folder)]

    def build() -> float:
        shutil.rmtree(folder / "_build", ignore_errors=True)
        return timed([*sphinx, str(folder / "_build")])

    pairs = [(cold(book, "html"), build()) for _ in range(runs)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"html, cold: d2lbook {ours:.2f} s, Sphinx with MyST-Parser {theirs:.2f} s")
    print(f"html, cold: {statistics.median(b / a for a, b in pairs):.1f} times as fast")


def split(book: Path, runs: int) -> float:
    """Seconds of reading all pages and making all notebooks of all tabs, once imported."""
    config, _ = read_config(book)

    def measure() -> float:
        start = time.perf_counter()
        _ = new_build(config).notebooks
        return time.perf_counter() - start

    return median(runs, measure)


def saved(book: Path, runs: int) -> float:
    """Seconds from the change of a page to its new HTML, in a process that has built before."""
    config, _ = read_config(book)
    memory = Memory()
    written = write_pages(new_build(config, memory))
    page = book / EDITED

    def measure() -> float:
        nonlocal written
        page.write_text(page.read_text() + "\nOne more sentence.\n")
        start = time.perf_counter()
        written = write_pages(new_build(config, memory), written)
        assert list(written.anew) == [EDITED.removesuffix(".md")]
        return time.perf_counter() - start

    return median(runs, measure)


def new_build(config: Config, memory: Memory | None = None) -> Build:
    def ignore(*_: object) -> None: ...

    reporter = Reporter(
        warn=ignore, note=ignore, caution=ignore, on_environment=ignore, observer=Observer()
    )
    return Build(config, config.tabs, reporter, memory=memory)


def copy_book(corpus: Path, target: Path, share: float) -> Path:
    """A copy that is not executed, with the first part of the chapters."""
    shutil.copytree(corpus, target)
    config = target / "config.ini"
    config.write_text(config.read_text().replace("eval_notebook = True", "eval_notebook = False"))
    index = target / "index.md"
    chapters = re.findall(r"^(chapter_\S+)/\S+$", index.read_text(), re.MULTILINE)
    for chapter in chapters[round(len(chapters) * share) :]:
        shutil.rmtree(target / chapter)
        index.write_text(re.sub(rf"^{chapter}/\S+\n", "", index.read_text(), flags=re.MULTILINE))
    return target


def cold(book: Path, target: str) -> float:
    """Seconds of a build from nothing."""
    clean(book)
    return run(book, target)


def clean(book: Path) -> None:
    for name in ("_build", ".d2lbook"):
        shutil.rmtree(book / name, ignore_errors=True)


def edited(book: Path) -> float:
    """Seconds of a build after a change in the prose of one page."""
    page = book / EDITED
    page.write_text(page.read_text() + "\nOne more sentence.\n")
    return run(book, "html")


def run(book: Path, target: str) -> float:
    """Seconds of one command."""
    return timed([*COMMAND, "-C", str(book), "build", target])


def timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def peak_memory(book: Path) -> tuple[int, int]:
    """Bytes that the largest process of a build and all together take at most."""
    process = psutil.Popen([*COMMAND, "-C", str(book), "build", "html"], stderr=subprocess.DEVNULL)
    together = 0
    while process.poll() is None:
        sizes = map(memory_of, [process, *process.children(recursive=True)])
        together = max(together, sum(sizes))
        time.sleep(0.05)
    return getrusage(RUSAGE_CHILDREN).ru_maxrss * 1024, together


def memory_of(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def median(runs: int, measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(runs))


if __name__ == "__main__":
    main()
