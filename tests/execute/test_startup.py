"""What prepares a kernel, with stand-ins for the frameworks; real kernels run it in test_run."""

from __future__ import annotations

import importlib
import random
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from d2lbook.execute import startup


@pytest.fixture
def after_import(monkeypatch: pytest.MonkeyPatch) -> startup.AfterImport:
    """The hook, asked before all others."""
    hook = startup.AfterImport()
    monkeypatch.setattr(sys, "meta_path", [hook, *sys.meta_path])
    return hook


def test_a_module_is_looked_after_once_it_is_whole(
    after_import: startup.AfterImport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    after_import.waiting["stand_in"] = lambda module: seen.append(module.last)
    (tmp_path / "stand_in.py").write_text("first = 1\nlast = 2")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("stand_in")
    assert seen == [2]
    importlib.reload(module)
    assert seen == [2]
    del sys.modules["stand_in"]


def test_numpy_s_generator_is_seeded_when_it_is_first_used(
    after_import: startup.AfterImport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "numpy"
    package.mkdir()
    (package / "__init__.py").write_text(
        "def __getattr__(name):\n    import numpy.random as random\n    return random\n"
    )
    (package / "random.py").write_text(
        "import random\n"
        "state = None\n"
        "def seed(number): global state; state = number\n"
        "def get_state(): return state\n"
        "def set_state(given): global state; state = given\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("numpy", "numpy.random"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))  # and so what was there comes back
        del sys.modules[name]
    numpy = importlib.import_module("numpy")
    assert "numpy.random" not in sys.modules
    assert numpy.random.get_state() == startup.SEED


def test_a_module_that_is_not_there_is_an_import_error(after_import: startup.AfterImport) -> None:
    after_import.waiting["not_there"] = lambda module: None
    with pytest.raises(ModuleNotFoundError, match="not_there"):
        importlib.import_module("not_there")


def test_a_module_that_was_imported_before_is_looked_after_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seeds: list[int] = []
    torch = ModuleType("torch")
    torch.manual_seed = seeds.append  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    assert "torch" not in startup.AfterImport().waiting
    assert seeds == [startup.SEED]


def test_seeding_keras_leaves_what_a_cell_has_seeded(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = SimpleNamespace(state="by the cell")
    generator.get_state = lambda: generator.state
    generator.set_state = lambda state: setattr(generator, "state", state)
    monkeypatch.setitem(sys.modules, "numpy", SimpleNamespace(random=generator))
    seeds: list[int] = []

    def set_random_seed(seed: int) -> None:
        seeds.append(seed)
        random.seed(seed)
        generator.state = "by keras"

    random.seed(123)
    before = random.getstate()
    startup.seed_keras(SimpleNamespace(utils=SimpleNamespace(set_random_seed=set_random_seed)))
    assert seeds == [startup.SEED]
    assert random.getstate() == before
    assert generator.state == "by the cell"


class TensorFlow:
    """A stand-in that notes what is done to it; Keras comes when it is asked for."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.random = SimpleNamespace(set_seed=lambda seed: self.done.append("seed"))

    @property
    def keras(self) -> SimpleNamespace:
        self.done.append("keras")
        raise ImportError("Keras is optional")


def test_tensorflow_brings_keras_at_once_but_not_while_keras_brings_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tensorflow = TensorFlow()
    startup.seed_tensorflow(tensorflow)
    assert tensorflow.done == ["seed", "keras"]
    monkeypatch.setitem(sys.modules, "tf_keras", ModuleType("tf_keras"))
    tensorflow = TensorFlow()
    startup.seed_tensorflow(tensorflow)
    assert tensorflow.done == ["seed"]


def test_processes_that_are_spawned_look_into_the_working_folder_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def get_preparation_data(name: str, init_main_module: bool = True) -> dict[str, Any]:
        return {"name": name, "sys_path": ["/library"], "main": init_main_module}

    spawn = SimpleNamespace(get_preparation_data=get_preparation_data)
    startup.share_working_folder(spawn)
    expected = {"name": "n", "sys_path": ["/library", str(tmp_path)], "main": False}
    assert spawn.get_preparation_data("n", False) == expected


def test_figures_are_the_same_also_after_their_defaults_are_restored() -> None:
    matplotlib = SimpleNamespace(rcParams={}, rcParamsDefault={"svg.hashsalt": None})
    startup.fix_figures(matplotlib)
    assert matplotlib.rcParams == matplotlib.rcParamsDefault == {"svg.hashsalt": "d2lbook"}
