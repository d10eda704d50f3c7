"""Fungsi-fungsi yang dipakai bersama oleh notebook buku Panduan Pembangun.

Setiap kerangka kerja mempunyai modulnya sendiri: ``d2l.torch``, ``d2l.mxnet``,
``d2l.jax``, dan ``d2l.tensorflow``. Sebuah modul hanya memerlukan kerangka
kerjanya sendiri.
"""

__version__ = "0.1.0"
