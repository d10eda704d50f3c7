"""Pustaka buku untuk JAX dengan Flax.

    from d2l import jax as d2l
"""

import random
import time
from collections.abc import Callable

import jax
import numpy
import optax
from flax import linen as nn
from jax import numpy as jnp
from matplotlib import pyplot as plt


#################   WARNING   ################
# All below is made by `d2lbook build lib` from the cells marked #@save: change it there.


def get_seed():
    """Ambil sebuah benih dari modul `random` milik Python.

    Defined in :numref:`subsec_model_construction_seed`"""
    return random.randrange(2**31)


def get_key():
    """Buat kunci acak JAX dari benih yang baru.

    Defined in :numref:`subsec_model_construction_seed`"""
    return jax.random.key(get_seed())


def harvest_data(n=64):
    """Buat ciri-ciri n sawah (n × 3) dan hasil panennya (n × 1).

    Defined in :numref:`subsec_model_construction_data`"""
    generator = numpy.random.default_rng(0)
    X = generator.uniform([1, 0.2, 0], [3, 2, 3], (n, 3)).astype('float32')
    rain, area, fertilizer = X.T
    y = area * (2 + rain + fertilizer - fertilizer ** 2 / 6)
    y = y.reshape(n, 1)
    return jnp.asarray(X), jnp.asarray(y)


def train(net, variables, X, y, steps=100, lr=0.03):
    """Latih parameter; kembalikan koleksi baru dan kerugian setiap langkah.

    Dari koleksi `variables`, hanya `params` yang diperbarui.

    Defined in :numref:`subsec_model_construction_train`"""
    optimizer = optax.sgd(lr)

    def loss_of(params):
        output = net.apply({**variables, 'params': params}, X)
        return ((output - y) ** 2).mean()

    def step(carry, _):
        params, state = carry
        loss, grads = jax.value_and_grad(loss_of)(params)
        updates, state = optimizer.update(grads, state)
        return (optax.apply_updates(params, updates), state), loss

    @jax.jit
    def run(params):
        start = params, optimizer.init(params)
        return jax.lax.scan(step, start, length=steps)

    (params, _), losses = run(variables['params'])
    return {**variables, 'params': params}, losses.tolist()


def plot(x, ys, xlabel, ylabel, legend=(), yscale='linear'):
    """Gambarlah satu kurva atau lebih terhadap x.

    Defined in :numref:`subsec_model_construction_train`"""
    _, axes = plt.subplots(figsize=(5, 3), facecolor='none')
    for values, style in zip(ys, ('-', '--', '-.', ':')):
        axes.plot(x, values, style)
    axes.set(xlabel=xlabel, ylabel=ylabel, yscale=yscale)
    axes.locator_params('x', integer=all(value == int(value) for value in x))
    axes.grid(alpha=0.3)
    if legend:
        axes.legend(legend)
    plt.show()


class Residual(nn.Module):
    """Tambahkan masukan sebuah modul pada keluarannya.

    Defined in :numref:`subsec_model_construction_residual`"""

    inner: Callable

    def __call__(self, X):
        return X + self.inner(X)


class NestMLP(nn.Module):
    """Perseptron multilapis yang tersusun dari blok-blok bersarang.

    Defined in :numref:`subsec_model_construction_nested`"""

    width: int = 8

    def setup(self):
        self.first = nn.Dense(self.width)
        self.body = nn.Sequential([
            Residual(nn.Sequential([nn.Dense(self.width), nn.relu]))
            for _ in range(2)])
        self.head = nn.Dense(1)

    def __call__(self, X):
        return self.head(self.body(nn.relu(self.first(X))))


def count_params(params):
    """Hitung banyaknya bilangan dalam semua daun sebuah pohon parameter.

    Defined in :numref:`subsec_parameters_count`"""
    return sum(leaf.size for leaf in jax.tree.leaves(params))


def export_dense(params):
    """Salin lapisan terhubung penuh sebuah `Sequential` ke larik NumPy.

    Bobotnya berbentuk (masukan, keluaran) dan bernama `0.kernel`, `0.bias`, …

    Defined in :numref:`subsec_read_write_exchange`"""
    names = sorted(params, key=lambda name: int(name.rpartition('_')[2]))
    return {f'{i}.{kind}': numpy.array(params[name][kind])
            for i, name in enumerate(names) for kind in ('kernel', 'bias')}


def import_dense(params, arrays):
    """Buat parameter sebuah `Sequential` dari larik NumPy.

    Defined in :numref:`subsec_read_write_exchange`"""
    names = sorted(params, key=lambda name: int(name.rpartition('_')[2]))
    return {name: {kind: jnp.asarray(arrays[f'{i}.{kind}'])
                   for kind in ('kernel', 'bias')}
            for i, name in enumerate(names)}


def cpu():
    """Perangkat CPU.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return jax.devices('cpu')[0]


def gpu(i=0):
    """Perangkat GPU ke-i.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return jax.devices('gpu')[i]


def num_gpus():
    """Banyaknya GPU yang dapat dipakai.

    Defined in :numref:`subsec_use_gpu_devices`"""
    try:
        return len(jax.devices('gpu'))
    except RuntimeError:
        return 0


def try_gpu(i=0):
    """GPU ke-i kalau ada, selain itu CPU.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return gpu(i) if i < num_gpus() else cpu()


def try_all_gpus():
    """Semua GPU, atau daftar yang hanya berisi CPU.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return [gpu(i) for i in range(num_gpus())] or [cpu()]


def copy_time(size, device, repeats=10):
    """Ukur waktu, dalam detik, untuk menyalin `size` byte dari CPU.

    Defined in :numref:`subsec_use_gpu_cost`"""
    data = jax.device_put(numpy.ones(size, 'uint8'), cpu())
    data.block_until_ready()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        jax.device_put(data, device, may_alias=False).block_until_ready()
        times.append(time.perf_counter() - start)
    return min(times)
