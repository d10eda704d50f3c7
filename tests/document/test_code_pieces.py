"""Where code may go on in the next line."""

from __future__ import annotations

import pytest
from d2lbook.document.code_pieces import code_pieces
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("code", "pieces"),
    [
        ("nn.Module", ["nn.", "Module"]),
        ("trainable=False", ["trainable=", "False"]),
        ("block_until_ready()", ["block_", "until_", "ready()"]),
        ("__init__", ["__init__"]),
        ("x == y", ["x == y"]),
        ("jax.devices()[0]", ["jax.", "devices()[0]"]),
        ("", [""]),
    ],
)
def test_it_breaks_after_dots_and_the_like(code: str, pieces: list[str]) -> None:
    assert code_pieces(code) == pieces


@given(st.text())
def test_nothing_is_lost(code: str) -> None:
    assert "".join(code_pieces(code)) == code
