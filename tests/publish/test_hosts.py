"""Notebooks for Colab and SageMaker: what they install, their kernels, their pictures."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest
from d2lbook.book import Notebook
from d2lbook.config import Config, parse_config
from d2lbook.errors import ConfigError
from d2lbook.notebooks.select import select
from d2lbook.publish.hosts import (
    Service,
    colab_address,
    host_for,
    hosted_notebook,
    pictures_for,
    repositories,
)
from d2lbook.source.page import TabRules, read_page

CONFIG = """
    [project]
    release = 1.0.3
    [build]
    tabs = pytorch, mxnet
    [colab]
    github_repo = pytorch, our/pytorch-colab
    libs = pytorch, d2l, d2l==RELEASE
           pytorch, torch, -U torch[a, b]
           pytorch, jax, jax
    libs_header = Needed:
    replace_svg_url = img, https://example.org/_images/
    [sagemaker]
    github_repo = our/all
    kernel = pytorch, conda_pytorch
    libs = mxnet, mxnet, -U mxnet
"""

CODE = """\
    %matplotlib inline
    import os, torch.nn as nn
    from d2l import torch as d2l
    import jaxlib
    from . import jax"""


def config_of(text: str = CONFIG) -> Config:
    return parse_config(textwrap.dedent(text), Path("/book"))[0]


def notebook_of(code: str, tab: str = "pytorch", tabs: tuple[str, ...] = ("pytorch",)) -> Notebook:
    page = f"# Page\n\n```{{.python .input}}\n{textwrap.dedent(code)}\n```\n"
    rules = TabRules(tabs=tabs, untagged_is_all=True)
    notebook = select(
        read_page(page, "part/page", "part/page.md", rules)[0], tab, (tabs or (tab,))[0]
    )
    assert notebook
    return notebook


def hosted(service: Service, code: str, tab: str = "pytorch", text: str = CONFIG) -> dict[str, Any]:
    config = config_of(text)
    notebook = notebook_of(code, tab, config.build.tabs)
    return hosted_notebook(notebook, None, host_for(service, tab, config))


def sources(data: dict[str, Any]) -> list[str]:
    return ["".join(cell["source"]) for cell in data["cells"]]


def test_what_is_imported_is_installed_in_the_order_of_the_configuration() -> None:
    assert sources(hosted("colab", CODE))[:3] == [
        "Needed:",
        "!pip install d2l==1.0.3\n!pip install -U torch[a, b]",
        "# Page",
    ]


def test_what_the_page_asks_for_is_installed_too() -> None:
    code = '%load_ext d2lbook.tab\n#required_libs("gym==1", "d2l==1.0.3")\n```\n\n'
    data = hosted("colab", f"{code}```{{.python .input}}\nimport d2l")
    assert sources(data)[1] == "!pip install d2l==1.0.3\n!pip install gym==1"


@pytest.mark.parametrize(
    ("tab", "code"), [("pytorch", "import os"), ("mxnet", "import d2l, mxnet")]
)
def test_nothing_is_installed_where_nothing_is_needed(tab: str, code: str) -> None:
    assert sources(hosted("colab", code, tab)) == ["# Page", code]


def test_a_book_without_tabs_names_modules_only() -> None:
    config = "[colab]\nlibs = d2l, d2l[a, b]==RELEASE\n[project]\nrelease = 2"
    assert (
        sources(hosted("colab", "import d2l", "python", config))[1] == "!pip install d2l[a, b]==2"
    )


@pytest.mark.parametrize("row", ["tvm, d2l, d2l", "d2l, d2l"])
def test_a_book_of_one_tab_may_leave_it_out(row: str) -> None:
    config = f"[build]\ntabs = tvm\n[sagemaker]\nlibs = {row}"
    assert "!pip install d2l" in sources(hosted("sagemaker", "import d2l", "tvm", config))


@pytest.mark.parametrize("row", ["torhc, d2l, d2l", "d2l, d2l", "d2l"])
def test_a_row_that_cannot_be_meant(row: str) -> None:
    config = config_of(f"[build]\ntabs = pytorch, jax\n[colab]\n\nlibs = {row}")
    with pytest.raises(ConfigError) as error:
        host_for("colab", "jax", config)
    assert str(error.value) == (
        f"config.ini:5: error: '{row}' in libs is not 'tab, module, what pip installs'; "
        "known tabs are: pytorch, jax"
    )


def test_a_gpu_is_asked_for_where_the_code_speaks_of_one() -> None:
    assert hosted("colab", "d2l.try_gpu()")["metadata"]["accelerator"] == "GPU"
    assert "accelerator" not in hosted("colab", "import os")["metadata"]
    assert "accelerator" not in hosted("sagemaker", "d2l.try_gpu()")["metadata"]


def test_the_kernel_is_that_of_the_service() -> None:
    kernels = {
        (service, tab): hosted(service, "1", tab)["metadata"]["kernelspec"]["name"]
        for service in ("colab", "sagemaker")
        for tab in ("pytorch", "mxnet")
    }
    assert kernels == {
        ("colab", "pytorch"): "python3",
        ("colab", "mxnet"): "python3",
        ("sagemaker", "pytorch"): "conda_pytorch",
        ("sagemaker", "mxnet"): "python3",
    }


def test_the_same_notebook_gives_the_same_data() -> None:
    assert hosted("colab", CODE) == hosted("colab", CODE)


def test_rows_of_frameworks_that_are_not_in_this_edition() -> None:
    config = config_of("[build]\ntabs = jax\n[colab]\ngithub_repo = mxnet, a/b\n    jax, a/c")
    assert repositories("colab", config) == {"jax": "a/c"}


def test_repositories() -> None:
    assert repositories("colab", config_of()) == {"pytorch": "our/pytorch-colab"}
    assert repositories("sagemaker", config_of()) == {"pytorch": "our/all", "mxnet": "our/all"}
    assert repositories("colab", config_of("[project]\nname = x")) == {}
    with pytest.raises(ConfigError, match=r"config.ini:2: .*github_repo can't be 'jacks, a/b'"):
        repositories("colab", config_of("[colab]\ngithub_repo = jacks, a/b"))


@pytest.mark.parametrize(
    "value",
    [
        "https://github.com/our/the.book",
        "http://www.github.com/our/the.book/",
        "github.com/our/the.book.git",
        "git@github.com:our/the.book.git",
        "our/the.book",
    ],
)
def test_a_repository_may_be_named_by_its_address(value: str) -> None:
    config = config_of(f"[colab]\ngithub_repo = {value}")
    assert repositories("colab", config) == {"python": "our/the.book"}


@pytest.mark.parametrize(
    "value", ["book", "https://gitlab.com/our/book", "our/the/book", "our/my book", "our/", "/book"]
)
def test_what_names_no_repository(value: str) -> None:
    with pytest.raises(ConfigError) as error:
        repositories("colab", config_of(f"[colab]\n\ngithub_repo = {value}"))
    assert str(error.value) == (
        f"config.ini:3: error: [colab] github_repo can't be '{value}'; "
        "write owner/name, or the repository's address on GitHub"
    )


def test_addresses_of_colab_but_for_excluded_pages() -> None:
    addresses = {
        (page, tab): colab_address(page, tab, config_of())
        for page in ("part/page one", "part/index", "root")
        for tab in ("pytorch", "mxnet")
    }
    assert {key: address for key, address in addresses.items() if address} == {
        ("part/page one", "pytorch"): "https://colab.research.google.com/github/"
        "our/pytorch-colab/blob/master/part/page%20one.ipynb"
    }


def test_vector_pictures_for_colab() -> None:
    picture = pictures_for("colab", config_of())
    assert picture("part/page", "../img/a/b c.svg") == "https://example.org/_images/a/b%20c.svg"
    unchanged = ("../img/a.png", "img/a.svg", "https://example.com/img/a.svg", "../../img/a.svg")
    assert [picture("part/page", name) for name in unchanged] == list(unchanged)
    assert pictures_for("sagemaker", config_of())("page", "img/a.svg") == "img/a.svg"
    with pytest.raises(ConfigError, match=r"config.ini:2: .*write folder, address"):
        pictures_for("colab", config_of("[colab]\nreplace_svg_url = img"))
