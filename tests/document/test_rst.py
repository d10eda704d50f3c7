"""``eval_rst`` blocks: what they mean, against cases anyone can read."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from d2lbook.document.rst.only import only, outputs_of, shown_in
from d2lbook.document.rst.python_objects import PythonObject, read_module
from d2lbook.document.rst.scope import Scope
from d2lbook.document.rst.sources import BookSources
from d2lbook.document.rst.tokens import rst_tokens
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from tests import golden
from tests.document.describe import describe_tokens
from tests.document.pages import documents_of

TABS = ("pytorch", "jax")

FILES = {
    "part/front.html": "<b>front</b>\n",
    "d2l/torch.py": '''\
        """The library."""

        class Net(nn.Module):
            """A net of several *layers*.

            Defined in :numref:`sec_net`"""

            def __init__(self, width, depth=2, *, bias=True):
                self.width = width

            def forward(self, x: Tensor) -> Tensor:
                """Applies it to ``x``."""

            def undocumented(self):
                pass

            def _private(self):
                """Not shown."""

        def train(net, epochs=1):
            """Train a net.

            Examples
            --------

            >>> train(Net())
            """

        size = lambda a: a.numel()
        ones = torch.ones
    ''',
    "d2l/jax.py": '''\
        class Net:
            """Another one."""
    ''',
}
"""Files of the book, for a page in ``part/``."""

LIBRARIES = {"pytorch": "d2l.torch", "jax": "d2l.jax"}

Describe = Callable[[str], str]


@pytest.fixture
def sources(tmp_path: Path) -> BookSources:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return BookSources(root=tmp_path.resolve(), source=tmp_path.resolve(), libraries=LIBRARIES)


@pytest.fixture
def describe(sources: BookSources) -> Describe:
    def describe(text: str) -> str:
        scope = Scope(page="part/page", sources=sources)
        tokens, damages = rst_tokens(text, 0, TABS, scope)
        lines = [*describe_tokens(tokens)]
        for damage in damages:
            remedy = f"; {damage.remedy}" if damage.remedy else ""
            lines.append(f"! {damage.line + 1}: {damage.what}{remedy}")
        return "\n".join(lines)

    return describe


def test_golden(describe: Describe, update_golden: bool) -> None:
    golden.check(Path(__file__).with_name("rst.txt"), describe, update_golden)


def test_code_knows_its_language(sources: BookSources) -> None:
    text = ".. code-block:: python\n\n   x\n\n.. code::\n\n   y\n\n>>> z\n"
    tokens, _ = rst_tokens(text, 0, TABS, Scope(page="page"))
    assert [token.info for token in tokens] == ["python", "", "python"]


def test_what_is_close_together_stays_so() -> None:
    def hidden(text: str) -> list[bool]:
        tokens, _ = rst_tokens(text, 0, TABS, Scope(page="page"))
        return [token.hidden for token in tokens if token.type == "paragraph_open"]

    assert hidden("- a\n\n- b\n\n  - c\n") == [True, True, True]
    assert hidden("- a\n\n  more\n\n- b\n") == [False, False, False]


@pytest.mark.parametrize(
    ("expression", "outputs"),
    [
        ("html", "html"),
        ("not html", "latex"),
        ("html or latex", "html latex"),
        ("html and not latex", "html"),
        ("(text or latex) and not epub", "latex"),
        ("text", ""),
    ],
)
def test_expressions_of_only(expression: str, outputs: str) -> None:
    assert outputs_of(expression) == tuple(outputs.split())


@pytest.mark.parametrize("expression", ["", "html or", "1", "html()", "html, latex"])
def test_expressions_that_can_not_be(expression: str) -> None:
    with pytest.raises(ValueError):
        outputs_of(expression)


def test_parts_within_parts_are_for_those_who_see_both() -> None:
    def text(content: str) -> Token:
        return Token("text", "", 0, content=content)

    inner = only([text("both")], outputs=["html"])
    tokens = [text("all"), *only([text("torch"), *inner], tabs=["pytorch"])]

    def shown(output: str, tab: str = "") -> str:
        return " ".join(token.content or token.type for token in shown_in(output, tokens, tab))

    assert shown("html") == "all only_open torch both only_close"
    assert shown("latex") == "all only_open torch only_close"
    assert shown("html", "pytorch") == "all torch both"
    assert shown("latex", "pytorch") == "all torch"
    assert shown("html", "jax") == "all"


def test_labels_and_references_of_a_block_are_those_of_its_page() -> None:
    page = """\
        # T

        ```eval_rst
        .. _sec_A:

        Part
        ----

        :numref:`sec_A` :numref:`sec_none`
        ```

        :ref:`sec_A`
    """
    documents, problems = documents_of({"index": page})
    assert documents.targets["sec_A"].title == "Part"
    assert [str(problem.place) for problem in problems] == ["index.md:9"]


def test_the_first_heading_of_a_block_can_be_the_title() -> None:
    documents, problems = documents_of({"index": "```eval_rst\nTitle\n=====\n```\n"})
    title = documents.pages["index"].title
    assert title is not None
    assert title.content == "Title"
    assert problems == []


def test_a_module_that_is_not_python_has_nothing() -> None:
    assert read_module("def f(:", "m") is None


def test_signatures_and_the_last_of_each_name() -> None:
    module = read_module("def f(a): ...\nasync def f(b, /, *, c=1) -> None: ...\nx: int = 1\n", "m")
    assert module is not None
    assert module.members == (
        PythonObject(kind="function", name="f", signature="(b, /, *, c=1) -> None"),
        PythonObject(kind="data", name="x"),
    )


PIECES = (
    ".. ", "::\n", "note", "only", "raw", "math", "image", "autoclass", "_a:", "|a|", "`", "``", "*",
    ":ref:", ":math:", "\n", "\n\n", "   ", "===\n", "---\n", "Title\n", "- x", "1. y", "+--+\n",
    "|  |\n", ":file: a", "[1]_", ".. [1] b", "html", "d2l.torch.Net", "\\", "\t", "\x00", "a: b",
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_any_text_is_read(text: str) -> None:
    tokens, damages = rst_tokens(text, 3, TABS, Scope(page="page"))
    assert sum(token.nesting for token in tokens) == 0
    assert all(damage.line >= 3 and "\n" not in damage.what for damage in damages)
