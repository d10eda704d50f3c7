"""Markdown → ``Page``: fences, tab marks, tab blocks, contents. Pure but for ``files``."""
