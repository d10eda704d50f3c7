"""Locks made from short input files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from d2lbook.config import Config
from d2lbook.document.made_with import made_with
from d2lbook.errors import EnvironmentFault
from d2lbook.execute.environments import make_environments
from d2lbook.execute.locks import make_lock, without

from tests.execute.conftest import PYTHON, Machine, MakeConfig
from tests.execute.packages import add_to_index, make_wheel
from tests.execute.test_installer import versions


@pytest.fixture
def index(machine: Machine, tmp_path: Path) -> Path:
    """An index beside the folder of wheels."""
    index = tmp_path / "index"
    add_to_index(index, "ipykernel")
    machine.pip_conf.write_text(
        f"[global]\nindex-url = {index.as_uri()}\nfind-links = {machine.wheels}\n"
    )
    return index


def book(configure: MakeConfig, required: str, more: str = "") -> Config:
    config = configure({"one": f"requirements = one.txt\npython = {PYTHON}\n{more}"})
    (config.root / "one.in").write_text(required)
    return config


def lock(config: Config, *, upgrade: bool = False) -> list[str]:
    path = make_lock(config, "one", upgrade=upgrade)
    assert path == config.root / "one.txt"
    return path.read_text().splitlines()


def first_line(day: date) -> str:
    return f"# Made from one.in for Python {PYTHON} on {day} by: d2lbook env lock"


def names(lines: list[str]) -> list[str]:
    return [line.split()[0] for line in lines if line[0] not in "# "]


def test_a_lock_names_every_package_with_its_hash(index: Path, configure: MakeConfig) -> None:
    add_to_index(index, "alpha", requires="beta>=1")
    add_to_index(index, "beta", "1.5")
    lines = lock(book(configure, "# what for\nipykernel\nalpha\n"))
    assert lines[0] == first_line(date.today())
    assert names(lines) == ["alpha==1.0", "beta==1.5", "ipykernel==1.0"]
    assert sum(line.startswith("    --hash=sha256:") for line in lines) == 3
    assert str(index.parent) not in "".join(lines)


def test_a_lock_knows_no_folder_of_this_machine(
    machine: Machine, index: Path, configure: MakeConfig
) -> None:
    """Locked by the index; installed from the folder, whose build needs less."""
    add_to_index(index, "frame", "1.0", requires="cuda_part==1.0")
    add_to_index(index, "cuda_part", "1.0")
    make_wheel(machine.wheels, "frame", "1.0+cpu")
    config = book(configure, "ipykernel\nframe\n", "unlocked = CUDA_*, nvidia-*")
    assert lock(config) == [
        first_line(date.today()),
        "# Left to the exact pins of what needs them: CUDA_*, nvidia-*",
        "frame==1.0",
        "ipykernel==1.0",
    ]
    made = make_environments(config, ["one"], lambda _: None)["one"]
    assert versions(made) == {"frame": "1.0+cpu", "ipykernel": "1.0"}


def test_a_lock_installs_with_what_it_leaves_to_others(
    machine: Machine, index: Path, configure: MakeConfig
) -> None:
    add_to_index(index, "frame", "1.0", requires="cuda_part==1.0")
    add_to_index(index, "cuda_part", "1.0")
    add_to_index(index, "cuda_part", "2.0")
    config = book(configure, "ipykernel\nframe\n", "unlocked = cuda-*")
    lock(config)
    made = make_environments(config, ["one"], lambda _: None)["one"]
    assert versions(made) == {"frame": "1.0", "cuda_part": "1.0", "ipykernel": "1.0"}


def test_no_dependencies(index: Path, configure: MakeConfig) -> None:
    add_to_index(index, "alpha", requires="heavy")
    config = book(configure, "ipykernel\nalpha\n", "no_dependencies = alpha")
    lines = lock(config)
    assert names(lines) == ["alpha==1.0", "ipykernel==1.0"]
    assert lines[1] == "# Without the dependencies of alpha: pip needs --no-deps"
    made = make_environments(config, ["one"], lambda _: None)["one"]
    assert versions(made) == {"alpha": "1.0", "ipykernel": "1.0"}


def test_versions_are_kept_unless_asked(index: Path, configure: MakeConfig) -> None:
    add_to_index(index, "alpha", "1.0")
    config = book(configure, "alpha\n")
    before = lock(config)
    add_to_index(index, "alpha", "2.0")
    assert lock(config) == before
    assert names(lock(config, upgrade=True)) == ["alpha==2.0"]


def test_the_day_is_that_of_the_packages(index: Path, configure: MakeConfig) -> None:
    """Made again, a lock stays as it is until a package changes."""
    add_to_index(index, "alpha", "1.0")
    config = book(configure, "alpha\n")
    lock(config)
    path = config.root / "one.txt"
    old = date(2026, 1, 31)
    path.write_text(path.read_text().replace(str(date.today()), str(old)))
    assert lock(config)[0] == first_line(old)
    made = made_with(config, "one")
    assert made
    assert made.locked == "2026-01-31"
    add_to_index(index, "alpha", "2.0")
    assert lock(config)[0] == first_line(old)
    assert lock(config, upgrade=True)[0] == first_line(date.today())


def test_no_input_file(configure: MakeConfig) -> None:
    config = configure({"one": "requirements = envs/one.txt"})
    with pytest.raises(EnvironmentFault) as fault:
        make_lock(config, "one")
    assert str(fault.value).startswith(
        "config.ini:4: error: [one] there is no one.in beside envs/one.txt to make it from; "
    )


def test_a_lock_does_not_replace_what_it_is_made_from(configure: MakeConfig) -> None:
    config = configure({"one": "requirements = one.in"})
    (config.root / "one.in").write_text("mine\n")
    with pytest.raises(EnvironmentFault, match=r"config.ini:4: error: .* name the lock one.txt"):
        make_lock(config, "one")
    assert (config.root / "one.in").read_text() == "mine\n"


def test_nothing_fits(index: Path, configure: MakeConfig) -> None:
    config = book(configure, "ipykernel==99\n")
    (config.root / "one.txt").write_text("ipykernel==1.0\n")
    with pytest.raises(EnvironmentFault) as fault:
        make_lock(config, "one")
    assert str(fault.value).startswith("one.in: error: [one] there are no versions that fit")
    assert "ipykernel==99" in str(fault.value)
    assert (config.root / "one.txt").read_text() == "ipykernel==1.0\n"


def test_a_tab_without_requirements_has_no_lock(configure: MakeConfig) -> None:
    assert make_lock(configure({"one": ""}), "one") is None


def test_without() -> None:
    text = """\
# a comment
alpha==1.0 ; sys_platform == 'linux' \\
    --hash=sha256:01
nvidia-cublas==1 \\
    --hash=sha256:02 \\
    --hash=sha256:03
nvidia_x==2
omega==3
"""
    assert (
        without(text, ["nvidia-*", "OMEGA"])
        == """\
# a comment
alpha==1.0 ; sys_platform == 'linux' \\
    --hash=sha256:01
"""
    )
    assert without(text, []) == text
