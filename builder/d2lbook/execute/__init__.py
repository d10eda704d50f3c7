"""Executing notebooks.

    notebooks ─► staleness ─► keys ─► results                  what is in the cache
                     └──► schedule ─► executors ─► run ─► kernels       what is not

The entries are ``staleness.look_up`` and ``schedule.execute_notebooks``. The
environments in which kernels run are described and made by ``environments``.
"""
