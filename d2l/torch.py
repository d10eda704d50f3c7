"""Pustaka buku untuk PyTorch.

    from d2l import torch as d2l
"""

import random
import time

import numpy
import torch
from matplotlib import pyplot as plt
from torch import nn


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
    return torch.from_numpy(X), torch.from_numpy(y)


def train(net, X, y, steps=100, lr=0.03):
    """Latih model; kembalikan kerugian setiap langkah.

    Defined in :numref:`subsec_model_construction_train`"""
    optimizer = torch.optim.SGD(net.parameters(), lr)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
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


class Residual(nn.Module):
    """Tambahkan masukan sebuah modul pada keluarannya.

    Defined in :numref:`subsec_model_construction_residual`"""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, X):
        return X + self.inner(X)


class NestMLP(nn.Module):
    """Perseptron multilapis yang tersusun dari blok-blok bersarang.

    Defined in :numref:`subsec_model_construction_nested`"""

    def __init__(self, width=8):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(3, width), nn.ReLU())
        self.body = nn.Sequential(*[
            Residual(nn.Sequential(nn.Linear(width, width), nn.ReLU()))
            for _ in range(2)])
        self.head = nn.Linear(width, 1)

    def forward(self, X):
        return self.head(self.body(self.first(X)))


def count_params(net):
    """Hitung banyaknya bilangan dalam semua parameter sebuah model.

    Defined in :numref:`subsec_parameters_count`"""
    return sum(param.numel() for param in net.parameters())


def export_dense(net):
    """Salin lapisan terhubung penuh sebuah `Sequential` ke larik NumPy.

    Bobotnya berbentuk (masukan, keluaran) dan bernama `0.kernel`, `0.bias`, …

    Defined in :numref:`subsec_read_write_exchange`"""
    arrays, dense = {}, [layer for layer in net if isinstance(layer, nn.Linear)]
    for i, layer in enumerate(dense):
        kernel = layer.weight.detach().cpu().numpy().T
        arrays[f'{i}.kernel'] = numpy.ascontiguousarray(kernel)
        arrays[f'{i}.bias'] = layer.bias.detach().cpu().numpy().copy()
    return arrays


def import_dense(net, arrays):
    """Isi lapisan terhubung penuh sebuah `Sequential` dari larik NumPy.

    Defined in :numref:`subsec_read_write_exchange`"""
    dense = [layer for layer in net if isinstance(layer, nn.Linear)]
    with torch.no_grad():
        for i, layer in enumerate(dense):
            layer.weight.copy_(torch.tensor(arrays[f'{i}.kernel'].T))
            layer.bias.copy_(torch.tensor(arrays[f'{i}.bias']))
    return net


def cpu():
    """Perangkat CPU.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return torch.device('cpu')


def gpu(i=0):
    """Perangkat GPU ke-i.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return torch.device('cuda', i)


def num_gpus():
    """Banyaknya GPU yang dapat dipakai.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return torch.cuda.device_count()


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
    data = torch.ones(size, dtype=torch.uint8)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        data.to(device, copy=True)
        if device.type == 'cuda':
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - start)
    return min(times)
