"""In each framework, warm kernels put out the same as ordinary ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from d2lbook.execute.compiled import compiled_folder
from d2lbook.execute.environments import find_environment

from tests.book.frameworks import CONFIG, require
from tests.execute.workbench import Workbench, notebook, printed

COMMON = (
    "import random\nimport numpy\nprint(random.random(), numpy.random.rand(2), {'a', 'b', 'c'})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);",
)
CELLS: Mapping[str, tuple[str, ...]] = {
    "pytorch": (
        "import torch\nfrom torch import nn\nprint(torch.rand(2), torch.get_num_threads())",
        "x = torch.randn(64, 3)\n"
        "net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))\n"
        "trainer = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "for _ in range(5):\n"
        "    loss = net(x).pow(2).mean()\n"
        "    trainer.zero_grad(); loss.backward(); trainer.step()\n"
        "loss",
        "from torch.utils.data import DataLoader, TensorDataset\n"
        "data = TensorDataset(torch.arange(6.0))\n"
        "list(DataLoader(data, batch_size=3, shuffle=True, num_workers=2))",
    ),
    "tensorflow": (
        "import tensorflow as tf\nprint(tf.random.uniform((2,)))",
        "net = tf.keras.Sequential([tf.keras.layers.Dense(4), tf.keras.layers.Dense(1)])\n"
        "x = tf.random.normal((64, 3))\n"
        "net.compile(optimizer='sgd', loss='mse')\n"
        "net.fit(x, tf.ones((64, 1)), epochs=3, verbose=0).history",
        "list(tf.data.Dataset.range(5).shuffle(5).as_numpy_iterator())",
        "tf.config.threading.get_intra_op_parallelism_threads()",
    ),
    "jax": (
        "import jax\nfrom flax import linen as nn\nfrom jax import numpy as jnp\n"
        "key = jax.random.PRNGKey(random.randint(0, 1000))\nprint(jax.random.uniform(key, (2,)))",
        "net = nn.Dense(3)\nparameters = net.init(key, jnp.ones((1, 2)))\nparameters",
        "jax.jit(jax.grad(lambda x: jnp.sum(x ** 2)))(jnp.ones(3)), jax.devices()",
    ),
    "mxnet": (
        "from mxnet import autograd, gluon, np, npx\nnpx.set_np()\nprint(np.random.uniform(size=2))",
        "net = gluon.nn.Dense(1)\nnet.initialize()\nx = np.random.normal(size=(64, 3))\n"
        "trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': 0.1})\n"
        "for _ in range(5):\n"
        "    with autograd.record(): loss = (net(x) ** 2).mean()\n"
        "    loss.backward(); trainer.step(1)\n"
        "loss",
        "data = gluon.data.ArrayDataset(np.arange(6))\n"
        "list(gluon.data.DataLoader(data, batch_size=3, shuffle=True))",
    ),
}


def bench_for(tab: str, folder: Path) -> Workbench:
    require(CONFIG, tab)
    bench = Workbench(folder, f"[build]\ntabs = {tab}\n[env {tab}]\n", tabs=[tab])
    bench.environments[tab] = find_environment(CONFIG, tab)
    return bench


@pytest.mark.parametrize("tab", CELLS)
def test_warm_kernels_put_out_the_same(tab: str, tmp_path: Path) -> None:
    bench = bench_for(tab, tmp_path)
    made = [notebook(COMMON[0], *CELLS[tab], COMMON[1], tab=tab, page=page) for page in "ab"]
    warm = bench.execute(*made)
    assert [done.problem for done in warm] == [None, None]
    assert warm[0].outputs == warm[1].outputs
    assert not any(done.notes for done in warm)
    bench.environments[tab] = replace(bench.environments[tab], preload=())
    cold = bench.execute(*made, force=True)
    assert warm[0].outputs == cold[0].outputs


@pytest.mark.parametrize(
    ("tab", "name"),
    [("pytorch", "torch"), ("tensorflow", "keras"), ("jax", "flax"), ("mxnet", "mxnet")],
)
def test_the_framework_is_there_before_it_is_imported(tab: str, name: str, tmp_path: Path) -> None:
    bench = bench_for(tab, tmp_path)
    first = notebook(CELLS[tab][0].replace("random.randint(0, 1000)", "1"), tab=tab)
    second = notebook(f"import sys\nprint({name!r} in sys.modules)", tab=tab, page="b")
    done = bench.execute(first, second)
    assert printed(done[1]) == "True\n"


def test_what_jax_has_compiled_is_used_again_and_shows_nowhere(tmp_path: Path) -> None:
    bench = bench_for("jax", tmp_path)
    made = notebook("import random", *CELLS["jax"], tab="jax")
    folder = compiled_folder(bench.config.state)
    (first,) = bench.execute(made)
    kept = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert len(kept) > 3
    (second,) = bench.execute(made, force=True)
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == kept
    for file in folder.iterdir():
        os.truncate(file, 10)
    (third,) = bench.execute(made, force=True)
    assert first.problem is None
    assert first.outputs == second.outputs == third.outputs
