"""Aliases and imports of a notebook's code, against readable cases."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.book import Cell
from d2lbook.config import parse_config
from d2lbook.notebooks.aliases import AliasError, Aliases, library_lines, parse_aliases
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
    [
        ("simple_alias", "a -> "),
        ("simple_alias", "1a"),
        ("simple_alias", "a -> b c"),
        ("fluent_alias", "x y"),
        ("fluent_alias", "x -> y z"),
        ("args_alias", "f x -> x"),
        ("args_alias", "f(x)"),
        ("alias", "broken((("),
        ("reverse_alias", r"d2l\.(size -> x"),
        ("reverse_alias", r"d2l\.size -> \2"),
    ],
)
def test_an_alias_that_is_none(key: str, value: str) -> None:
    with pytest.raises(AliasError, match=r"is not|are not|is no regular expression") as caught:
        aliases(f"[build]\ntabs = mxnet\n[library-mxnet]\n{key} = {value}\n")
    assert caught.value.key == key


def test_aliases_of_a_module_that_is_not_named() -> None:
    with pytest.raises(AliasError, match="simple_alias needs lib_name"):
        aliases("[build]\ntabs = mxnet\n[library-mxnet]\nsimple_alias = sqrt\n")


def test_a_cell_that_is_nested_too_deep_keeps_calls_with_arguments() -> None:
    source = f"d2l.reshape(x, {'+'.join('a' * 2000)})"
    cell = Cell(kind="code", source=source, lines=(1,), position=0)
    assert rewrite_cell(cell, aliases(), ()) == cell


def rewritten(source: str, config: str) -> str:
    cell = Cell(
        kind="code", source=source, lines=tuple(range(1, source.count("\n") + 2)), position=0
    )
    config = f"[build]\ntabs = mxnet\n[library-mxnet]\nlib_name = np\n{config}\n"
    return rewrite_cell(cell, aliases(config), ()).source


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("d2l.f(x, 1)", "x.sum(1)"),
        ("d2l.f(x, axis=0)", "x.sum(0)"),
        ("d2l.f(axis=0, a=x)", "x.sum(0)"),
        ("d2l.f(d2l.f(x, 1), axis=0)", "x.sum(1).sum(0)"),
        ("d2l.g(x)", "x.norm(2)"),
        ("d2l.g(x, p=1)", "x.norm(1)"),
    ],
)
def test_arguments_go_where_the_alias_says(call: str, expected: str) -> None:
    config = "args_alias =\n    f(a, axis) -> a.sum(axis)\n    g(a, p=2) -> a.norm(p)"
    assert rewritten(f"y = {call}", config) == f"y = {expected}"


@pytest.mark.parametrize(
    "call", ["f(x)", "f(x, 1, 2)", "f(*xs)", "f(**xs)", "f(x, a=1)", "f(x, b=1, dtype=2)"]
)
def test_a_call_that_an_alias_does_not_fit_stays(call: str) -> None:
    config = "args_alias = f(a, b) -> a + b\nfluent_alias = numpy -> asnumpy"
    assert rewritten(f"d2l.{call}", config) == f"d2l.{call}"
    inner = call.replace("x,", "d2l.numpy(x),")
    assert rewritten(f"d2l.{inner}", config) == f"d2l.{inner}".replace(
        "d2l.numpy(x)", "x.asnumpy()"
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("x  # a, b\n    , y", "x.asnumpy(y)"),
        ("(x), (y)", "x.asnumpy((y))"),
        ("x \\\n , y=1", "x.asnumpy(y=1)"),
        ("x  # a, b\n", "x.asnumpy()"),
    ],
)
def test_commas_in_comments_end_no_argument(arguments: str, expected: str) -> None:
    assert rewritten(f"d2l.numpy({arguments})", "fluent_alias = numpy -> asnumpy") == expected


def test_a_cell_may_say_that_it_is_not_to_be_sorted() -> None:
    source = "# isort: skip_file\nimport os\nimport abc"
    assert rewritten(source, "") == source
