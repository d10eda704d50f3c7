"""Markdown → ``Page``: fences, tab marks, tab blocks, tables of contents. Pure but for ``files``."""
