"""Cells made active for one tab and back: nothing but fences changes, and all comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.errors import SourceError
from d2lbook.notebooks.activate import activate
from d2lbook.source.page import TabRules, read_page
from hypothesis import given
from hypothesis import strategies as st

from tests.jupyter.test_pages import whole_pages

RULES = TabRules(tabs=("mxnet", "jax"))

PAGE = """\
```{.python .input}
%load_ext d2lbook.tab
```

```{.python .input  n=5}
%%tab mxnet
```
``` {.input #id .python key=".input"}
#@tab mxnet, jax
```
~~~input
#@tab jax
~~~

```{.python .input}
untagged
```
```python
an illustration
```
<!--
```{.python .input}
-->
  ```{.python .input}
  in a list
  ```
"""

FOR_JAX = """\
```{.python .input}
%load_ext d2lbook.tab
```

```{.python .inactive  n=5}
%%tab mxnet
```
``` {.input #id .python key=".input"}
#@tab mxnet, jax
```
~~~input
#@tab jax
~~~

```{.python .inactive}
untagged
```
```python
an illustration
```
<!--
```{.python .input}
-->
  ```{.python .input}
  in a list
  ```
"""


def activated(text: str, tab: str, rules: TabRules = RULES) -> str:
    found, problems = activate(text, tab, rules, "page.md")
    assert not problems
    return found


def test_one_tab_and_all() -> None:
    assert activated(PAGE, "jax") == FOR_JAX
    assert activated(FOR_JAX, "jax") == FOR_JAX
    assert activated(FOR_JAX, "all") == PAGE
    for_mxnet = activated(FOR_JAX, "mxnet")
    assert for_mxnet == PAGE.replace("~~~input", "~~~inactive")


def test_untagged_cells_can_be_everybodys() -> None:
    found = activated(PAGE, "jax", TabRules(tabs=("mxnet", "jax"), untagged_is_all=True))
    assert found == PAGE.replace("{.python .input  n=5}", "{.python .inactive  n=5}")


def test_the_tool_reads_the_same_cells() -> None:
    before, _ = read_page(PAGE, "page", "page.md", RULES)
    after, _ = read_page(FOR_JAX, "page", "page.md", RULES)
    assert after == before


def test_a_cell_that_d2lbook_may_have_deactivated_is_left_and_told() -> None:
    text = "\n```python\n#@tab jax\n```\n"
    found, problems = activate(text, "all", RULES, "page.md")
    assert found == text
    assert [problem.line("note") for problem in problems] == [
        "page.md:2: note: a plain fence with a tab mark is left as it is; "
        "if it is a cell, write it as {.python .input}"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\n```\n", "page.md:2: error: this code fence is never closed; close it with ```"),
        (
            "```{.input .inactive}\n#@tab mxnet\n```\n",
            "page.md:1: error: the fence of this cell can't be made inactive; write it as {.python .input}",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_undone_is_refused(text: str, line: str) -> None:
    with pytest.raises(SourceError) as error:
        activated(text, "jax")
    assert [problem.line() for problem in error.value.problems] == [line]


@given(whole_pages(), st.sampled_from(["mxnet", "jax"]))
def test_any_page_comes_back(text: str, tab: str) -> None:
    changed, _ = activate(text, tab, RULES, "page.md")
    assert activate(changed, "all", RULES, "page.md")[0] == text
    assert changed.replace("inactive", "input") == text


def test_every_page_of_the_corpus_comes_back(corpus: Path) -> None:
    rules = TabRules(tabs=("pytorch", "mxnet", "jax", "tensorflow"))
    changed = 0
    for path in sorted(corpus.rglob("*.md")):
        text = path.read_bytes().decode()
        for tab in rules.tabs:
            for_tab = activated(text, tab, rules)
            assert activated(for_tab, "all", rules) == text, path
            changed += for_tab != text
    assert changed > 300
