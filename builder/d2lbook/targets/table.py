"""All targets of ``d2lbook build`` by their names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from d2lbook.targets.checks import check_links, check_outputs, check_tabs
from d2lbook.targets.for_readers import write_colab, write_package, write_sagemaker
from d2lbook.targets.library import write_library
from d2lbook.targets.notebooks import write_eval, write_ipynb
from d2lbook.targets.once import (
    Target,
    nothing_else,
    once,
    outputs,
    outputs_and_downloads,
    outputs_and_fonts,
    outputs_for,
)
from d2lbook.targets.pages import write_html
from d2lbook.targets.slides import write_slides
from d2lbook.targets.volumes import write_epubs, write_pdfs

TARGETS: Mapping[str, Target] = {
    "lib": write_library,
    "eval": write_eval,
    "ipynb": once("ipynb", write_ipynb, nothing_else),
    "pdf": once("pdf", write_pdfs, outputs_and_fonts),
    "epub": once("epub", write_epubs, outputs),
    "html": once("html", write_html, outputs_and_downloads),
    "outputcheck": check_outputs,
    "pkg": once("pkg", write_package, outputs),
    "colab": once("colab", write_colab, partial(outputs_for, "colab")),
    "sagemaker": once("sagemaker", write_sagemaker, partial(outputs_for, "sagemaker")),
    "slides": once("slides", write_slides, outputs),
    "tabcheck": check_tabs,
    "linkcheck": check_links,
}
