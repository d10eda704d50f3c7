"""Pustaka buku untuk TensorFlow dengan Keras 3.

    from d2l import tensorflow as d2l
"""

import random
import time

import keras
import numpy
import tensorflow as tf
from keras import layers
from matplotlib import pyplot as plt


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
    return tf.constant(X), tf.constant(y)


def train(net, X, y, steps=100, lr=0.03):
    """Latih model; kembalikan kerugian setiap langkah.

    Defined in :numref:`subsec_model_construction_train`"""
    net(X)  # Buat parameter yang belum ada.
    optimizer = keras.optimizers.SGD(lr)
    optimizer.build(net.trainable_variables)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((net(X) - y) ** 2)
        grads = tape.gradient(loss, net.trainable_variables)
        optimizer.apply(grads, net.trainable_variables)
        return loss

    return [float(step()) for _ in range(steps)]


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


class Residual(layers.Layer):
    """Tambahkan masukan sebuah modul pada keluarannya.

    Defined in :numref:`subsec_model_construction_residual`"""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def call(self, X):
        return X + self.inner(X)


class NestMLP(keras.Model):
    """Perseptron multilapis yang tersusun dari blok-blok bersarang.

    Defined in :numref:`subsec_model_construction_nested`"""

    def __init__(self, width=8):
        super().__init__()
        self.first = layers.Dense(width, activation='relu')
        self.body = keras.Sequential([
            Residual(layers.Dense(width, activation='relu'))
            for _ in range(2)])
        self.head = layers.Dense(1)

    def call(self, X):
        return self.head(self.body(self.first(X)))


def count_params(net):
    """Hitung banyaknya bilangan dalam semua parameter sebuah model.

    Defined in :numref:`subsec_parameters_count`"""
    return net.count_params()


def export_dense(net):
    """Salin lapisan terhubung penuh sebuah `Sequential` ke larik NumPy.

    Bobotnya berbentuk (masukan, keluaran) dan bernama `0.kernel`, `0.bias`, …

    Defined in :numref:`subsec_read_write_exchange`"""
    dense = [layer for layer in net.layers if isinstance(layer, layers.Dense)]
    return {f'{i}.{kind}': getattr(layer, kind).numpy()
            for i, layer in enumerate(dense) for kind in ('kernel', 'bias')}


def import_dense(net, arrays):
    """Isi lapisan terhubung penuh sebuah `Sequential` dari larik NumPy.

    Defined in :numref:`subsec_read_write_exchange`"""
    dense = [layer for layer in net.layers if isinstance(layer, layers.Dense)]
    for i, layer in enumerate(dense):
        layer.kernel.assign(arrays[f'{i}.kernel'])
        layer.bias.assign(arrays[f'{i}.bias'])
    return net


def cpu():
    """Nama perangkat CPU.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return '/CPU:0'


def gpu(i=0):
    """Nama perangkat GPU ke-i.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return f'/GPU:{i}'


def num_gpus():
    """Banyaknya GPU yang dapat dipakai.

    Defined in :numref:`subsec_use_gpu_devices`"""
    return len(tf.config.list_physical_devices('GPU'))


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
    with tf.device(cpu()):
        data = tf.ones(size, tf.uint8)
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        with tf.device(device):
            tf.raw_ops.DeepCopy(x=data)
        tf.test.experimental.sync_devices()
        times.append(time.perf_counter() - start)
    return min(times)
