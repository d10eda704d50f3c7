"""Pages as notebooks and back: nothing but what was edited changes."""

from __future__ import annotations

import copy
import difflib
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from d2lbook.errors import SourceError
from d2lbook.jupyter.pages import open_page, save_page
from hypothesis import assume, given
from hypothesis import strategies as st

PAGE = """\

# Title
:label:`sec_title`


```{.python .input  n=5}
%%tab mxnet
x = 1
```
~~~~{.python .input #second}
y = 2
~~~~

:begin_tab:`mxnet`
Prose with an illustration:

```python
z = 3
```
:end_tab:

```{.bash .input}
ls
```

```{.json .output n=1}
[]
```
"""


def opened(text: str = PAGE) -> dict[str, Any]:
    """The notebook as a browser gets it."""
    return json.loads(json.dumps(open_page(text, "page.md")))


def saved(notebook: dict[str, Any]) -> str:
    return save_page(notebook, "page.md")


def changes(notebook: dict[str, Any], before: str = PAGE) -> list[str]:
    """The lines by which the page differs once this notebook is saved."""
    lines = difflib.ndiff(before.splitlines(), saved(notebook).splitlines())
    return [line for line in lines if line[0] in "+-"]


def code(source: str) -> dict[str, Any]:
    """A cell that Jupyter adds."""
    return {
        "cell_type": "code",
        "id": "new",
        "metadata": {"trusted": True},
        "execution_count": 3,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "secret"}],
        "source": source,
    }


def prose(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "new", "metadata": {}, "source": source}


def test_cells() -> None:
    notebook = opened()
    nbformat.validate(nbformat.from_dict(notebook))
    assert [(cell["cell_type"], cell["source"]) for cell in notebook["cells"]] == [
        ("markdown", "# Title\n:label:`sec_title`"),
        ("code", "%%tab mxnet\nx = 1"),
        ("code", "y = 2"),
        (
            "markdown",
            ":begin_tab:`mxnet`\nProse with an illustration:\n\n```python\nz = 3\n```\n:end_tab:",
        ),
        ("code", "%%bash\nls"),
        ("markdown", "```{.json .output n=1}\n[]\n```"),
    ]


def test_an_edited_cell_changes_its_own_lines_alone() -> None:
    for index, new in enumerate(["# New\n", "a\n\nb", "c", "d\ne", "%%bash\npwd", "f"]):
        notebook = opened()
        cell = notebook["cells"][index]
        old = [line for line in cell["source"].splitlines() if not line.startswith("%%bash")]
        cell["source"] = new
        found = changes(notebook)
        assert [line[2:] for line in found if line[0] == "-"] == [
            line for line in old if line not in new.splitlines()
        ]


def test_an_edited_cell_keeps_its_fence() -> None:
    notebook = opened()
    notebook["cells"][1]["source"] = "x = 2"
    notebook["cells"][2]["source"] = ""
    assert changes(notebook) == ["- %%tab mxnet", "- x = 1", "+ x = 2", "- y = 2"]


def test_outputs_and_counts_are_not_written() -> None:
    notebook = opened()
    for cell in notebook["cells"]:
        cell["metadata"]["collapsed"] = True
        if cell["cell_type"] == "code":
            cell.update(execution_count=7, outputs=code("")["outputs"])
    notebook["metadata"]["kernelspec"] = {"name": "x", "display_name": "X"}
    assert saved(notebook) == PAGE


def test_added_cells() -> None:
    notebook = opened()
    notebook["cells"].insert(2, code("new = 1"))
    notebook["cells"].insert(1, prose("New text"))
    notebook["cells"] += [prose("The end"), code("")]
    assert [line[2:] for line in changes(notebook) if line[2:].strip()] == [
        "New text",
        "```{.python .input}",
        "new = 1",
        "```",
        "The end",
    ]
    assert [cell["source"] for cell in opened(saved(notebook))["cells"]][:3] == [
        "# Title\n:label:`sec_title`\n\n\nNew text",
        "%%tab mxnet\nx = 1",
        "new = 1",
    ]


def test_a_deleted_cell_goes_with_its_gap() -> None:
    notebook = opened()
    del notebook["cells"][1]
    assert all(line[0] == "-" for line in changes(notebook))
    assert len(changes(notebook)) == 4


def test_a_page_ends_as_before_without_its_last_cell() -> None:
    text = "a\n\n```{.python .input}\n1\n```"
    notebook = opened(text)
    del notebook["cells"][1]
    assert saved(notebook) == "a"


def test_moved_cells_keep_their_text() -> None:
    notebook = opened()
    notebook["cells"].reverse()
    text = saved(notebook)
    for line in PAGE.splitlines():
        assert line in text.splitlines()
    again = opened(text)
    assert [cell["source"] for cell in again["cells"]] == [
        cell["source"] for cell in notebook["cells"]
    ]


def test_a_split_cell() -> None:
    """Jupyter gives both halves the metadata of the whole."""
    notebook = opened("a\n\nb\n```{.python .input #id}\n1\n\n2\n```\nc\n")
    first, second, third = notebook["cells"]
    cells = [first, copy.deepcopy(first), second, copy.deepcopy(second), third]
    for cell, source in zip(cells, ["a", "b", "1", "2", "c"], strict=True):
        cell["source"] = source
    fence = "```{.python .input #id}"
    assert saved(notebook | {"cells": cells}) == (f"a\n\nb\n{fence}\n1\n```\n{fence}\n2\n```\nc\n")


def test_cells_of_another_kind() -> None:
    notebook = opened("text\n\n```{.python .input n=1}\n1\n```\n")
    for cell, kind in zip(notebook["cells"], ["code", "markdown"], strict=True):
        cell["cell_type"] = kind
    assert saved(notebook) == "```{.python .input}\ntext\n```\n\n1\n"


def test_a_cell_that_is_no_longer_bash() -> None:
    notebook = opened("```{.bash .input}\nls\n```\n")
    notebook["cells"][0]["source"] = "1"
    assert saved(notebook) == "```{.python .input}\n1\n```\n"


def test_a_fence_in_the_code_makes_the_outer_one_longer() -> None:
    notebook = opened()
    source = 'text = """\n````\n"""'
    notebook["cells"][1]["source"] = source
    assert "`````{.python .input  n=5}\ntext" in saved(notebook)
    assert opened(saved(notebook))["cells"][1]["source"] == source


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems(end: str) -> None:
    text = PAGE.replace("\n", end)
    notebook = opened(text)
    assert [cell["source"] for cell in notebook["cells"]] == [
        cell["source"] for cell in opened()["cells"]
    ]
    assert saved(notebook) == text
    notebook["cells"][0]["source"] = "a\nb"
    notebook["cells"].append(code("c"))
    assert "\n" not in saved(notebook).replace(end, "")


def test_mixed_line_ends_and_a_byte_order_mark_stay() -> None:
    text = "\ufeff```{.python .input}\r\na\n\rb\r\n```\n\r\ntext\r"
    assert [cell["source"] for cell in opened(text)["cells"]] == ["a\n\nb", "text"]
    assert saved(opened(text)) == text


@pytest.mark.parametrize("text", ["", "\n\n", " ", "\ufeff"])
def test_an_empty_page(text: str) -> None:
    notebook = opened(text)
    assert saved(notebook) == text
    notebook["cells"] = [code("1")]
    assert opened(saved(notebook))["cells"][0]["source"] == "1"
    assert saved(notebook).endswith("```\n")


def test_a_new_page() -> None:
    notebook = {"cells": [prose(["a\n", "b"]), code("1")], "metadata": {}}
    assert saved(notebook) == "a\nb\n\n```{.python .input}\n1\n```\n"


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        (
            prose("see\n```python\n1"),
            "page.md: error: cell 2: this code fence is never closed; close it with ```",
        ),
        (prose("<!-- a"), "page.md: error: cell 2: this HTML comment is never closed; close it with -->"),
        (
            prose("![](attachment:a.png)") | {"attachments": {"a.png": {"image/png": ""}}},
            "page.md: error: cell 2: a page can't hold an attached picture; save it as a file, and name that",
        ),
    ],
)  # fmt: skip
def test_what_a_page_cannot_hold(cell: dict[str, Any], line: str) -> None:
    notebook = opened()
    notebook["cells"].insert(1, cell)
    with pytest.raises(SourceError) as error:
        saved(notebook)
    assert [problem.line() for problem in error.value.problems] == [line]


def test_a_page_that_cannot_be_read() -> None:
    with pytest.raises(SourceError, match=r"page\.md:3: error: this code fence is never closed"):
        opened("a\n\n```\n")


WORDS = st.sampled_from(
    ["text", "", "    code", "\t", ":begin_tab:`jax`", "%%tab jax", "%%bash", "\ufeff", "\u2028", "\x0c"]
)  # fmt: skip
INFOS = st.sampled_from(
    ["{.python .input}", "{.bash .input #id}", "input n=5", "python", "", "{.json .output}"]
)


@st.composite
def fences(draw: st.DrawFn) -> list[str]:
    mark = draw(st.sampled_from(["```", "~~~~"]))
    body = draw(st.lists(st.one_of(WORDS, st.just("``"), st.just("<!--")), max_size=4))
    return [mark + draw(INFOS), *body, mark + draw(st.sampled_from(["", mark, " "]))]


BLOCKS = st.one_of(WORDS.map(lambda word: [word]), fences(), st.just(["<!--", "```", "-->"]))
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def whole_pages(draw: st.DrawFn) -> str:
    lines = [line for block in draw(st.lists(BLOCKS, max_size=8)) for line in block]
    ends = draw(st.one_of(ENDS.map(lambda end: [end] * len(lines)), st.lists(ENDS)))
    ends += ["\n"] * (len(lines) - len(ends))
    text = "".join(line + end for line, end in zip(lines, ends, strict=False))
    return text.rstrip("\r\n") if draw(st.booleans()) else text


PAGES = st.one_of(st.text(), whole_pages())


def readable(text: str) -> dict[str, Any]:
    try:
        return opened(text)
    except SourceError:
        assume(False)
        raise


@given(PAGES)
def test_any_page_is_saved_as_it_was_opened(text: str) -> None:
    assert saved(readable(text)) == text


@given(whole_pages(), whole_pages(), st.data())
def test_the_code_of_any_edited_page_is_read_again(
    text: str, other: str, data: st.DataObject
) -> None:
    """Cells of two pages are mixed; some are edited, others deleted or of another kind."""
    cells = readable(text)["cells"] + readable(other)["cells"]
    cells = data.draw(st.permutations(cells))[: data.draw(st.integers(0, len(cells)))]
    for cell in cells:
        if data.draw(st.booleans()):
            cell["source"] = data.draw(
                st.sampled_from(["", "a\n\nb\n", "````\n````", "%%bash\nls"])
            )
        if data.draw(st.booleans()):
            cell["cell_type"] = data.draw(st.sampled_from(["code", "markdown"]))
            assume(cell["cell_type"] == "code" or "input" not in cell["source"])
    try:
        page = saved(opened(text) | {"cells": cells})
    except SourceError:
        assume(False)
    again = [cell["source"] for cell in opened(page)["cells"] if cell["cell_type"] == "code"]
    expected = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    assert [source for source in again if source] == [
        source for source in expected if source.strip()
    ]


def test_the_corpus_is_saved_as_it_was_opened_and_edits_stay_where_they_are(corpus: Path) -> None:
    pages = sorted(corpus.rglob("*.md"))
    assert len(pages) >= 192
    for page in pages:
        text = page.read_bytes().decode()
        notebook = opened(text)
        assert saved(notebook) == text, page
        cell = notebook["cells"][len(notebook["cells"]) // 2]
        original = cell["metadata"]["d2lbook"]["text"]
        before, _, after = text.partition(original)
        cell["source"] += "\n# edited"
        assert saved(notebook).startswith(before), page
        assert saved(notebook).endswith(after), page
        assert len(saved(notebook)) == len(text) + len("\n# edited"), page


def test_folds_and_boxes_stay_around_an_edited_cell() -> None:
    text = (
        "# T\n\n:begin_fold: Solution\n```{.python .input}\n1\n```\n:end_fold:\n"
        ":begin_box: Note\ntext\n:end_box:\n"
    )
    notebook = opened(text)
    assert saved(notebook) == text
    notebook["cells"][1]["source"] = "2"
    assert saved(notebook) == text.replace("\n1\n", "\n2\n")
