"""Run as text in every kernel before the first cell; the cells see nothing of it.

Works with nothing but IPython and any Python from 3.8 on. It

- seeds Python at once, NumPy and the frameworks right after a cell has imported
  them (not before: a cell may set variables that an import reads);
- makes figures SVG, with the same bytes each time;
- gives the code of cells names without a process number, as warnings show them;
- knows which line of which cell an error came from;
- lets the exit handlers of cells run, and then ends the process.
"""

from __future__ import annotations

import atexit
import contextlib
import difflib
import importlib.abc
import os
import random
import sys
import traceback
from collections.abc import Callable
from typing import Any

from IPython import get_ipython

SEED: int = globals().get("SEED", 0)


def seed_keras(keras: Any) -> None:
    """Seed Keras and its backend, and leave alone what a cell has seeded by itself."""
    numpy = sys.modules["numpy"]
    python_state, numpy_state = random.getstate(), numpy.random.get_state()
    keras.utils.set_random_seed(SEED)
    random.setstate(python_state)
    numpy.random.set_state(numpy_state)


def seed_tensorflow(tensorflow: Any) -> None:
    tensorflow.random.set_seed(SEED)
    # Keras comes when it is first used, and seeding it seeds TensorFlow again:
    # better now than after a cell has. Where Keras is what imports TensorFlow,
    # it is in the list of modules already, half imported.
    if not {"keras", "tf_keras"} & set(sys.modules):
        with contextlib.suppress(ImportError):
            tensorflow.keras.utils  # noqa: B018


def fix_figures(matplotlib: Any) -> None:
    for parameters in (matplotlib.rcParams, matplotlib.rcParamsDefault):
        parameters["svg.hashsalt"] = "d2lbook"


AFTER_IMPORT: dict[str, Callable[[Any], object]] = {
    "keras": seed_keras,
    "matplotlib": fix_figures,
    "mxnet": lambda mxnet: mxnet.random.seed(SEED),
    "numpy": lambda numpy: numpy.random.seed(SEED),
    "tensorflow": seed_tensorflow,
    "tf_keras": seed_keras,
    "torch": lambda torch: torch.manual_seed(SEED),
}


class AfterImport(importlib.abc.MetaPathFinder):
    """Calls the function of ``AFTER_IMPORT`` once its module has been imported."""

    def __init__(self) -> None:
        self.waiting = dict(AFTER_IMPORT)
        for name in AFTER_IMPORT:
            if name in sys.modules:
                self.waiting.pop(name)(sys.modules[name])

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name not in self.waiting:
            return None
        finders = (finder for finder in sys.meta_path if finder is not self)
        specs = (finder.find_spec(name, path, target) for finder in finders)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is not None and spec.loader is not None:
            self.follow(spec.loader)
        return spec

    def follow(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            after = self.waiting.pop(module.__name__, None)
            if after is not None:
                after(module)

        loader.exec_module = exec_module


class Cells:
    """The code that was compiled, to tell an author's line from a line of a traceback."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.number = 0
        self.source = ""
        self.parts: dict[str, tuple[int, int, str, str]] = {}
        """By name: number of the cell, its lines before the part, the part, what was compiled."""

    def begin(self, info: Any) -> None:
        """A cell is about to run: for ``pre_run_cell`` of IPython."""
        if info.store_history:  # not one that a magic runs in the course of another
            self.number += 1
            self.source = info.raw_cell

    def name(self, raw: str, compiled: str, _count: int) -> str:
        """A name for code that is about to be compiled: for ``get_code_name`` of IPython."""
        name = f"<cell {self.number}>"
        if name in self.parts:
            name = f"<cell {self.number}, part {len(self.parts)}>"
        start = self.source.find(raw.rstrip())
        if start >= 0:
            self.parts[name] = self.number, self.source.count("\n", 0, start), raw, compiled
        return name

    def failing_line(self) -> list[int] | None:
        """Where in the cells the last error was raised: number of the cell and line, from 1.

        The innermost line that is in a cell, as an author can't mend a library.
        """
        self.add_timed_part()
        frames = traceback.walk_tb(getattr(sys, "last_traceback", None))
        places = [(frame.f_code.co_filename, line) for frame, line in frames]
        error = getattr(sys, "last_value", None)
        if isinstance(error, SyntaxError):
            places.append((error.filename or "", error.lineno or 1))
        known = [self.line(name, line) for name, line in places if name in self.parts]
        return known[-1] if known else None

    def add_timed_part(self) -> None:
        """What ``%%time`` compiles on its own account is the cell without the first line."""
        first, _, rest = self.source.partition("\n")
        if first.startswith("%%"):
            part = self.number, 1, rest, self.shell.transform_cell(rest)
            self.parts.update(dict.fromkeys(("<timed exec>", "<timed eval>"), part))

    def line(self, name: str, line: int) -> list[int]:
        """The line of the cell that became this line of the part with this name.

        They differ: IPython drops blank lines at the start and joins continued magics.
        """
        number, before, raw, compiled = self.parts[name]
        matcher = difflib.SequenceMatcher(
            None, compiled.splitlines(), raw.splitlines(), autojunk=False
        )
        same = [block for block in matcher.get_matching_blocks() if block.size]
        nearest = [block for block in same if block.a < line][-1:] or same[:1]
        return [number, before + line + sum(block.b - block.a for block in nearest)]


def prepare(shell: Any) -> None:
    # After the exit handlers of the cells, and before those of ipykernel, which
    # now and then wait for each other.
    atexit.register(os._exit, 0)
    random.seed(SEED)
    sys.meta_path.insert(0, AfterImport())
    shell.config.InlineBackend.figure_formats = {"svg"}
    cells = Cells(shell)
    shell.events.register("pre_run_cell", cells.begin)
    shell.compile.get_code_name = cells.name
    sys.modules[__name__] = cells  # type: ignore[assignment]


if __name__ == "d2lbook_kernel":
    prepare(get_ipython())
