"""What is told of changes in a book's folder: real files, as editors write them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from d2lbook.errors import OutputError
from d2lbook.output import MARKER
from d2lbook.preview.watching import changes, find_folders

PATIENCE = 60

Edit = Callable[[Path], object]

FILES = ("c/page.md", "img/a.png", ".git/index", ".d2lbook/runs/jax/c/page.json", "_build/html/a")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in (*FILES, f"_build/{MARKER}"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("before")
    return tmp_path


def told(root: Path, *edits: Edit) -> list[list[set[str]]]:
    """What is told after each of these edits, in the pieces in which it is told."""

    async def watch() -> list[list[set[str]]]:
        found: list[list[set[str]]] = []
        batches = changes(root)
        upcoming = asyncio.ensure_future(anext(batches))
        while not upcoming.done():  # until it watches
            (root / "start").write_text("")
            await asyncio.sleep(0.05)
        for number, edit in enumerate(edits):
            edit(root)
            (root / f"end-{number}").write_text("")
            found.append([])
            while not any(f"end-{number}" in each for each in found[-1]):
                found[-1].append(set(await asyncio.wait_for(upcoming, PATIENCE)))
                upcoming = asyncio.ensure_future(anext(batches))
        upcoming.cancel()
        await asyncio.gather(upcoming, return_exceptions=True)
        await batches.aclose()
        return found

    return asyncio.run(watch())


def all_told(root: Path, *edits: Edit) -> list[set[str]]:
    """All that is told after each of these edits."""
    ours = {"start", *(f"end-{number}" for number in range(len(edits)))}
    return [set().union(*pieces) - ours for pieces in told(root, *edits)]


def write(name: str, text: str = "after") -> Edit:
    return lambda root: (root / name).write_text(text)


def save_by_renaming(root: Path) -> None:
    """As many editors do, so that a file is never half-written."""
    (root / "c/sedQ1w2e3").write_text("after")
    (root / "c/sedQ1w2e3").replace(root / "c/page.md")


def try_the_folder(root: Path) -> None:
    """As Vim does before it saves."""
    (root / "c/4913").touch()
    (root / "c/4913").unlink()


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (write("c/page.md"), {"c/page.md"}),
        (write("img/a.png"), {"img/a.png"}),
        (write("new.md"), {"new.md"}),
        (save_by_renaming, {"c/page.md"}),
        (lambda root: (root / "c/page.md").unlink(), {"c/page.md"}),
        (lambda root: (root / "c/page.md").rename(root / "c/leaf.md"), {"c/page.md", "c/leaf.md"}),
        (write(".d2lbook/runs/jax/c/page.json"), {".d2lbook/runs/jax/c/page.json"}),
        (try_the_folder, set()),
        (write("c/.page.md.swp"), set()),
        (write("c/page.md~"), set()),
        (write("c/#page.md#"), set()),
        (write("c/.#page.md"), set()),
        (write(".git/index"), set()),
        (write(".hidden"), set()),
        (write("_build/html/a"), set()),
        (write(".d2lbook/build.lock"), set()),
    ],
)  # fmt: skip
def test_what_is_told(root: Path, edit: Edit, expected: set[str]) -> None:
    assert all_told(root, edit) == [expected]


def test_folders_that_come_and_go_are_watched(root: Path) -> None:
    def move(root: Path) -> None:
        (root / "new").rename(root / "moved")

    def make_again(root: Path) -> None:
        shutil.rmtree(root / "moved")
        (root / "moved").mkdir()

    first, second, third, fourth, fifth, sixth = all_told(
        root,
        lambda root: (root / "new/deep").mkdir(parents=True),
        write("new/deep/page.md"),
        move,
        write("moved/deep/page.md"),
        make_again,
        write("moved/page.md"),
    )
    assert "new" in first
    assert second == {"new/deep/page.md"}
    assert third == {"new", "moved"}
    assert fourth == {"moved/deep/page.md"}
    assert "moved" in fifth
    assert sixth == {"moved/page.md"}


def test_the_state_may_come_later(root: Path) -> None:
    shutil.rmtree(root / ".d2lbook")

    def execute(root: Path) -> None:
        record = root / ".d2lbook/runs/jax/c/page.json"
        record.parent.mkdir(parents=True)
        record.write_text("")

    first, second = all_told(root, execute, write(".d2lbook/runs/jax/c/page.json"))
    assert ".d2lbook" in first
    assert second == {".d2lbook/runs/jax/c/page.json"}


def test_a_burst_of_saves_is_not_as_many_changes(root: Path) -> None:
    def save(root: Path) -> None:
        for number in range(200):
            (root / f"c/{number}.md").write_text("")

    (pieces,) = told(root, save)
    assert len(set().union(*pieces) - {"start", "end-0"}) == 200
    assert len(pieces) < 50


def test_a_system_that_lets_no_more_be_watched(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(*_: Path, **__: object) -> AsyncIterator[set[object]]:
        raise RuntimeError("OS file watch limit reached.")
        yield set()

    async def watch() -> None:
        async for _ in changes(root):
            pass

    monkeypatch.setattr("d2lbook.preview.watching.awatch", refuse)
    with pytest.raises(OutputError, match="watched: OS file watch limit reached; raise the"):
        asyncio.run(watch())


def test_folders_that_are_watched(root: Path) -> None:
    assert sorted(find_folders(root)) == [
        ".",
        ".d2lbook",
        ".d2lbook/runs",
        ".d2lbook/runs/jax",
        ".d2lbook/runs/jax/c",
        "c",
        "img",
    ]
