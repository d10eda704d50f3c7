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
import json, random, sys
for other in {others}:
    sys.modules[other] = None  # importing it fails, as where it is not installed
from d2l import {module} as d2l
random.seed(1)
seeds = [d2l.get_seed() for _ in range(100)]
{models}
counts = [d2l.count_params(plain), d2l.count_params(tied)]
print(json.dumps({{"seeds": seeds, "counts": counts}}))
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


@cache
def probe(tab: str) -> Any:
    module = Path(CONFIG.libraries[tab].file).stem
    frameworks = {"mxnet", "torch", "tensorflow", "jax"}
    others = sorted(frameworks - {module})
    return run_in(tab, PROBE.format(others=others, module=module, models=MODELS[tab]))


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
