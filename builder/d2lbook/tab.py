"""The IPython extension for authors: choose a tab, and run only its cells.

    %load_ext d2lbook.tab
    tab.interact_select(['mxnet', 'pytorch'])

    %%tab mxnet, pytorch        first line of a cell: run it for these tabs only
    #@tab mxnet, pytorch        the same
    tab.selected('mxnet')       whether this is the chosen tab

It runs in the kernel of a framework, where the rest of the tool isn't
installed: it needs IPython, and ipywidgets for the drop-down, if that is there.
Without it the names are shown, with what to run to choose one.

A mark changes the text of a cell before it is run; it is not a magic that
runs the cell. So a cell with a mark behaves as any other: an error in it stops
"run all", ``await`` works, and another magic may follow.

The choice belongs to one notebook. A Jupyter server says which that is, in
``JPY_SESSION_NAME``; then the choice is kept, in the user's own Jupyter folder,
for the next kernel of that notebook. A kernel that can only run one framework,
as those of ``d2lbook lab``, says so in ``D2LBOOK_TAB``: then it is the kernel that
is to be changed, and nothing else is offered.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell

__all__ = ["Tab", "load_ipython_extension", "unload_ipython_extension"]

MARK = re.compile(r"(?:%%|#[ \t]*@)tab(?:[ \t]+(.*))?$")


class Tab:
    """What a notebook calls ``tab``.

    Every method raises UsageError for a name that is not among those offered;
    IPython shows that as one line and stops "run all".
    """

    def __init__(self, memory: Path | None = None) -> None:
        """``memory`` is the file that keeps the choice for the next kernel."""
        self._memory = memory
        self._offered: tuple[str, ...] = ()
        self._dropdown: Any = None
        self._only = os.environ.get("D2LBOOK_TAB", "").lower()
        """The tab of a kernel that has just one."""
        self.chosen = self._only or _recall(memory)
        """The chosen tab; empty before there is one."""

    def interact_select(self, *names: str | Iterable[str]) -> None:
        """Offer these tabs in a drop-down, with the last choice, or else the first, chosen."""
        self._offered = _flatten(names)
        if not self._offered:
            raise UsageError("tab.interact_select needs the names of the tabs")
        if self._only:
            print(self._about_kernel())
            return
        if self.chosen not in self._offered:
            self.chosen = self._offered[0]
        try:
            from ipywidgets import Dropdown  # type: ignore[import-untyped]
        except ImportError:
            others = (f"tab.select('{name}')" for name in self._offered if name != self.chosen)
            print(f"tab: {self.chosen}; to choose another, run {' or '.join(others)}")
            print("(with ipywidgets installed beside this kernel there is a menu here)")
            return
        from IPython.display import display

        self._dropdown = Dropdown(options=self._offered, value=self.chosen, description="tab:")
        self._dropdown.observe(lambda change: self.select(change["new"]), names="value")
        display(self._dropdown)  # type: ignore[no-untyped-call]

    def select(self, name: str) -> None:
        """Choose a tab, also for the next kernel of this notebook."""
        name = name.strip().lower()
        self._check(name)
        if self._only and name != self._only:
            raise UsageError(self._about_kernel())
        if name != self.chosen:
            self.chosen = name
            _remember(self._memory, name)
        if self._dropdown:
            self._dropdown.value = name

    def selected(self, *names: str | Iterable[str]) -> bool:
        """Whether the chosen tab is among these; ``all`` is every tab."""
        wanted = _flatten(names)
        if "all" in wanted:
            return True
        self._check(*wanted)
        if not self.chosen:
            raise UsageError("no tab is chosen yet; run the cell with tab.interact_select first")
        return self.chosen in wanted

    def transform(self, lines: list[str]) -> list[str]:
        """The cell without its mark, or nothing when that names other tabs."""
        mark = MARK.match(lines[0].rstrip()) if lines else None
        if not mark:
            return lines
        if not mark[1]:
            raise UsageError("a tab mark needs the names of tabs, or all")
        if not self.selected(mark[1].split(",")):
            return []
        rest = lines[1:]
        # An empty line keeps the numbers of lines; IPython sees a magic in the first line only.
        return rest if rest and rest[0].startswith("%%") else ["\n", *rest]

    def _about_kernel(self) -> str:
        """What a kernel of one tab has to say, and how to get at the others."""
        others = " or ".join(name for name in self._offered if name != self._only)
        is_offered = not self._offered or self._only in self._offered
        what = f"tab: {self._only}" if is_offered else f"this page has no tab {self._only}"
        return (
            f"{what}; for {others}, change the kernel (Kernel > Change Kernel…)" if others else what
        )

    def _check(self, *names: str) -> None:
        unknown = [name for name in names if self._offered and name not in self._offered]
        if unknown:
            known = ", ".join(self._offered)
            raise UsageError(f"unknown tab '{unknown[0]}'; known are: {known}")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext d2lbook.tab`` does."""
    unload_ipython_extension(shell)
    tab = Tab(memory_file())
    shell.input_transformers_cleanup.append(tab.transform)
    shell.push({"tab": tab}, interactive=False)  # type: ignore[no-untyped-call]


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%unload_ext d2lbook.tab`` does."""
    transformers = shell.input_transformers_cleanup
    transformers[:] = [
        each for each in transformers if not isinstance(getattr(each, "__self__", None), Tab)
    ]
    if isinstance(shell.user_ns.get("tab"), Tab):
        del shell.user_ns["tab"]


def memory_file() -> Path | None:
    """Where the choice made in this notebook is kept; None where no server runs the kernel."""
    notebook = os.environ.get("JPY_SESSION_NAME")
    if not notebook:
        return None
    try:
        from jupyter_core.paths import jupyter_data_dir
    except ImportError:
        return None
    digest = hashlib.sha256(os.fsencode(notebook)).hexdigest()[:32]
    return Path(jupyter_data_dir(), "d2lbook", "tabs", digest)


def _flatten(names: Iterable[str | Iterable[str]]) -> tuple[str, ...]:
    """Names in lower case, whether they come one by one or in lists."""
    nested = ([each] if isinstance(each, str) else each for each in names)
    return tuple(name.strip().lower() for group in nested for name in group if name.strip())


def _recall(memory: Path | None) -> str:
    try:
        return memory.read_text(encoding="utf-8").strip() if memory else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _remember(memory: Path | None, name: str) -> None:
    """Keep the choice; where that can't be done, it holds for this kernel alone."""
    if memory:
        with contextlib.suppress(OSError):
            memory.parent.mkdir(parents=True, exist_ok=True)
            unfinished = memory.with_suffix(f".{os.getpid()}")
            unfinished.write_text(name, encoding="utf-8")
            unfinished.replace(memory)
