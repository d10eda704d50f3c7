"""Pustaka buku untuk PyTorch.

    from d2l import torch as d2l
"""

import random


#################   WARNING   ################
# All below is made by `d2lbook build lib` from the cells marked #@save: change it there.


def get_seed():
    """Ambil sebuah benih dari modul `random` milik Python.

    Defined in :numref:`sec_parameters`"""
    return random.randrange(2**31)


def count_params(net):
    """Hitung banyaknya bilangan dalam semua parameter sebuah model.

    Defined in :numref:`subsec_parameters_count`"""
    return sum(param.numel() for param in net.parameters())
