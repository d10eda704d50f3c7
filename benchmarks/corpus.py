"""Times d2lbook on a whole real book, without executing it.

    .venv/bin/python benchmarks/corpus.py ../shared/corpus/d2l-en [--runs 5]

Each figure is the median of the runs, in seconds of wall time, the whole
process counted unless it says otherwise; memory is the peak of the sum over the
process and its children, pages that they share counted once (PSS).
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

import psutil

COMMAND = (sys.executable, "-m", "d2lbook", "-q")
EDITED = "chapter_multilayer-perceptrons/mlp.md"


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = copy_book(arguments.corpus, Path(folder, "book"), share=1.0)
        measure_book(book, arguments.runs)
        for share in (0.25, 0.5, 1.0):
            part = copy_book(arguments.corpus, Path(folder, f"part-{share}"), share)
            pages = len(list(part.glob("*/*.md")))
            seconds = median(arguments.runs, lambda part=part: cold(part, "html"))
            print(
                f"html, cold, {pages} pages: {seconds:.2f} s, {1000 * seconds / pages:.1f} ms each"
            )


def measure_book(book: Path, runs: int) -> None:
    """Print the figures of one book."""
    print(f"ipynb, cold: {median(runs, lambda: cold(book, 'ipynb')):.2f} s")
    print(f"html, cold: {median(runs, lambda: cold(book, 'html')):.2f} s")
    print(f"html, nothing changed: {median(runs, lambda: run(book, 'html')):.2f} s")
    print(f"html, one page changed: {median(runs, lambda: edited(book)):.2f} s")
    clean(book)
    print(f"html, peak memory: {peak_memory(book) / 1e6:.0f} MB")


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
    start = time.perf_counter()
    subprocess.run(
        [*COMMAND, "-C", str(book), "build", target], check=True, stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def peak_memory(book: Path) -> int:
    """Bytes that the command and its children take at most."""
    process = psutil.Popen([*COMMAND, "-C", str(book), "build", "html"], stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(memory_of, [process, *process.children(recursive=True)])))
        time.sleep(0.02)
    return peak


def memory_of(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def median(runs: int, measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(runs))


if __name__ == "__main__":
    main()
