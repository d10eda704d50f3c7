"""The demonstration site."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import serve
from tests.html.sites import DEMO, DEMO_OUTPUTS, build_site


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demonstration site."""
    folder = tmp_path_factory.mktemp("demo") / "site"
    book = shutil.copytree(DEMO, folder.parent / "book")
    pdf = folder.parent / "demo-jax.pdf"
    pdf.write_bytes(b"%PDF-")
    epub = folder.parent / "demo-jax.epub"
    epub.write_bytes(b"PK")
    package = folder.parent / "demo-jax.zip"
    package.write_bytes(b"PK")
    problems = build_site(
        book,
        folder,
        DEMO_OUTPUTS,
        notebooks={tab: {"chapter/tour": "{}"} for tab in ("pytorch", "mxnet", "jax")},
        pdfs={"jax": pdf},
        epubs={"jax": epub},
        packages={"jax": package},
    )
    assert [problem.line() for problem in problems] == []
    return folder


@pytest.fixture(scope="session")
def served(demo: Path) -> Iterator[str]:
    """The address of the demonstration site on a server of this machine."""
    with serve(demo) as address:
        yield address
