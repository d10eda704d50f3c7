"""What the change of a file means; paths are relative to the book's folder, with ``/``."""

from __future__ import annotations

STATE = ".d2lbook"
"""Folder of what is kept between builds (``Config.state``)."""

RECORDS = f"{STATE}/runs"
"""Folder of the records of executions, by tab and page."""


def is_page(path: str) -> bool:
    """Whether it is the source of a page."""
    return path.endswith(".md")


def is_state(path: str) -> bool:
    """Whether it is of the state and so can change nothing but outputs."""
    return path == STATE or path.startswith(f"{STATE}/")


def executed_notebook(path: str) -> tuple[str, str] | None:
    """Page and tab of the notebook whose record this is; None where it is something else."""
    if not path.startswith(f"{RECORDS}/") or not path.endswith(".json"):
        return None
    tab, _, page = path.removeprefix(f"{RECORDS}/").removesuffix(".json").partition("/")
    return page, tab
