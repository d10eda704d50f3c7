"""Aliases and imports of a notebook's code, against readable cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.book import Cell
from d2lbook.config import parse_config
from d2lbook.notebooks.aliases import Aliases, library_lines, parse_aliases
from d2lbook.notebooks.rewrite import rewrite_cell

from tests import golden

CONFIG = """
[build]
tabs = mxnet
[library-mxnet]
lib_name = np
simple_alias = ones_like, ones, tensor -> array, exp(, int32, randn -> random.randn
fluent_alias = numpy -> asnumpy, reshape, astype, reduce_sum -> sum
args_alias = square(x) -> x ** 2
alias = size = lambda a: a.size
reverse_alias =
    d2l.size\\(([\\w]+)\\) -> \\1.size
    d2l.nn_Module -> nn.Block
"""


def aliases(config: str = CONFIG) -> Aliases:
    return parse_aliases(parse_config(config, Path())[0].libraries["mxnet"])


def describe(source: str) -> str:
    lines = tuple(range(1, source.count("\n") + 2))
    cell = Cell(kind="code", source=source, lines=lines, position=0)
    rewritten = rewrite_cell(cell, aliases(), ("d2l",))
    numbered = zip(rewritten.lines, rewritten.source.split("\n"), strict=True)
    return "\n".join(f"{number:3}|{line}" for number, line in numbered)


def test_golden(update_golden: bool) -> None:
    golden.check(Path(__file__).parent / "rewrite.txt", describe, update_golden)


def test_lines_of_the_library() -> None:
    assert list(library_lines(aliases())) == [
        "size = lambda a: a.size",
        "ones_like = np.ones_like",
        "ones = np.ones",
        "tensor = np.array",
        "exp = np.exp",
        "int32 = np.int32",
        "randn = np.random.randn",
        "numpy = lambda x, *args, **kwargs: x.asnumpy(*args, **kwargs)",
        "reshape = lambda x, *args, **kwargs: x.reshape(*args, **kwargs)",
        "astype = lambda x, *args, **kwargs: x.astype(*args, **kwargs)",
        "reduce_sum = lambda x, *args, **kwargs: x.sum(*args, **kwargs)",
        "def square(x): return x ** 2",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [("simple_alias", "a -> "), ("args_alias", "f x -> x"), ("args_alias", "f(x)")],
)
def test_an_alias_that_is_none(key: str, value: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        aliases(f"[build]\ntabs = mxnet\n[library-mxnet]\n{key} = {value}\n")


def test_a_cell_that_is_nested_too_deep_keeps_calls_with_arguments() -> None:
    source = f"d2l.reshape(x, {'+'.join('a' * 2000)})"
    cell = Cell(kind="code", source=source, lines=(1,), position=0)
    assert rewrite_cell(cell, aliases(), ()) == cell
