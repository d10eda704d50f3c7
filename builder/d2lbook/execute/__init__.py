"""Executing notebooks.

    notebooks ─► keys ─► results                     what is in the cache
                   └──► schedule ─► executors ─► run ─► kernels    what is not

``schedule`` has the entries: ``stale_notebooks`` and ``execute_notebooks``. The
environments in which kernels run are described and made by ``environments``.
"""
