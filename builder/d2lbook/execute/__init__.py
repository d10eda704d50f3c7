"""Executing notebooks.

    notebooks ─► staleness ─► keys ─► keeping ─► cache ─► results, shared     what is there
                     └──► schedule ─► executors ─► run ─► kernels             what is not

The entries are ``staleness.look_up`` and ``schedule.execute_notebooks``; ``status``
tells how things stand. A ``keeping.Keeper`` goes through all of them: what is known
of earlier executions. The environments in which kernels run are described and made
by ``environments``.
"""
