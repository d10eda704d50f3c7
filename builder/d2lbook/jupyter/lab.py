"""What JupyterLab needs to edit a book: how pages are opened, and a kernel for every tab.

Nothing is registered with the user's Jupyter: all of it lies in a folder that
is named in ``JUPYTER_PATH`` and ``JUPYTER_CONFIG_PATH`` for one run.

A kernel runs in its tab's environment. It finds the book's own modules and the
extension ``d2lbook.tab``, and nothing else of the tool, through ``PYTHONPATH``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import d2lbook
from d2lbook.config import Config
from d2lbook.errors import EnvironmentFault, Problem
from d2lbook.execute.environments import Environment, find_environment, is_ready
from d2lbook.execute.modules import find_roots, link_modules
from d2lbook.files import write_file

CONTENTS_MANAGER = "d2lbook.jupyter.contents.PageContentsManager"
EXTENSIONS = Path(__file__).with_name("labextensions")
"""The folder that holds our extension of JupyterLab."""

PAGES_ARE_NOTEBOOKS = {
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"d2lbook-page": "Notebook"}}
}
"""Setting of JupyterLab; ``d2lbook-page`` is the file type that our extension adds."""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """How JupyterLab has to be started."""

    options: Sequence[str]
    """For its command line."""
    variables: Mapping[str, str]
    """For its environment."""


def prepare_lab(config: Config, folder: Path) -> tuple[Lab, list[Problem]]:
    """Fill an empty folder with kernels and settings, and say how to start JupyterLab.

    Returns also why a tab has no kernel. Raises OutputError where the folder
    can't be written.
    """
    modules = folder / "modules"
    package = Path(d2lbook.__file__).parent
    link_modules({**find_roots(config.source), "d2lbook": package}, modules)
    environments, problems = _find_environments(config)
    for environment in environments:
        kernel = folder / "kernels" / kernel_name(environment.tab) / "kernel.json"
        write_file(kernel, json.dumps(_kernel(environment, modules)))
    settings = folder / "labconfig" / "default_setting_overrides.json"
    write_file(settings, json.dumps(PAGES_ARE_NOTEBOOKS))
    options = [
        f"--ServerApp.root_dir={config.source}",
        f"--ServerApp.contents_manager_class={CONTENTS_MANAGER}",
        f"--LabApp.extra_labextensions_path={EXTENSIONS}",
    ]
    if environments:
        name = kernel_name(environments[0].tab)
        options.append(f"--PageContentsManager.kernel_name={name}")
        options.append(f"--MultiKernelManager.default_kernel_name={name}")
    return Lab(options=options, variables=_variables(folder)), problems


def kernel_name(tab: str) -> str:
    """What Jupyter calls the kernel of a tab."""
    return f"d2lbook-{tab}"


def _find_environments(config: Config) -> tuple[list[Environment], list[Problem]]:
    found: list[Environment] = []
    problems: list[Problem] = []
    for tab in config.tabs:
        try:
            environment = find_environment(config, tab)
        except EnvironmentFault as fault:
            problems.extend(fault.problems)
            continue
        if is_ready(environment):
            found.append(environment)
        else:
            what = "no kernel, as its environment isn't made yet"
            problems.append(Problem(what=what, tab=tab, remedy="make it with d2lbook env"))
    return found, problems


def _kernel(environment: Environment, modules: Path) -> dict[str, object]:
    """The specification of a kernel, as Jupyter's ``kernel.json``."""
    return {
        "argv": [
            str(environment.python),
            *("-m", "ipykernel_launcher", "-f", "{connection_file}"),
            "--InteractiveShellApp.ignore_cwd=True",
            # What lies beside a page is found all the same, but last.
            "--InteractiveShellApp.exec_lines=import sys; sys.path.append('')",
        ],
        "display_name": environment.tab,
        "language": "python",
        "interrupt_mode": "signal",
        "env": {
            **environment.variables,
            "D2LBOOK_TAB": environment.tab,
            "PYTHONPATH": str(modules),
            "PYTHONSAFEPATH": "1",
        },
    }


def _variables(folder: Path) -> dict[str, str]:
    def before(name: str) -> str:
        return os.pathsep.join(filter(None, [str(folder), os.environ.get(name)]))

    return {name: before(name) for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH")}
