"""The library of each framework, in that framework's own environment."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.book.frameworks import CONFIG, run_in

MODELS = {
    "pytorch": """
from torch import nn
shared = nn.Linear(4, 4)
plain = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
tied = nn.Sequential(nn.Linear(3, 4), shared, shared, nn.Linear(4, 1))
""",
    "mxnet": """
from mxnet import np, npx
from mxnet.gluon import nn
npx.set_np()
shared = nn.Dense(4)
plain, tied = nn.Sequential(), nn.Sequential()
plain.add(nn.Dense(4), nn.Dense(1))
tied.add(nn.Dense(4), shared, nn.Dense(4, params=shared.params), nn.Dense(1))
for net in plain, tied:
    net.initialize()
    net(np.ones((2, 3)))
""",
    "jax": """
import jax
from flax import linen as nn
X, shared = jax.numpy.ones((2, 3)), nn.Dense(4)
plain = nn.Sequential([nn.Dense(4), nn.relu, nn.Dense(1)]).init(d2l.get_key(), X)
tied = nn.Sequential([nn.Dense(4), shared, shared, nn.Dense(1)]).init(d2l.get_key(), X)
""",
    "tensorflow": """
import tensorflow as tf
from tensorflow.keras.layers import Dense
X, shared = tf.ones((2, 3)), Dense(4)
plain = tf.keras.Sequential([Dense(4), Dense(1)])
tied = tf.keras.Sequential([Dense(4), shared, shared, Dense(1)])
for net in plain, tied:
    net(X)
""",
}
"""Two models: 3-4-1, and 3-4-4-4-1 whose inner layers are one and the same."""

PROBE = """
import inspect, json, random, sys
for other in {others}:
    sys.modules[other] = None  # importing it fails, as where it is not installed
from d2l import {module} as d2l
random.seed(1)
seeds = [d2l.get_seed() for _ in range(100)]
{models}
counts = [d2l.count_params(plain), d2l.count_params(tied)]
X, y = d2l.harvest_data(5)
public = {{name: value for name, value in vars(d2l).items()
          if getattr(value, "__module__", None) == d2l.__name__}}
print(json.dumps({{
    "seeds": seeds,
    "counts": counts,
    "data": [X.tolist() if hasattr(X, "tolist") else X.numpy().tolist(),
             y.tolist() if hasattr(y, "tolist") else y.numpy().tolist()],
    "documented": {{name: bool(inspect.getdoc(value)) for name, value in public.items()}},
}}))
"""

TRAIN = """
import json, random
from d2l import {module} as d2l
random.seed(1)
X, y = d2l.harvest_data()
{nest}
print(json.dumps({{"losses": losses, "count": count}}))
"""

NESTS = {
    "pytorch": """
import torch
torch.manual_seed(d2l.get_seed())
net = d2l.NestMLP()
net.first.requires_grad_(False)
before = net.first[0].weight.clone()
losses, count = d2l.train(net, X, y, steps=200, lr=0.003), d2l.count_params(net)
assert torch.equal(before, net.first[0].weight)
""",
    "mxnet": """
import mxnet as mx
from mxnet import np, npx
npx.set_np()
mx.random.seed(d2l.get_seed())
net = d2l.NestMLP()
net.initialize(mx.init.Xavier())
net(X)
net.first.collect_params().setattr("grad_req", "null")
before = net.first.weight.data().copy()
losses, count = d2l.train(net, X, y, steps=200, lr=0.003), d2l.count_params(net)
assert np.array_equal(before, net.first.weight.data())
""",
    "jax": """
import jax
net = d2l.NestMLP()
before = net.init(d2l.get_key(), X)
after, losses = d2l.train(net, {**before, "other": {"one": X[0]}}, X, y, steps=200, lr=0.003)
count = d2l.count_params(before)
assert (after["other"]["one"] == X[0]).all()
again, _ = d2l.train(net, before, X, y, steps=200, lr=0.003)
assert all((a == b).all() for a, b in zip(*map(jax.tree.leaves, (after["params"], again["params"]))))
""",
    "tensorflow": """
import keras
keras.utils.set_random_seed(d2l.get_seed())
net = d2l.NestMLP()
net(X)
net.first.trainable = False
before = net.first.kernel.numpy().copy()
losses, count = d2l.train(net, X, y, steps=200, lr=0.003), d2l.count_params(net)
assert (before == net.first.kernel.numpy()).all()
""",
}
"""The nested model, trained with its first layer frozen; in JAX, twice from the same start."""

FIGURE = """
import io, json, re
import matplotlib
matplotlib.use("svg")
from matplotlib import pyplot as plt
from d2l import {module} as d2l
files = []
plt.show = lambda: (files.append(io.StringIO()), plt.savefig(files[-1], format="svg"))
d2l.plot([1, 2, 3], [[1, 10, 100], [2, 2, 2]], "langkah", "kerugian", ["a", "b"], yscale="log")
axes = plt.gca()
print(json.dumps({{
    "lines": [line.get_ydata().tolist() for line in axes.lines],
    "labels": [axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale()],
    "legend": [text.get_text() for text in axes.get_legend().get_texts()],
    "ticks": [float(tick) for tick in axes.get_xticks()],
    "drawn": len(files),
}}))
"""

KEYS = """
import json, random
from d2l import jax as d2l
import jax
def draws(seed):
    random.seed(seed)
    return [float(jax.random.uniform(d2l.get_key())) for _ in range(2)]
print(json.dumps([draws(1), draws(1), draws(2)]))
"""


def module_of(tab: str) -> str:
    return Path(CONFIG.libraries[tab].file).stem


@cache
def probe(tab: str) -> Any:
    others = sorted({"mxnet", "torch", "tensorflow", "jax"} - {module_of(tab)})
    return run_in(tab, PROBE.format(others=others, module=module_of(tab), models=MODELS[tab]))


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_seeds_follow_from_the_seed_of_python(tab: str) -> None:
    random.seed(1)
    assert probe(tab)["seeds"] == [random.randrange(2**31) for _ in range(100)]


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_tied_parameters_are_counted_once(tab: str) -> None:
    plain, tied = (3 + 1) * 4 + (4 + 1) * 1, (3 + 1) * 4 + (4 + 1) * 4 + (4 + 1) * 1
    assert probe(tab)["counts"] == [plain, tied]


def test_keys_differ_from_call_to_call_and_follow_from_the_seed() -> None:
    first, again, other = run_in("jax", KEYS)
    assert first == again
    assert len({*first, *other}) == 4


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_every_framework_has_the_same_names_and_only_jax_has_keys(tab: str) -> None:
    names = set(probe(tab)["documented"])
    assert names - {"get_key"} == set(probe("pytorch")["documented"])
    assert ("get_key" in names) == (tab == "jax")


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_everything_is_documented(tab: str) -> None:
    undocumented = [name for name, told in probe(tab)["documented"].items() if not told]
    assert undocumented == []


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_all_frameworks_have_the_same_data(tab: str) -> None:
    features, yields = probe(tab)["data"]
    assert [len(row) for row in features] == [3] * 5
    for (rain, area, fertilizer), (tons,) in zip(features, yields, strict=True):
        assert 1 <= rain <= 3
        assert 0.2 <= area <= 2
        assert 0 <= fertilizer <= 3
        assert tons == pytest.approx(area * (2 + rain + fertilizer - fertilizer**2 / 6), rel=1e-5)
    assert probe(tab)["data"] == probe("pytorch")["data"]


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_training_makes_the_loss_small_and_leaves_alone_what_is_frozen(tab: str) -> None:
    told = run_in(tab, TRAIN.format(module=module_of(tab), nest=NESTS[tab]))
    assert len(told["losses"]) == 200
    assert told["losses"][-1] < 0.3 * told["losses"][0]
    assert told["count"] == (3 + 1) * 8 + 2 * (8 + 1) * 8 + (8 + 1)


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_a_plot_has_its_curves_labels_and_legend(tab: str) -> None:
    told = run_in(tab, FIGURE.format(module=module_of(tab)))
    assert told["lines"] == [[1, 10, 100], [2, 2, 2]]
    assert told["labels"] == ["langkah", "kerugian", "log"]
    assert told["legend"] == ["a", "b"]
    assert all(tick == int(tick) for tick in told["ticks"])
    assert told["drawn"] == 1
