"""What may run is found by names, nothing is executed."""

from __future__ import annotations

import ast

import pytest
from d2lbook.execute.running_code import running_nodes

FUNCTION = "def f(x):\n    return ask(x)"
METHOD = "class Net(Base):\n    def __init__(self):\n        super().__init__()\n        ask()"


@pytest.mark.parametrize(
    ("cells", "runs"),
    [
        (["ask()"], True),
        (["if x:\n    y = [ask()]"], True),
        (["ask("], False),
        ([FUNCTION], False),
        ([FUNCTION, "f(1)"], True),
        (["f(1)", FUNCTION], True),
        ([FUNCTION, "tune(objective=f)"], True),
        ([FUNCTION, "d2l.f(1)"], True),
        ([FUNCTION, "%timeit f(1)"], True),
        ([FUNCTION, "# f(1)\nf = 'f(1)'"], False),
        ([f"async {FUNCTION}"], False),
        (["def f(x=ask()): pass"], True),
        (["@ask()\ndef f(x): pass"], True),
        ([f"@add_to_class(Net)\n{FUNCTION}"], True),
        ([FUNCTION, "def g():\n    f(1)"], False),
        ([FUNCTION, "def g():\n    f(1)", "g()"], True),
        (["def f(x):\n    return f(ask())"], False),
        (["def f():\n    def g():\n        ask()\n    return 1", "f()"], False),
        (["class Net:\n    x = ask()"], True),
        ([METHOD], False),
        ([METHOD, "net = Net()"], True),
        ([METHOD, "class Larger(Net): pass"], True),
        (["class Net:\n    def f(self, x=ask()): pass"], True),
        (["f = lambda x: ask(x)"], False),
        (["f = lambda x=ask(): x"], True),
        (["f = lambda x: ask(x)", "f(1)"], True),
        (["map(lambda x: ask(x), y)"], True),
    ],
)
def test_what_may_run(cells: list[str], runs: bool) -> None:
    calls = [node for node in running_nodes(cells) if isinstance(node, ast.Call)]
    assert ("ask" in [getattr(call.func, "id", "") for call in calls]) == runs
