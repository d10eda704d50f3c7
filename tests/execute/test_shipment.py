"""What a machine of a cluster gets and does; here the machine is this one, with other caches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from d2lbook import __version__
from d2lbook.config import Config, read_config
from d2lbook.errors import ClusterFault, EnvironmentFault
from d2lbook.execute.environments import find_environment
from d2lbook.execute.jobs import Execution, Job, Observer
from d2lbook.execute.shipment import execute_shipped, pack, unpack

from tests.conftest import MakeBook
from tests.execute.conftest import Machine
from tests.execute.workbench import notebook, printed

FILES = {
    "config.ini": "[build]\nresources = data\n",
    "index.md": "# Book\n",
    "util/__init__.py": "from util.more import answer",
    "util/more.py": "answer = 42",
    "data/table.csv": "7",
    "_build/old.txt": "",
    ".d2lbook/old.txt": "",
}


@pytest.fixture
def config(make_book: MakeBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("D2LBOOK_CACHE", str(tmp_path / "cache"))
    return read_config(make_book(FILES))[0]


def job(config: Config, *cells: str) -> Job:
    made = notebook(*cells)
    nowhere = Path("/nowhere")
    return Job(
        notebook=made,
        environment=find_environment(config, made.tab),
        folder=nowhere,
        modules=nowhere,
        compiled=nowhere,
        seed=0,
        cell_timeout=60,
        notebook_timeout=60,
    )


def test_a_shipment_has_what_notebooks_need_and_is_unpacked_once(config: Config) -> None:
    content = pack(config)
    folder = unpack(content)
    files = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    assert files == {"config.ini", "data/table.csv", "util/__init__.py", "util/more.py"}
    (folder / "mark").touch()
    for file in config.root.rglob("*"):
        file.touch()
    assert (unpack(pack(config)) / "mark").exists()
    (config.root / "data/table.csv").write_text("8")
    assert not (unpack(pack(config)) / "mark").exists()


def test_a_notebook_finds_there_what_it_finds_here(config: Config) -> None:
    told: list[str] = []

    class Recorder(Observer):
        def started(self, notebook: object) -> None:
            told.append("started")

        def cell(self, notebook: object, number: int, total: int) -> None:
            told.append(f"{number}/{total}")

    wanted = job(config, "import util", "print(util.answer, open('../data/table.csv').read())")
    done = execute_shipped(pack(config), wanted, __version__, Recorder())
    assert isinstance(done, Execution)
    assert done.status == "executed"
    assert printed(done) == "42 7\n"
    assert told == ["started", "1/2", "2/2"]


def test_machines_with_another_version_or_python_say_so(config: Config) -> None:
    content, wanted = pack(config), job(config, "1")
    fault = execute_shipped(content, wanted, "0.0.0", Observer())
    assert isinstance(fault, ClusterFault)
    assert f"has d2lbook2 {__version__}, and this machine 0.0.0" in str(fault)
    other = replace(wanted, environment=replace(wanted.environment, digest="other"))
    fault = execute_shipped(content, other, __version__, Observer())
    assert isinstance(fault, EnvironmentFault)
    assert "has another Python for 'python' than this machine" in str(fault)


def test_the_environment_is_made_there(make_book: MakeBook, machine: Machine) -> None:
    book = {
        "config.ini": "[env python]\nrequirements = lock.txt\n",
        "lock.txt": "-r locks/base.txt\n",
        "locks/base.txt": "ipykernel\n",
    }
    config, _ = read_config(make_book(book))
    wanted = job(config, "1")
    assert not wanted.environment.python.exists()
    done = execute_shipped(pack(config), wanted, __version__, Observer())
    assert isinstance(done, Execution)
    assert done.problem
    assert done.problem.what == "the kernel does not start"  # its ipykernel is an empty one
    assert wanted.environment.python.exists()
