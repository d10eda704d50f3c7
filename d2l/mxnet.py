"""Pustaka buku untuk MXNet.

    from d2l import mxnet as d2l
"""

import random
import time

import numpy
from matplotlib import pyplot as plt
from mxnet import autograd, gluon, np, npx
from mxnet.gluon import nn


#################   WARNING   ################
# All below is made by `d2lbook build lib` from the cells marked #@save: change it there.


def get_seed():
    """Ambil sebuah benih dari modul `random` milik Python.

    Defined in :numref:`subsec_model_construction_seed`"""
    return random.randrange(2**31)


def harvest_data(n=64):
    """Buat ciri-ciri n sawah (n × 3) dan hasil panennya (n × 1).

    Defined in :numref:`subsec_model_construction_data`"""
    generator = numpy.random.default_rng(0)
    X = generator.uniform([1, 0.2, 0], [3, 2, 3], (n, 3)).astype('float32')
    rain, area, fertilizer = X.T
    y = area * (2 + rain + fertilizer - fertilizer ** 2 / 6)
    y = y.reshape(n, 1)
    return np.array(X), np.array(y)


def train(net, X, y, steps=100, lr=0.03):
    """Latih model; kembalikan kerugian setiap langkah.

    Defined in :numref:`subsec_model_construction_train`"""
    trainer = gluon.Trainer(net.collect_params(), 'sgd', {'learning_rate': lr})
    losses = []
    for _ in range(steps):
        with autograd.record():
            loss = ((net(X) - y) ** 2).mean()
        loss.backward()
        trainer.step(1)
        losses.append(loss.item())
    return losses


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


class Residual(nn.Block):
    """Tambahkan masukan sebuah modul pada keluarannya.

    Defined in :numref:`subsec_model_construction_residual`"""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def forward(self, X):
        return X + self.inner(X)


class NestMLP(nn.Block):
    """Perseptron multilapis yang tersusun dari blok-blok bersarang.

    Defined in :numref:`subsec_model_construction_nested`"""

    def __init__(self, width=8, **kwargs):
        super().__init__(**kwargs)
        self.first = nn.Dense(width, activation='relu')
        self.body = nn.Sequential()
        for _ in range(2):
            self.body.add(Residual(nn.Dense(width, activation='relu')))
        self.head = nn.Dense(1)

    def forward(self, X):
        return self.head(self.body(self.first(X)))


def count_params(net):
    """Hitung banyaknya bilangan dalam semua parameter sebuah model.

    Defined in :numref:`subsec_parameters_count`"""
    return sum(param.data().size for param in net.collect_params().values())


def export_dense(net):
    """Salin lapisan terhubung penuh sebuah `Sequential` ke larik NumPy.

    Bobotnya berbentuk (masukan, keluaran) dan bernama `0.kernel`, `0.bias`, …

    Defined in :numref:`subsec_read_write_exchange`"""
    arrays, dense = {}, [layer for layer in net if isinstance(layer, nn.Dense)]
    for i, layer in enumerate(dense):
        kernel = layer.weight.data().asnumpy().T
        arrays[f'{i}.kernel'] = numpy.ascontiguousarray(kernel)
        arrays[f'{i}.bias'] = layer.bias.data().asnumpy()
    return arrays


def import_dense(net, arrays):
    """Isi lapisan terhubung penuh sebuah `Sequential` dari larik NumPy.

    Defined in :numref:`subsec_read_write_exchange`"""
    dense = [layer for layer in net if isinstance(layer, nn.Dense)]
    for i, layer in enumerate(dense):
        layer.weight.set_data(np.array(arrays[f'{i}.kernel'].T))
        layer.bias.set_data(np.array(arrays[f'{i}.bias']))
    return net


def cpu():
    """Perangkat CPU.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return npx.cpu()


def gpu(i=0):
    """Perangkat GPU ke-i.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return npx.gpu(i)


def num_gpus():
    """Banyaknya GPU yang dapat dipakai.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return npx.num_gpus()


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
    data = np.ones(size, dtype='uint8', ctx=cpu())
    data.wait_to_read()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        data.copyto(device).wait_to_read()
        times.append(time.perf_counter() - start)
    return min(times)
