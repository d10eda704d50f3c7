"""A site that is written again after pages have changed is the same as one written anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from d2lbook.config import read_config
from d2lbook.execute.jobs import Observer
from d2lbook.html.folder import MANIFEST
from d2lbook.html.search import FOLDER
from d2lbook.memory import Memory
from d2lbook.pipeline import Build, Reporter
from d2lbook.targets.pages import write_pages

from tests.conftest import MakeBook

FILES = {
    "config.ini": "[build]\ntabs = mxnet, jax\neval_notebook = False\n[pdf]\nbibfile = works.bib\n",
    "works.bib": "@book{one, title={One}, author={A, B}, year={2001}}\n"
    "@book{two, title={Two}, author={C, D}, year={2002}}\n",
    "index.md": "# Book\n\n```toc\na\nb\n```\n",
    "a.md": "# First\n:label:`sec_a`\n\n"
    "Of :cite:`one` and $x^2$.\n\n```{.python .input}\n%%tab mxnet\n1\n```\n",
    "b.md": "# Second\n\nSee :numref:`sec_a` and ![a picture](img/p.svg).\n",
    "img/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='2' height='1'/>",
}


class Session:
    """Builds of one book, one after the other, in this process."""

    def __init__(self, root: Path) -> None:
        self.config, _ = read_config(root)
        self.memory = Memory()
        self.written = write_pages(self.build(self.memory))

    def build(self, memory: Memory) -> Build:
        def ignore(*_: object) -> None: ...

        reporter = Reporter(
            warn=ignore, note=ignore, caution=ignore, on_environment=ignore, observer=Observer()
        )
        return Build(self.config, self.config.tabs, reporter, memory=memory)

    def update(self) -> set[str]:
        """Names of the pages that were made; all files are as if all had been."""
        self.written = write_pages(self.build(self.memory), self.written)
        updated = self.files()
        anew = write_pages(self.build(Memory()))
        assert self.files() == updated
        assert sorted(map(str, anew.problems)) == sorted(map(str, self.written.problems))
        return set(self.written.anew)

    def files(self) -> dict[str, bytes]:
        """All but the index for searching, which waits for a whole build."""
        folder = self.config.output / "html"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*.*")
            if path.is_file() and FOLDER not in path.parts and path.name != MANIFEST
        }


@pytest.fixture
def session(make_book: MakeBook) -> Session:
    return Session(make_book(FILES))


Change = Callable[[str], str]
ALL = {"index", "a", "b"}


def replacing(old: str, new: str) -> Change:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return change


@pytest.mark.parametrize(
    ("page", "change", "anew"),
    [
        pytest.param("a.md", str, set(), id="nothing"),
        pytest.param("a.md", replacing("Of", "After"), {"a"}, id="prose"),
        pytest.param("a.md", replacing("x^2", "y^2"), {"a"}, id="formula"),
        pytest.param("a.md", replacing("\n1\n", "\n2\n"), {"a"}, id="code"),
        pytest.param("a.md", replacing("Of", "\n\nNew.\n\nOf"), {"a"}, id="places of labels"),
        pytest.param("b.md", replacing("sec_a", "sec_c"), {"b"}, id="reference"),
        pytest.param("a.md", replacing("First", "*First*"), ALL, id="title"),
        pytest.param("a.md", replacing("sec_a", "sec_c"), ALL, id="label"),
        pytest.param("a.md", replacing("`one`", "`two`"), ALL, id="citation"),
        pytest.param("index.md", replacing("a\nb", "b\na"), ALL, id="contents"),
        pytest.param("a.md", replacing("%%tab mxnet", "%%tab all"), ALL, id="tabs"),
    ],
)
def test_a_page_has_changed(page: str, change: Change, anew: set[str], session: Session) -> None:
    path = session.config.root / page
    path.write_text(change(FILES[page]))
    assert session.update() == anew
    path.write_text(FILES[page])
    assert session.update() == anew


def test_a_page_has_come_and_gone(session: Session) -> None:
    path = session.config.root / "c.md"
    path.write_text("# Third\n\n![a picture](img/p.svg)\n")
    assert session.update() == {*ALL, "c"}
    path.unlink()
    assert session.update() == ALL


def test_a_picture_that_no_page_shows_any_more_goes(session: Session) -> None:
    path = session.config.root / "b.md"
    path.write_text("# Second\n")
    assert session.update() == {"b"}
    assert "img/p.svg" not in session.files()
