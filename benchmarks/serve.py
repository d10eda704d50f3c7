"""Times the preview of a whole real book: from saving a page to seeing the change in a browser.

    .venv/bin/python benchmarks/serve.py ../shared/corpus/d2l-en [--runs 10] [--outputs]

Seconds of wall time, from before the file is written until the page that is open has
painted the new text in its place. With --outputs every notebook has made-up outputs in the cache,
as after an execution: a line of text for each cell, and a picture of 60 kB.
"""

from __future__ import annotations

import argparse
import base64
import re
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from corpus import EDITED, copy_book
from d2lbook.book import Output
from d2lbook.config import read_config
from d2lbook.execute.environments import find_environment
from d2lbook.execute.jobs import Execution, Observer, by_position, runnable_cells
from d2lbook.execute.keeping import Keeper
from d2lbook.pipeline import Build, Reporter
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PLACE = "## Activation Functions"
WAIT = """text => {
    window.isPainted = new Promise((resolve) => {
        document.addEventListener("d2lbook:swapped", () => {
            if (!document.querySelector("main").textContent.includes(text)) return;
            requestAnimationFrame(() => setTimeout(() => resolve(Date.now() / 1000)));
        });
    });
}"""
"""What has the browser tell when it has painted the page with a text."""


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--outputs", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        book = copy_book(arguments.corpus, Path(folder, "book"), share=1.0)
        if arguments.outputs:
            make_up_outputs(book)
        start = time.perf_counter()
        with served(book) as address, open_page(f"{address}{EDITED[:-3]}.html") as page:
            print(f"until the first page is shown: {time.perf_counter() - start:.2f} s")
            page.locator("h2").nth(2).scroll_into_view_if_needed()
            page.evaluate("window.isSame = true")
            for kind, change in (("prose", change_prose), ("formula", change_formula)):
                seconds = [change(book / EDITED, page, run) for run in range(arguments.runs)]
                told = f"{statistics.median(seconds):.2f} s, at most {max(seconds):.2f} s"
                print(f"{kind} saved until shown: {told}")
            assert page.evaluate("window.isSame"), "the page was loaded anew"


def change_prose(file: Path, page: Page, run: int) -> float:
    """Seconds from saving another sentence until it is shown."""
    return seconds_until(file, page, f"Sentence {run} is new.", f"Sentence {run} is new.")


def change_formula(file: Path, page: Page, run: int) -> float:
    """The same with a formula that no page has."""
    return seconds_until(file, page, f"Now $\\alpha_{{{run + 4000}}}$ is new.", str(run + 4000))


def seconds_until(file: Path, page: Page, text: str, shown: str) -> float:
    before, heading, after = file.read_text().partition(PLACE)
    after = re.sub(r"^\n\n(Sentence|Now) .* is new\.", "", after)
    page.evaluate(WAIT, shown)
    start = time.time()
    file.write_text(f"{before}{heading}\n\n{text}{after}")
    painted: float = page.evaluate("window.isPainted")
    return painted - start


@contextmanager
def served(book: Path) -> Iterator[str]:
    """The address of the book's preview."""
    command = [sys.executable, "-m", "d2lbook", "-C", str(book), "serve", "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout
        match = re.search(r"http://\S+", process.stdout.readline())
        assert match
        yield match[0].rstrip(";")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


@contextmanager
def open_page(address: str) -> Iterator[Page]:
    """A browser that shows this page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.locator("main h1").wait_for(timeout=300_000)
        yield page
        browser.close()


def make_up_outputs(book: Path) -> None:
    """Fill the cache as if the book had been executed."""
    path = book / "config.ini"
    path.write_text(path.read_text().replace("eval_notebook = False", "eval_notebook = True"))
    config, _ = read_config(book)
    nobody = Reporter(
        warn=lambda _: None,
        note=lambda _: None,
        caution=lambda _: None,
        on_environment=lambda _: None,
        observer=Observer(),
    )
    keeper = Keeper(config, print)
    for tab, notebooks in Build(config, config.tabs, nobody).notebooks.items():
        environment = find_environment(config, tab)
        for name, notebook in notebooks.items():
            cells = runnable_cells(notebook)
            lines: list[tuple[Output, ...]] = [
                ({"output_type": "stream", "name": "stdout", "text": f"cell {number}\n"},)
                for number in range(len(cells))
            ]
            if lines:
                lines[-1] = (*lines[-1], picture(f"{tab} {name}"))
                execution = Execution(
                    notebook=notebook, status="executed", outputs=by_position(notebook, lines)
                )
                keeper.keep(keeper.keys.of(notebook, environment), execution)


def picture(seed: str) -> Output:
    """A picture that can't be compressed."""
    width, height = 200, 100
    noise = Random(seed).randbytes
    rows = b"".join(b"\0" + noise(3 * width) for _ in range(height))
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    encoded = base64.b64encode(content).decode()
    return {"output_type": "display_data", "data": {"image/png": encoded}, "metadata": {}}


if __name__ == "__main__":
    main()
