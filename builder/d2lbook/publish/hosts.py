"""Notebooks for the services that run them: Google Colab and Amazon SageMaker.

A clean notebook, with a cell that installs what the service lacks, the service's
kernel, and pictures where it finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from d2lbook.book import Notebook, Outputs
from d2lbook.config import Config
from d2lbook.document.addresses import local_link
from d2lbook.errors import ConfigError
from d2lbook.frameworks import FRAMEWORKS
from d2lbook.notebooks.ipynb import KERNEL
from d2lbook.publish.data import NotebookData, notebook_data
from d2lbook.publish.packages import Package, installation, packages_for
from d2lbook.source.files import matches

Service = Literal["colab", "sagemaker"]

_REPOSITORY = re.compile(
    r"(?:(?:https?://)?(?:www\.)?github\.com/|git@github\.com:)?"
    r"([\w.-]+/[\w.-]+?)(?:\.git)?/?",
    re.ASCII,
)
"""``owner/name``, or the address of a repository on GitHub."""

COLAB = "https://colab.research.google.com/github/{repository}/blob/master/{page}.ipynb"


@dataclass(frozen=True, kw_only=True)
class Host:
    """What one service's notebooks of one tab have in common."""

    packages: tuple[Package, ...]
    header: str
    """The text above the cell that installs them."""
    kernel: str
    gpu_pattern: str
    """Code with this text needs a GPU; empty: nobody looks."""


def host_for(service: Service, tab: str, config: Config) -> Host:
    """What ``[colab]`` or ``[sagemaker]`` say for a tab; ConfigError where they say nonsense."""
    is_colab = service == "colab"
    section = config.colab if is_colab else config.sagemaker
    kernels = {} if is_colab else _by_tab("sagemaker", "kernel", config)
    return Host(
        packages=packages_for(section.libraries, tab, config, config.place(service, "libs")),
        header=section.libraries_header,
        kernel=kernels.get(tab, KERNEL["name"]),
        gpu_pattern=config.colab.gpu_pattern if is_colab else "",
    )


def hosted_notebook(notebook: Notebook, outputs: Outputs | None, host: Host) -> NotebookData:
    """A clean notebook as the service gets it."""
    data = notebook_data(notebook, outputs)
    data["cells"] = [*installation(notebook, host.packages, host.header), *data["cells"]]
    if host.kernel != KERNEL["name"]:
        data["metadata"]["kernelspec"] = {
            **KERNEL,
            "name": host.kernel,
            "display_name": host.kernel,
        }
    if host.gpu_pattern and any(host.gpu_pattern in cell.source for cell in notebook.code_cells()):
        data["metadata"]["accelerator"] = "GPU"
    return data


def repositories(service: Service, config: Config) -> Mapping[str, str]:
    """The repository on GitHub by tab, for the tabs that have one; ConfigError as above."""
    found: dict[str, str] = {}
    for tab, value in _by_tab(service, "github_repo", config).items():
        match = _REPOSITORY.fullmatch(value)
        if not match:
            place = config.place(service, "github_repo")
            what = f"[{service}] github_repo can't be '{value}'"
            remedy = "write owner/name, or the repository's address on GitHub"
            raise ConfigError.at(place.path, place.line, what, remedy)
        found[tab] = match[1]
    return found


def colab_address(page: str, tab: str, config: Config) -> str:
    """Where Colab opens a page's notebook; empty where it has none, or is not to be linked to."""
    repository = repositories("colab", config).get(tab)
    if not repository or matches(f"{page}.html", config.colab.exclusions):
        return ""
    return COLAB.format(repository=repository, page=quote(page))


def pictures_for(service: Service, config: Config) -> Callable[[str, str], str]:
    """How the service's notebooks name a picture, given the page and the name it has there.

    ``[colab] replace_svg_url`` has rows of a folder of the book and the address of
    its pictures; Colab shows no vector graphics of a repository.
    """
    rows = config.colab.replace_svg_url if service == "colab" else ()
    for row in rows:
        if len(row) != 2:
            place = config.place("colab", "replace_svg_url")
            what = f"[colab] replace_svg_url can't be '{', '.join(row)}'"
            raise ConfigError.at(place.path, place.line, what, "write folder, address")

    def picture(page: str, source: str) -> str:
        local = local_link(page, source)
        for folder, address in rows:
            prefix = f"{folder.strip('/')}/"
            if local and local.path.startswith(prefix) and local.path.endswith(".svg"):
                return f"{address.rstrip('/')}/{quote(local.path.removeprefix(prefix))}"
        return source

    return picture


def _by_tab(section: Service, key: str, config: Config) -> Mapping[str, str]:
    """The values of a key that has one for all tabs, or rows of tab and value."""
    rows: Sequence[Sequence[str]] = getattr(getattr(config, section), key)
    if len(rows) == 1 and len(rows[0]) == 1:
        return dict.fromkeys(config.tabs, rows[0][0])
    for row in rows:
        if len(row) != 2 or row[0].lower() not in {*config.tabs, *FRAMEWORKS}:
            place = config.place(section, key)
            what = f"[{section}] {key} can't be '{', '.join(row)}'"
            remedy = f"write one value, or rows of tab and value; tabs: {', '.join(config.tabs)}"
            raise ConfigError.at(place.path, place.line, what, remedy)
    return {row[0].lower(): row[1] for row in rows if row[0].lower() in config.tabs}
