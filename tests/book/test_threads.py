"""The variables that bound the threads of a kernel bound those of every framework."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from d2lbook.execute.variables import THREAD_VARIABLES

from tests.book.frameworks import CONFIG, run_in

MULTIPLICATIONS = {
    "pytorch": "import torch; float(torch.ones(1500, 1500).mm(torch.ones(1500, 1500)).sum())",
    "mxnet": "from mxnet import np; float(np.dot(np.ones((1500, 1500)), np.ones((1500, 1500))).sum())",
    "jax": "import jax.numpy as jnp; float((jnp.ones((1500, 1500)) @ jnp.ones((1500, 1500))).sum())",
    "tensorflow": "import tensorflow as tf; float(tf.reduce_sum(tf.ones((1500, 1500)) @ tf.ones((1500, 1500))))",
}


@pytest.mark.parametrize("tab", CONFIG.tabs)
def test_a_kernel_has_no_more_threads_than_it_may(tab: str) -> None:
    with ThreadPoolExecutor() as both:
        few, many = both.map(lambda number: threads(tab, number), (1, 6))
    assert few < many


def threads(tab: str, number: int) -> int:
    """How many there are after a multiplication of matrices."""
    limits = dict.fromkeys(THREAD_VARIABLES, str(number))
    count = "import json, os; print(json.dumps(len(os.listdir('/proc/self/task'))))"
    found: int = run_in(
        tab, f"import os; os.environ.update({limits})\n{MULTIPLICATIONS[tab]}\n{count}"
    )
    return found
