"""Scores of pages of a site by Lighthouse (npm), in Debian's Chromium, as on a phone.

    npm install --prefix /tmp/lighthouse lighthouse
    .venv/bin/python benchmarks/lighthouse.py /tmp/lighthouse _build/html [PAGE …]

The pages are served with gzip, as web servers do. Without PAGE: the first page of the
site and the largest of all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import tempfile
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

BROWSER = "/usr/bin/chromium"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lighthouse", type=Path, help="where it is installed")
    parser.add_argument("site", type=Path)
    parser.add_argument("pages", nargs="*", metavar="PAGE")
    arguments = parser.parse_args()
    pages = arguments.pages or ["index.html", largest_page(arguments.site)]
    program = arguments.lighthouse / "node_modules/.bin/lighthouse"
    asyncio.run(measure(program, arguments.site, pages))


def largest_page(site: Path) -> str:
    """The page with the largest file, relative to the site."""
    page = max(site.rglob("*.html"), key=lambda path: path.stat().st_size)
    return page.relative_to(site).as_posix()


async def measure(program: Path, site: Path, pages: list[str]) -> None:
    """Serve the site on the loopback address and print a line for each page."""
    application = Application(
        [(r"/(.*)", StaticFileHandler, {"path": str(site)})], compress_response=True
    )
    logging.getLogger("tornado.access").disabled = True
    sockets = bind_sockets(0, "127.0.0.1")
    HTTPServer(application).add_sockets(sockets)
    port = sockets[0].getsockname()[1]
    for page in pages:
        scores = await scores_of(program, f"http://127.0.0.1:{port}/{page}")
        print(page, ", ".join(f"{name} {score:.0f}" for name, score in scores.items()))


async def scores_of(program: Path, address: str) -> dict[str, float]:
    """The scores of a page by category, from 0 to 100."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        process = await asyncio.create_subprocess_exec(
            *(str(program), address, "--quiet", f"--chrome-flags={FLAGS}"),
            *("--output=json", f"--output-path={report}"),
            env=os.environ | {"CHROME_PATH": BROWSER},
        )
        if await process.wait():
            raise SystemExit("Lighthouse has failed")
        categories = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: 100 * found["score"] for name, found in categories.items()}


if __name__ == "__main__":
    main()
