"""``parameters.md`` says the truth: about what its cells show, and beyond that.

The cells run here as plain Python, without the tool's kernels, and with several
seeds: no sentence may hold by the luck of one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from d2lbook.pipeline import Build

from tests.book.frameworks import CONFIG, run_in

PAGE = "chapter_builders-guide/parameters"
SEEDS = (0, 1, 2)

RUN = """
import ast, contextlib, io, json, random, sys

def run(source, scope):
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "cell", "exec"), scope)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), scope) if last else None
    return {"printed": printed.getvalue().splitlines(), "value": repr(value)}

def run_all(sources, seed):
    random.seed(seed)
    scope = {}
    return [run(source, scope) for source in sources]

given = json.load(sys.stdin)
print(json.dumps([run_all(given["sources"], seed) for seed in given["seeds"]]))
"""

TABS = pytest.mark.parametrize("tab", CONFIG.tabs)

BEYOND = {
    "pytorch": """
params = dict(tied.named_parameters())
assert '2.weight' in params and '4.weight' not in params
assert {'2.weight', '4.weight'} <= set(tied.state_dict())
clone = copy.deepcopy(tied)
assert clone[2] is clone[4] and clone[2] is not tied[2]
try:
    net[2].bias.fill_(1)
except RuntimeError:
    pass
else:
    raise AssertionError('changed outside torch.no_grad')
wide = nn.Linear(100, 200)
for param in wide.parameters():
    assert 0.09 < param.abs().max() <= 0.1
""",
    "mxnet": """
bias.grad_req = 'add'
for _ in range(2):
    with autograd.record():
        loss = net(X).sum()
    loss.backward()
assert bias.grad() == 4
wide = nn.Dense(200, in_units=100)
wide.initialize()
assert 0.06 < abs(wide.weight.data()).max() <= 0.07 and not wide.bias.data().any()
""",
    "jax": """
assert 'layers_4' not in tied_params
assert untied_params['layers_4'] is untied_params['layers_2']
assert not jnp.allclose(second, third)
wide = nn.Dense(200).init(d2l.get_key(), jnp.ones((1, 100)))['params']
assert 0.009 < wide['kernel'].var() < 0.011 and not wide['bias'].any()
from flax import nnx
linear = nnx.Linear(3, 4, rngs=nnx.Rngs(0))
assert linear.bias.shape == (4,)
structure, values = nnx.split(linear)
assert len(jax.tree.leaves(values)) == 2
""",
    "tensorflow": """
assert tf.keras.__version__.startswith('3.')
assert isinstance(bias.value, tf.Variable)
sequence = tf.keras.Sequential([layers.Dense(4), shared, shared, layers.Dense(1)])
sequence(X)
assert sequence.layers.count(shared) == 2 and len(sequence.weights) == 6
wide = layers.Dense(200)
wide(tf.ones((1, 100)))
limit = (6 / 300) ** 0.5
assert 0.9 * limit < abs(wide.kernel.numpy()).max() <= limit and not wide.bias.numpy().any()
""",
}
"""What the text says of a framework and no cell shows; runs after the cells."""


@cache
def sources(tab: str) -> list[str]:
    cells = Build(CONFIG, (tab,), pytest.fail).notebooks[tab][PAGE].code_cells()
    return [cell.source for cell in cells]


@cache
def results(tab: str) -> Any:
    return run_in(tab, RUN, {"sources": [*sources(tab), BEYOND[tab]], "seeds": SEEDS})


def outputs(tab: str, text: str) -> list[dict[str, Any]]:
    """With each seed, what the cell printed and showed in which this text stands first."""
    index = next(number for number, source in enumerate(sources(tab)) if text in source)
    return [run[index] for run in results(tab)]


@TABS
def test_bias_starts_random_in_pytorch_and_at_zero_elsewhere(tab: str) -> None:
    started = [output["printed"][1] for output in outputs(tab, "bias = ")]
    assert (len(set(started)) == len(SEEDS)) == (tab == "pytorch")
    assert (set(started) == {"[0.]"}) == (tab != "pytorch")


@TABS
def test_bias_is_replaced_by_a_half(tab: str) -> None:
    for output in outputs(tab, "bias = "):
        assert "0.5" in output["value"]


@TABS
def test_gradient_of_the_bias_is_the_number_of_examples(tab: str) -> None:
    tensor = "tf.Tensor([2.], shape=(1,), dtype=float32)"
    expected = {
        "pytorch": ["None", "tensor([2.])", "tensor([4.])"],
        "mxnet": ["[0.]", "[2.]", "[2.]"],
        "jax": ["[2.]", "[2.]"],
        "tensorflow": [tensor, tensor],
    }
    for output in outputs(tab, "for _ in range(2)"):
        assert output["printed"] == expected[tab]


@TABS
def test_shrinking_all_parameters_shrinks_their_squares(tab: str) -> None:
    assert [output["value"] for output in outputs(tab, "squared_norm(")] == ["0.81"] * len(SEEDS)


@TABS
def test_counts_are_those_of_the_formula(tab: str) -> None:
    for output in outputs(tab, "def count_params"):
        assert output["value"] == "(21, 81)"


@TABS
def test_tied_layers_have_one_parameter(tab: str) -> None:
    shown = {"jax": "['layers_0', 'layers_2', 'layers_6']", "tensorflow": "1"}
    for output in outputs(tab, "shared"):
        assert output == {"printed": [shown.get(tab, "True")], "value": "41"}


@TABS
def test_gradient_of_a_tied_parameter_is_the_sum(tab: str) -> None:
    for output in outputs(tab, "for grad in (second, third, total)"):
        assert len(set(output["printed"])) == 3
        assert output["value"] == "True"


def test_gradient_is_summed_where_a_function_ties() -> None:
    for output in outputs("jax", "def tie"):
        assert output["value"] == "True"


@TABS
def test_nothing_shown_is_an_address_in_memory(tab: str) -> None:
    assert "0x" not in str(results(tab))
