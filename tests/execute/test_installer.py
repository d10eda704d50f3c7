"""What uv is told, and that packages come from where pip's configuration says."""

from __future__ import annotations

import tomllib
from pathlib import Path

from d2lbook.execute.environments import Environment, make_environments
from d2lbook.execute.installer import uv_configuration, uv_variables
from d2lbook.execute.pip_settings import PipSettings

from tests.execute.conftest import Machine, MakeConfig
from tests.execute.packages import add_to_index, make_wheel


def test_the_configuration_is_toml() -> None:
    settings = PipSettings(
        index_url='https://me:pass"word@mirror.example/simple',
        extra_index_urls=("https://ünï.example/🙂",),
        find_links=("/with space, and comma",),
        no_index=True,
        trusted_hosts=("mirror.example",),
    )
    assert tomllib.loads(uv_configuration(settings, ["tf_keras", "other"])) == {
        "index-url": 'https://me:pass"word@mirror.example/simple',
        "extra-index-url": ["https://ünï.example/🙂"],
        "find-links": ["/with space, and comma"],
        "no-index": True,
        "allow-insecure-host": ["mirror.example"],
        "index-strategy": "unsafe-best-match",
        "dependency-metadata": [
            {"name": "tf_keras", "requires-dist": []},
            {"name": "other", "requires-dist": []},
        ],
    }


def test_pip_wins_over_variables_of_many_programs_but_not_over_those_of_uv() -> None:
    settings = PipSettings(certificate="/pip.pem", timeout="90", proxy="http://proxy.example")
    environment = {"SSL_CERT_FILE": "/all.pem", "UV_HTTP_TIMEOUT": "5", "LANG": "C"}
    assert uv_variables(settings, environment) == {
        "SSL_CERT_FILE": "/pip.pem",
        "HTTP_PROXY": "http://proxy.example",
        "HTTPS_PROXY": "http://proxy.example",
        "UV_HTTP_TIMEOUT": "5",
        "LANG": "C",
    }
    assert uv_variables(PipSettings(), environment) == environment


def test_index_extra_index_and_folder(
    machine: Machine, configure: MakeConfig, tmp_path: Path
) -> None:
    """The best version of any place; places that are not there do no harm."""
    index, extra = tmp_path / "index", tmp_path / "extra"
    add_to_index(index, "alpha", "1.0")
    add_to_index(index, "beta", "1.0")
    add_to_index(extra, "alpha", "2.0")
    make_wheel(machine.wheels, "gamma", "1.0+cpu")
    add_to_index(index, "gamma", "1.0")
    machine.pip_conf.write_text(
        f"[global]\nindex-url = {index.as_uri()}\n"
        f"extra-index-url = {(tmp_path / 'gone').as_uri()} {extra.as_uri()}\n"
        f"find-links = /not/there {machine.wheels}\n"
    )
    config = configure(
        {"one": "requirements = one.txt"}, one="ipykernel\nalpha\nbeta\ngamma==1.0\n"
    )
    made = make_environments(config, ["one"], lambda _: None)["one"]
    assert versions(made) == {"alpha": "2.0", "beta": "1.0", "gamma": "1.0+cpu", "ipykernel": "1.0"}


def versions(environment: Environment) -> dict[str, str]:
    assert environment.folder
    found = (path.stem.partition("-") for path in environment.folder.rglob("*.dist-info"))
    return {name: version for name, _, version in found}
