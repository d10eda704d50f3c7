"""Builds multi-framework textbooks: Markdown in; notebooks, pages and PDFs out."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("d2lbook2")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "unknown"
