"""Making the environments of the tabs."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from d2lbook.errors import ConfigError, EnvironmentFault
from d2lbook.execute.environments import (
    Environment,
    Progress,
    find_environment,
    is_ready,
    make_environments,
    prune_environments,
)
from d2lbook.execute.interpreters import base_of, inspect

from tests.execute.conftest import PYTHON, Machine, MakeConfig
from tests.execute.packages import make_wheel


def ignore(_: Progress) -> None:
    pass


def run(environment: Environment, code: str) -> str:
    command = [str(environment.python), "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def problem_of(fault: pytest.ExceptionInfo[EnvironmentFault]) -> str:
    return fault.value.problems[0].line()


def folders(machine: Machine) -> list[str]:
    """What lies among the environments, but for the lock files."""
    found = machine.environments.glob("*")
    return sorted(path.name for path in found if path.suffix != ".lock")


def test_makes_what_is_missing(machine: Machine, configure: MakeConfig) -> None:
    make_wheel(machine.wheels, "alpha", "1.0")
    make_wheel(machine.wheels, "alpha", "2.0")
    config = configure(
        {
            "one": f"requirements = one.txt\npython = {PYTHON}\nvariables = NAME=value",
            "two": "requirements = two.txt\npreload = alpha",
        },
        one="ipykernel==1.0\nalpha==1.0\n",
        two="ipykernel==1.0\nalpha==2.0\n",
    )
    steps: list[Progress] = []
    made = make_environments(config, config.tabs, steps.append)

    assert run(made["one"], "import alpha; print(alpha.__version__)") == "1.0"
    assert run(made["two"], "import alpha; print(alpha.__version__)") == "2.0"
    assert folders(machine) == [f"{tab}-{made[tab].digest}" for tab in ("one", "two")]
    assert made["one"].variables == {"NAME": "value"}
    assert made["two"].preload == ("alpha",)
    assert {step.tab for step in steps if step.finished} == {"one", "two"}
    assert any(step.text == "compiling bytecode" for step in steps)


def test_bytecode_is_compiled_and_valid_at_the_final_place(
    machine: Machine, configure: MakeConfig
) -> None:
    config = configure({"one": "requirements = one.txt"}, one="ipykernel")
    environment = make_environments(config, ["one"], ignore)["one"]
    assert environment.folder
    (compiled,) = environment.folder.rglob("ipykernel/__pycache__/*.pyc")
    before = compiled.stat()
    module = Path(run(environment, "import ipykernel; print(ipykernel.__file__)"))
    assert module.is_relative_to(environment.folder)
    assert compiled.stat().st_mtime_ns == before.st_mtime_ns
    assert compiled.stat().st_ino == before.st_ino


def test_does_nothing_when_all_is_ready(
    machine: Machine, configure: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configure({"one": f"requirements = one.txt\npython = {PYTHON}"}, one="ipykernel")
    assert not is_ready(find_environment(config, "one"))
    made = make_environments(config, ["one"], ignore)

    def forbidden(*words: object, **named: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", forbidden)
    steps: list[Progress] = []
    assert is_ready(find_environment(config, "one"))
    assert make_environments(config, ["one"], steps.append) == made
    assert not steps


def test_books_with_the_same_lock_share_an_environment(
    machine: Machine, configure: MakeConfig, tmp_path: Path
) -> None:
    section = {"one": "requirements = one.txt"}
    first = make_environments(configure(section, one="ipykernel"), ["one"], ignore)
    shutil.rmtree(tmp_path / "book")
    second = configure(section, one="# said differently\nipykernel\n")
    assert find_environment(second, "one") == first["one"]


@pytest.mark.parametrize(
    ("section", "requirements"),
    [
        ("requirements = one.txt", "ipykernel==1.0"),
        ("requirements = one.txt\nno_dependencies = alpha", "ipykernel"),
        ("requirements = one.txt\npython = 3.12.1", "ipykernel"),
    ],
)
def test_other_requirements_make_another_environment(
    machine: Machine, configure: MakeConfig, section: str, requirements: str
) -> None:
    plain = configure({"one": "requirements = one.txt"}, one="ipykernel")
    digest = find_environment(plain, "one").digest
    assert find_environment(configure({"one": section}, one=requirements), "one").digest != digest


@pytest.mark.parametrize("line", ["-r base.txt", "-cbase.txt", "--requirement=base.txt"])
def test_what_a_file_of_requirements_takes_in_counts(
    machine: Machine, configure: MakeConfig, line: str
) -> None:
    config = configure({"one": "requirements = one.txt"}, one=f"{line}\nipykernel\n")
    with pytest.raises(EnvironmentFault, match=r"can't read base\.txt"):
        find_environment(config, "one")
    (config.root / "base.txt").write_text("alpha==1.0\n-r one.txt\n")
    first = find_environment(config, "one").digest
    (config.root / "base.txt").write_text("alpha==2.0\n")
    assert find_environment(config, "one").digest != first


def test_an_interpreter_is_the_same_wherever_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = inspect(sys.executable)
    (tmp_path / "stray-1.0.dist-info").mkdir()
    (tmp_path / "stray-1.0.dist-info" / "METADATA").write_text("Name: stray\nVersion: 1.0\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    inspect.cache_clear()
    assert inspect(sys.executable) == before


def test_no_dependencies(machine: Machine, configure: MakeConfig) -> None:
    make_wheel(machine.wheels, "alpha", requires="not-there-at-all")
    section = "requirements = one.txt\n"
    config = configure({"one": section}, one="ipykernel\nalpha\n")
    with pytest.raises(EnvironmentFault, match="not-there-at-all"):
        make_environments(config, ["one"], ignore)
    config = configure({"one": f"{section}no_dependencies = Alpha"}, one="ipykernel\nalpha\n")
    made = make_environments(config, ["one"], ignore)
    assert run(made["one"], "import alpha; print(alpha.__version__)") == "1.0"


def test_a_package_that_fails_stops_only_its_own_tab(
    machine: Machine, configure: MakeConfig
) -> None:
    config = configure(
        {"bad": "requirements = bad.txt", "good": "requirements = good.txt"},
        bad="ipykernel\nnot-there-at-all==3.1\n",
        good="ipykernel",
    )
    with pytest.raises(EnvironmentFault) as fault:
        make_environments(config, config.tabs, ignore)
    first, *detail = problem_of(fault).splitlines()
    assert first.startswith("config.ini:4: error: [bad] bad.txt can't be installed; mend it")
    assert "not-there-at-all" in "".join(detail)
    assert ".making-" not in "".join(detail)
    assert len(fault.value.problems) == 1
    assert folders(machine) == [f"good-{find_environment(config, 'good').digest}"]


def test_requirements_without_a_kernel(machine: Machine, configure: MakeConfig) -> None:
    make_wheel(machine.wheels, "alpha")
    config = configure({"one": "requirements = one.txt"}, one="alpha")
    with pytest.raises(EnvironmentFault) as fault:
        make_environments(config, ["one"], ignore)
    assert problem_of(fault).startswith("config.ini:4: error: [one] there is no ipykernel in one")
    assert not folders(machine)


def test_missing_requirements(machine: Machine, configure: MakeConfig) -> None:
    config = configure({"one": "python = 3.11\nrequirements = envs/one.txt"})
    with pytest.raises(EnvironmentFault) as fault:
        make_environments(config, ["one"], ignore)
    assert problem_of(fault) == (
        "config.ini:5: error: [one] can't read envs/one.txt: No such file or directory; "
        "make it with d2lbook env lock"
    )


def test_a_python_that_is_not_there(machine: Machine, configure: MakeConfig) -> None:
    config = configure({"one": "python = 3.999\nrequirements = one.txt"}, one="ipykernel")
    with pytest.raises(EnvironmentFault) as fault:
        make_environments(config, ["one"], ignore)
    assert problem_of(fault).startswith(
        "config.ini:4: error: [one] no environment can be made with Python 3.999; install that"
    )


@pytest.mark.parametrize("python", ["3.11", "python3"])
def test_a_python_that_is_no_path_needs_requirements(configure: MakeConfig, python: str) -> None:
    with pytest.raises(ConfigError, match=rf"config.ini:4: error: .* can't be '{python}' here"):
        find_environment(configure({"one": f"python = {python}"}), "one")


def test_without_a_section_the_interpreter_is_this_one(configure: MakeConfig) -> None:
    environment = find_environment(configure({"one": ""}), "one")
    assert environment.python == Path(sys.executable)
    assert environment.folder is None
    assert is_ready(environment)


def test_an_interpreter_is_used_as_it_is(configure: MakeConfig, tmp_path: Path) -> None:
    config = configure({"one": "python = bin/python"})
    packages = '"IPykernel==7.0", "NumPy==2.0", "PaddlePaddle_GPU==3.0", "Torch==2.9"'
    make_interpreter(tmp_path / "book/bin/python", packages)
    environment = make_environments(config, ["one"], ignore)["one"]
    assert environment.python == tmp_path / "book/bin/python"
    assert environment.folder is None
    assert environment.versions == {"python": "3.11.7", "torch": "2.9", "paddlepaddle-gpu": "3.0"}


def test_an_interpreter_is_the_base_of_requirements(
    machine: Machine, configure: MakeConfig
) -> None:
    config = configure(
        {"one": f"python = {sys.executable}\nrequirements = one.txt"}, one="ipykernel"
    )
    environment = make_environments(config, ["one"], ignore)["one"]
    assert environment.python.is_relative_to(machine.environments)
    base = "import sys; print(sys.base_prefix)"
    assert run(environment, base) == sys.base_prefix


@pytest.mark.parametrize(
    ("python", "own"), [(PYTHON, True), (PYTHON[:-1], False), (f"{PYTHON}.999", False)]
)
def test_the_python_that_runs_here_need_not_be_found(
    configure: MakeConfig, python: str, own: bool
) -> None:
    """It may be nowhere that uv looks."""
    config = configure({"one": f"python = {python}\nrequirements = one.txt"}, one="ipykernel")
    base = base_of(config, "one")
    assert base.python == (sys.executable if own else python)
    assert (base.version, base.identity) == (python, python)


def test_an_interpreter_without_a_kernel(configure: MakeConfig, tmp_path: Path) -> None:
    config = configure({"one": "python = bin/bare"})
    python = make_interpreter(tmp_path / "book/bin/bare", packages='"numpy==2.0"')
    with pytest.raises(EnvironmentFault) as fault:
        find_environment(config, "one")
    assert problem_of(fault) == (
        f"config.ini:4: error: [one] there is no ipykernel in {python}; "
        "add ipykernel, which runs notebooks, to it"
    )


def test_an_interpreter_that_is_none(configure: MakeConfig, tmp_path: Path) -> None:
    for name in ("/bin/false", "not/there/python"):
        with pytest.raises(EnvironmentFault, match=f"{name} is no Python that runs"):
            find_environment(configure({"one": f"python = {name}"}), "one")


def test_an_environment_whose_python_is_gone_is_made_again(
    machine: Machine, configure: MakeConfig
) -> None:
    config = configure({"one": "requirements = one.txt"}, one="ipykernel")
    environment = make_environments(config, ["one"], ignore)["one"]
    environment.python.unlink()
    assert not is_ready(environment)
    make_environments(config, ["one"], ignore)
    assert run(environment, "print('here')") == "here"


def test_something_else_in_the_way(machine: Machine, configure: MakeConfig) -> None:
    config = configure({"one": "requirements = one.txt"}, one="ipykernel")
    folder = find_environment(config, "one").folder
    assert folder
    (folder / "work").mkdir(parents=True)
    with pytest.raises(EnvironmentFault) as fault:
        make_environments(config, ["one"], ignore)
    assert f"can't write {folder}: something else lies there" in problem_of(fault)
    assert folders(machine) == [folder.name]
    assert (folder / "work").is_dir()


def test_a_cache_that_can_not_be_written(
    machine: Machine, configure: MakeConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("D2LBOOK_CACHE", str(tmp_path / "file"))
    config = configure({"one": "requirements = one.txt"}, one="ipykernel")
    with pytest.raises(EnvironmentFault) as fault:
        make_environments(config, ["one"], ignore)
    assert "D2LBOOK_CACHE can name another folder" in problem_of(fault)


def test_prune_deletes_what_the_book_does_not_need(machine: Machine, configure: MakeConfig) -> None:
    section = {"one": "requirements = one.txt"}
    old = make_environments(configure(section, one="ipykernel"), ["one"], ignore)["one"]
    config = configure(section, one="ipykernel==1.0")
    new = make_environments(config, ["one"], ignore)["one"]
    foreign = machine.environments / "one-0123456789abcdef"
    foreign.mkdir()
    other = machine.environments / "another"
    other.mkdir()
    (other / "d2lbook.json").write_text('{"mine": "no"}')
    left = machine.environments / f".making-one-{old.digest}-abcdefgh"
    left.mkdir()

    assert [stored.digest for stored in prune_environments(config)] == [old.digest]
    assert folders(machine) == ["another", foreign.name, f"one-{new.digest}"]
    assert [stored.digest for stored in prune_environments(None)] == [new.digest]
    assert folders(machine) == ["another", foreign.name]


def test_prune_that_may_not_delete(
    machine: Machine, configure: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = configure({"one": "requirements = one.txt"}, one="ipykernel")
    made = make_environments(config, ["one"], ignore)

    def forbidden(path: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "rename", forbidden)
    with pytest.raises(EnvironmentFault, match=f"can't delete {made['one'].folder}: Permission"):
        prune_environments(None)
    assert is_ready(made["one"])


def make_interpreter(path: Path, packages: str) -> Path:
    """A program that says of itself what an interpreter would say."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho \'{{"version": "3.11.7", "packages": [{packages}]}}\'\n')
    path.chmod(0o755)
    return path
