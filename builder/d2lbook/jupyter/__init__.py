"""Editing a book in JupyterLab: its pages as notebooks, a kernel for every tab."""
