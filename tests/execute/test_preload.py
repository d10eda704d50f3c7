"""Which modules are imported before kernels start; that they are, is in ``test_warm_kernels``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from d2lbook.execute.preload import CHANGES_IMPORTS, imports_at_once, preloads

from tests.execute.workbench import Workbench, environment, notebook


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import torch\nimport numpy as np, os.path", ["torch", "numpy", "os.path"]),
        ("from torch import nn, Tensor", ["torch", "torch.nn", "torch.Tensor"]),
        ("%matplotlib inline\nimport jax\n!pip list\nimport flax", ["jax", "flax"]),
        ("try:\n    import torch\nexcept ImportError:\n    import jax", ["torch"]),
        ("with open('x') as f:\n    import torch", ["torch"]),
        ("def f():\n    import torch\nif x:\n    import jax", []),
        ("from . import torch\nfrom .jax import nn", []),
        ("from __future__ import annotations\nimport IPython.display, ipykernel", []),
        ("from matplotlib_inline import backend_inline", []),
        ("import = torch", []),
        ("%%bash\nimport torch", []),
    ],
)
def test_what_is_imported_whenever_the_code_is_run(code: str, names: list[str]) -> None:
    assert list(imports_at_once(code)) == names


@pytest.mark.parametrize(
    "code",
    [
        "os.environ['KERAS_BACKEND'] = 'jax'",
        'environ["X"]="1"',
        "os.environ.update(X='1')",
        "os.environ.setdefault('X', '1')",
        "os.putenv('X', '1')",
        "%env X=1",
        "%env X 1",
        "%set_env X 1",
        "sys.path.insert(0, '..')",
        "sys.path += ['..']",
        "sys.modules['torch'] = None",
    ],
)
def test_code_that_changes_what_imports_do(code: str) -> None:
    assert CHANGES_IMPORTS.search(code)


@pytest.mark.parametrize(
    "code",
    [
        "print(os.environ['HOME'], os.environ.get('X'))",
        "os.environ['X'] == '1'",
        "%env",
        "%env HOME",
        "print(sys.path, sys.modules)",
        "environment['x'] = 1",
    ],
)
def test_code_that_only_looks(code: str) -> None:
    assert not CHANGES_IMPORTS.search(code)


def test_the_notebooks_of_a_tab_share_what_any_of_them_imports(tmp_path: Path) -> None:
    bench = Workbench(tmp_path, "[build]\ntabs = a, b, c, d\n", tabs=("a", "b", "c", "d"))
    bench.write("d2l/__init__.py", "")
    bench.write("d2l/one.py", "import collections\nfrom d2l import two\nimport pandas")
    bench.write("d2l/two.py", "import numpy")
    bench.environments |= {
        "c": replace(environment("c"), preload=("json", "d2l.one")),
        "d": replace(environment("d"), preload=()),
    }
    notebooks = [
        notebook("import torch", "from d2l import one", tab="a"),
        notebook("import json", page="2", tab="a"),
        notebook("import os\nos.environ['X'] = 'y'\nimport torch", page="3", tab="a"),
        notebook("1", tab="b"),
        notebook("import torch", tab="c"),
        notebook("import torch", tab="d"),
    ]
    of_a = ("torch", "collections", "pandas", "numpy", "json", "os")
    found = preloads(bench.config, notebooks, bench.environments)
    assert found == [of_a, of_a, (), (), ("json", "d2l.one"), None]
