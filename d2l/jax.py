"""Pustaka buku untuk JAX.

    from d2l import jax as d2l
"""

import random

import jax


#################   WARNING   ################
# All below is made by `d2lbook build lib` from the cells marked #@save: change it there.


def get_seed():
    """Ambil sebuah benih dari modul `random` milik Python.

    Defined in :numref:`sec_parameters`"""
    return random.randrange(2**31)


def get_key():
    """Buat kunci acak JAX dari benih yang baru.

    Defined in :numref:`sec_parameters`"""
    return jax.random.key(get_seed())


def count_params(params):
    """Hitung banyaknya bilangan dalam semua daun sebuah pohon parameter.

    Defined in :numref:`subsec_parameters_count`"""
    return sum(leaf.size for leaf in jax.tree.leaves(params))
