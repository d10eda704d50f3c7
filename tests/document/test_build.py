"""Pages with the outputs of their tabs."""

from __future__ import annotations

import pickle

import pytest
from d2lbook.book import Output
from d2lbook.document.hiding import hidden_parts
from d2lbook.document.model import Code, Document, Prose

from tests.document.pages import documents_of

PAGE = """
# Title

Common text.

```{.python .input}
%%tab all
x = 1
if tab.selected('jax'):
    y = 2
if tab.selected('pytorch', 'mxnet'):
    y = 3
y
```

:begin_tab:`jax`
For JAX.
:end_tab:

```{.python .input}
%%tab pytorch, mxnet
z
```
"""


def text(value: str) -> tuple[Output, ...]:
    return ({"output_type": "execute_result", "data": {"text/plain": value}},)


def document_of(page: str, **outputs: dict[int, tuple[Output, ...]]) -> Document:
    documents, problems = documents_of(
        {"index": page}, {tab: {"index": found} for tab, found in outputs.items()}
    )
    assert not problems
    return documents.pages["index"]


def describe(document: Document) -> list[str]:
    return [
        f"{repr(block.cell.source) if isinstance(block, Code) else 'prose'} {','.join(block.tabs)}"
        for block in document.blocks
    ]


def test_blocks_keep_the_order_of_the_source() -> None:
    assert describe(document_of(PAGE)) == [
        "prose pytorch,mxnet,jax",
        "'x = 1\\ny = 3\\ny' pytorch,mxnet",
        "'x = 1\\ny = 2\\ny' jax",
        "prose jax",
        "'z' pytorch,mxnet",
    ]


def test_a_tab_sees_its_own_blocks() -> None:
    document = document_of(PAGE)
    assert [block.tabs for block in document.select("jax")] == [
        ("pytorch", "mxnet", "jax"),
        ("jax",),
        ("jax",),
    ]


def test_outputs_come_with_their_cell_and_tab() -> None:
    document = document_of(PAGE, pytorch={1: text("3"), 3: text("a")}, mxnet={1: text("3.0")})
    first, last = (
        block for block in document.blocks if isinstance(block, Code) and "jax" not in block.tabs
    )
    assert first.outputs == {"pytorch": text("3"), "mxnet": text("3.0")}
    assert not first.has_same_outputs
    assert last.outputs == {"pytorch": text("a"), "mxnet": ()}


def test_outputs_of_the_source_file_count_where_nothing_was_executed() -> None:
    page = """
    # Title

    ```{.python .input}
    %%tab all
    1
    ```
    ```{.json .output}
    [{"output_type": "stream", "name": "stdout", "text": "kept"}]
    ```
    """
    kept = document_of(page).blocks[1]
    executed = document_of(page, pytorch={}).blocks[1]
    assert isinstance(kept, Code)
    assert isinstance(executed, Code)
    assert kept.outputs["jax"][0]["text"] == "kept"
    assert executed.outputs["pytorch"] == ()


@pytest.mark.parametrize(
    ("mark", "source", "outputs"),
    [
        ("#@hide_code", False, 1),
        ("# Hide outputs", True, 0),
        ("#@hide_output", True, 0),
        ("# Hide codes", False, 1),
        ("#@hide_outputs", True, 0),
    ],
)
def test_marks_hide_parts_of_a_cell(mark: str, source: bool, outputs: int) -> None:
    page = f"# T\n\n```{{.python .input}}\n%%tab all\n{mark}\n1\n```\n"
    block = document_of(page, pytorch={1: text("1")}).blocks[1]
    assert isinstance(block, Code)
    assert block.shows_source == source
    assert len(block.outputs["pytorch"]) == outputs
    assert block.cell.source == "1"


def test_hidden_cells_are_not_there() -> None:
    cell = "```{{.python .input}}\n%%tab all\n{}\n```\n"
    page = "# T\n\n" + "".join(map(cell.format, ["1", "#@hide\n2", "3", "#@hide_all\n4", "5"]))
    assert describe(document_of(page)) == [
        "prose pytorch,mxnet,jax",
        "'1' pytorch,mxnet,jax",
        "'3' pytorch,mxnet,jax",
    ]


def test_a_word_that_begins_like_a_mark_is_none() -> None:
    block = document_of("# T\n\n```{.python .input}\n%%tab all\n#@hideous\n1\n```\n").blocks[1]
    assert hidden_parts(block.cell) == set()


def test_footnotes_are_numbered_as_they_are_referred_to() -> None:
    document = document_of("""
    # Title

    One[^b], two[^a], one again[^b].

    ```{.python .input}
    %%tab all
    1
    ```

    [^a]: The second.
    [^b]: The first.
    """)
    assert [(note.number, note.references) for note in document.footnotes] == [(1, 2), (2, 1)]
    assert document.footnotes[0].tokens[1].content == "The first."


def test_footnotes_may_refer_to_each_other() -> None:
    document = document_of("# T\n\nText[^a].\n\n[^a]: See[^b].\n\n[^b]: See[^a] and[^b].\n")
    assert [(note.number, note.references) for note in document.footnotes] == [(1, 2), (2, 2)]


def test_a_footnote_that_is_not_there_is_reported() -> None:
    documents, problems = documents_of({"index": "# T\n\nText[^x].\n"})
    assert [problem.line("warning") for problem in problems] == [
        "index.md:3: warning: there is no footnote 'x'; write it as [^x]: text"
    ]
    block = documents.pages["index"].blocks[0]
    assert isinstance(block, Prose)
    assert block.tokens[4].children is not None
    assert "".join(child.content for child in block.tokens[4].children) == "Text[^x]."


def test_link_definitions_hold_on_the_whole_page() -> None:
    document = document_of("""
    # Title

    See [the docs][d].

    ```{.python .input}
    %%tab all
    1
    ```

    [d]: https://example.org
    """)
    block = document.blocks[0]
    assert isinstance(block, Prose)
    assert block.tokens[4].children is not None
    assert block.tokens[4].children[1].attrs["href"] == "https://example.org"


def test_contents_know_the_names_of_pages() -> None:
    documents, _ = documents_of(
        {
            "index": "# T\n\n```toc\n:numbered:\n:maxdepth: 2\n\nch/index\n```\n",
            "ch/index": "# C\n\n```toc\na\n```\n",
            "ch/a": "# A\n",
        }
    )
    metas = [
        token.meta
        for page in documents.pages.values()
        for block in page.blocks
        if isinstance(block, Prose)
        for token in block.tokens
        if token.type == "contents"
    ]
    assert metas == [
        {"entries": ["ch/index"], "numbered": True, "max_depth": 2},
        {"entries": ["ch/a"], "numbered": False, "max_depth": None},
    ]


def test_a_page_without_a_title_is_reported() -> None:
    _, problems = documents_of({"index": "Text.\n"})
    assert [problem.line("warning") for problem in problems] == [
        "index.md: warning: this page has no title; begin it with '# Title'"
    ]


def test_documents_travel_between_processes() -> None:
    document = document_of(PAGE)
    assert pickle.loads(pickle.dumps(document)) == document


def test_nothing_of_a_page_is_lost_without_a_word() -> None:
    page = """
# T

Text.[^1]

[^1]: One.

[^1]: Another one.

[^2]: Nobody's.

> | a | b |
> |---|---|
> | x | y | lost | too |
> | x | `a\\|b` | |
> | x |
"""
    _, problems = documents_of({"index": page})
    assert [problem.line("warning") for problem in problems] == [
        "index.md:14: warning: this row has more cells than its table has columns: "
        "'lost | too' is lost; give the head a cell more",
        "index.md:8: warning: footnote '1' is defined twice; first at index.md:6; "
        "give it another name",
        "index.md:10: warning: nothing refers to footnote '2'; write [^2] in the text",
    ]
