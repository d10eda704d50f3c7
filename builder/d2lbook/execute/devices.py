"""GPUs: which there are, and what becomes of the notebooks that need one.

No framework is imported to find out, since that takes seconds and would open them.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import takewhile

from d2lbook.book import Notebook
from d2lbook.config import Config
from d2lbook.errors import Problem
from d2lbook.execute.jobs import Execution, code_of
from d2lbook.execute.results import Result
from d2lbook.execute.running_code import running_nodes
from d2lbook.execute.staleness import Found, Object
from d2lbook.source.files import means

MOST = 2
"""No notebook gets more, as with d2lbook: two are enough to show how several work."""

DEVICE = re.compile(r"(?:cuda|gpu|/(?:device:)?gpu)(?::(\d+))?", re.IGNORECASE)
"""Names that PyTorch, JAX and TensorFlow have for GPUs."""

MENTIONED = re.compile("cuda|gpu", re.IGNORECASE)
"""Whatever asks for a GPU has this in it."""

SECONDS_TO_LIST = 30
LISTED = re.compile(r"^\s*(GPU|MIG)\b.*?(\d+):.*\(UUID: ([\w-]+)\)", re.M)
"""A line of ``nvidia-smi -L``: a GPU, or a part of one that is used like one."""


def find_gpus() -> tuple[str, ...]:
    """The GPUs that this process may use, by the names that CUDA has for them."""
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is None:
        return _listed_gpus()
    # CUDA heeds the names before the first that is none.
    names = (name.strip() for name in given.split(","))
    return tuple(takewhile(lambda name: name not in {"", "-1"}, names))


@cache
def _listed_gpus() -> tuple[str, ...]:
    program = shutil.which("nvidia-smi")
    if not program:
        return ()
    try:
        told = subprocess.run(
            [program, "-L"], capture_output=True, text=True, check=False, timeout=SECONDS_TO_LIST
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return parse_list(told.stdout)


def parse_list(text: str) -> tuple[str, ...]:
    """What ``nvidia-smi -L`` has told → names for CUDA: of parts where GPUs are parted."""
    found = LISTED.findall(text)
    parts = tuple(name for kind, _, name in found if kind == "MIG")
    return parts or tuple(number for _, number, _ in found)


def gpus_needed(config: Config, notebook: Notebook) -> int:
    """How many GPUs a notebook needs, by ``[execute] gpu`` or as its code shows."""
    pages = config.execute.gpu
    if pages is None:
        return gpus_in_code(code_of(notebook))
    if any(means(pattern, notebook.page) for pattern in pages):
        return max(1, gpus_in_code(code_of(notebook)))
    return 0


def without_gpu(config: Config, found: Sequence[Found], gpus: Callable[[], int]) -> list[Found]:
    """The same, but what is to be executed, needs a GPU and gets none is skipped or has failed.

    ``gpus`` tells how many there are.
    """
    decided = list(found)
    if config.execute.without_gpu == "run":
        return decided
    for index, each in enumerate(found):
        if each.execution is None and gpus_needed(config, each.notebook) and not gpus():
            decided[index] = replace(each, execution=_declined(config, each.notebook))
    return decided


def made_without_gpu(config: Config, gpus: Callable[[], int]) -> Object:
    """Objects to a result that was made without the GPU it needs where there is one now.

    ``gpus`` tells how many there are.
    """

    def object_to(notebook: Notebook, result: Result) -> str:
        is_needed = not result.has_gpu and gpus_needed(config, notebook)
        return "it was executed without a GPU, and now there is one" if is_needed and gpus() else ""

    return object_to


def _declined(config: Config, notebook: Notebook) -> Execution:
    problem = Problem(
        what="it needs a GPU, and there is none",
        place=notebook.page.place(0),
        remedy="[execute] without_gpu = run executes it all the same",
        tab=notebook.tab,
    )
    if config.execute.without_gpu == "fail":
        return Execution(notebook=notebook, status="failed", problem=problem)
    skipped = replace(problem, what=f"{problem.what}: its page is shown without outputs")
    return Execution(notebook=notebook, status="skipped", notes=(skipped,))


def gpus_in_code(cells: Sequence[str]) -> int:
    """How many GPUs the code asks for; functions that are only defined ask for none."""
    if not any(MENTIONED.search(cell) for cell in cells):  # parsing all of a book takes long
        return 0
    calls = (node for node in running_nodes(cells) if isinstance(node, ast.Call))
    return min(MOST, max((count for call in calls for count in _asked_by(call)), default=0))


def _asked_by(call: ast.Call) -> Iterator[int]:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    if name in {"gpu", "try_gpu", "cuda"} and (first is None or isinstance(first, int)):
        yield 1 + (first or 0)
    elif name == "try_all_gpus":
        yield MOST
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            match = DEVICE.fullmatch(argument.value)
            yield 1 + int(match[1] or 0) if match else 0
    for keyword in call.keywords:
        value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        if (keyword.arg or "").endswith("gpus") and isinstance(value, int):
            yield value
