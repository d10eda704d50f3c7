"""Models that move from framework to framework, as ``read-write.md`` says they can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.book.frameworks import CONFIG, run_in

MODEL = {
    "pytorch": """
import torch
from torch import nn
from d2l import torch as d2l

torch.manual_seed(seed)
net = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))
weights = net

def predict(weights):
    return weights(torch.tensor(rows)).tolist()
""",
    "mxnet": """
import mxnet as mx
from mxnet import np, npx
from mxnet.gluon import nn
from d2l import mxnet as d2l

npx.set_np()
mx.random.seed(seed)
net = nn.Sequential()
net.add(nn.Dense(5, activation='relu'), nn.Dense(2))
net.initialize(mx.init.Xavier())
net(np.array(rows))
weights = net

def predict(weights):
    return weights(np.array(rows)).tolist()
""",
    "jax": """
import jax
from flax import linen as nn
from d2l import jax as d2l

net = nn.Sequential([nn.Dense(5), nn.relu, nn.Dense(2)])
weights = net.init(jax.random.key(seed), jax.numpy.array(rows))['params']

def predict(weights):
    return net.apply({'params': weights}, jax.numpy.array(rows)).tolist()
""",
    "tensorflow": """
import keras
import tensorflow as tf
from keras import layers
from d2l import tensorflow as d2l

keras.utils.set_random_seed(seed)
net = keras.Sequential([keras.Input((3,)), layers.Dense(5, activation='relu'), layers.Dense(2)])
weights = net

def predict(weights):
    return weights(tf.constant(rows)).numpy().tolist()
""",
}

START = """
import json, sys
given = json.load(sys.stdin)
seed, rows = given['seed'], given['rows']
"""

WRITE = """
from safetensors.numpy import save_file
save_file(d2l.export_dense(weights), given['to'])
print(json.dumps(predict(weights)))
"""

READ = """
from safetensors.numpy import load_file
print(json.dumps([predict(d2l.import_dense(weights, load_file(name))) for name in given['from']]))
"""

ROWS = [[1.5, 0.8, 2.0], [2.4, 1.5, 0.5], [-1.0, 3.0, -2.0]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Any]:
    """A file from every framework, and what the model in it predicts there."""
    folder = tmp_path_factory.mktemp("models")
    predicted = {}
    for seed, tab in enumerate(CONFIG.tabs):
        path = folder / tab
        given = {"seed": seed, "rows": ROWS, "to": str(path)}
        predicted[path] = run_in(tab, START + MODEL[tab] + WRITE, given)
    return predicted


def numbers(predictions: Any) -> list[float]:
    return [value for row in predictions for value in row]


def test_the_models_differ(written: dict[Path, Any]) -> None:
    assert len({str(predicted) for predicted in written.values()}) == len(CONFIG.tabs)


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_every_framework_predicts_what_the_others_do(tab: str, written: dict[Path, Any]) -> None:
    given = {"seed": 9, "rows": ROWS, "from": [str(path) for path in written]}
    for ours, theirs in zip(
        run_in(tab, START + MODEL[tab] + READ, given), written.values(), strict=True
    ):
        assert numbers(ours) == pytest.approx(numbers(theirs), abs=1e-5)
