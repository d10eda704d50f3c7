"""The locked requirements of the book's own environments."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

TABS = ("mxnet", "pytorch", "tensorflow", "jax")


def pins(tab: str) -> dict[str, str]:
    text = (ROOT / "envs" / f"{tab}.txt").read_text()
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("tab", TABS)
def test_every_package_is_pinned_and_no_place_is_named(tab: str) -> None:
    text = (ROOT / "envs" / f"{tab}.txt").read_text()
    for line in text.splitlines():
        assert re.match(
            r"#|[\w.-]+==[\w.]+( ; [^/]+)?( \\)?$|    --hash=sha256:\w{64}( \\)?$", line
        )


@pytest.mark.parametrize("tab", TABS)
def test_a_lock_has_what_its_input_names(tab: str) -> None:
    text = (ROOT / "envs" / f"{tab}.in").read_text()
    for name, _, version in re.findall(r"^(\w[\w-]*)(==(\S+))?$", text, flags=re.MULTILINE):
        assert pins(tab)[name.replace("_", "-")].startswith(version)


@pytest.mark.parametrize("tab", ["mxnet", "tensorflow", "jax"])
def test_every_package_has_hashes(tab: str) -> None:
    text = (ROOT / "envs" / f"{tab}.txt").read_text()
    assert not re.search(r"==[^\\]*$(?!\n    --hash)", text, flags=re.MULTILINE)


def test_pytorch_is_locked_for_every_build() -> None:
    assert pins("pytorch")["torch"] == "2.13.0"
    assert not [name for name in pins("pytorch") if re.match("nvidia|cuda|triton", name)]


def test_tensorflow_is_there_once() -> None:
    assert "tensorflow-cpu" in pins("tensorflow")
    assert "tensorflow" not in pins("tensorflow")
