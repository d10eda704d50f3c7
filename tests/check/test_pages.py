"""``d2lbook build outputcheck`` and ``tabcheck`` on tiny books."""

from __future__ import annotations

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook

CONFIG = "[build]\ntabs = mxnet, pytorch, jax\n"


class Check:
    def __init__(self, make_book: MakeBook, capfd: pytest.CaptureFixture[str]) -> None:
        self.make_book = make_book
        self.capfd = capfd

    def __call__(self, target: str, page: str, config: str = CONFIG) -> tuple[int, list[str]]:
        folder = self.make_book({"config.ini": config, "index.md": page})
        code = main(["-C", str(folder), "build", target])
        return code, self.capfd.readouterr().err.splitlines()


@pytest.fixture
def check(make_book: MakeBook, capfd: pytest.CaptureFixture[str]) -> Check:
    return Check(make_book, capfd)


def code(tabs: str, *lines: str) -> str:
    return "\n".join(["```{.python .input}", f"%%tab {tabs}", *lines, "```", "", ""])


def prose(tabs: str, text: str) -> str:
    return f":begin_tab:`{tabs}`\n{text}\n:end_tab:\n\n"


def test_outputs_in_a_page(check: Check) -> None:
    page = (
        "# Book\n\n```{.python .input}\n#@tab all\n1 + 1\n```\n\n"
        "```{.json .output n=1}\n[]\n```\n\n"
        "```{.python .input}\n2\n```\n"
        '```{.json .output}\n[{"output_type": "stream", "name": "stdout", "text": "2"}]\n```\n'
    )
    assert check("outputcheck", page) == (
        8,
        [
            "index.md:13: error: this cell has its outputs in the page; "
            "delete the {.json .output} block below it"
        ],
    )


def test_a_page_without_outputs(check: Check) -> None:
    assert check("outputcheck", "# Book\n\n" + code("all", "1")) == (0, [])


def test_an_unknown_tab(check: Check) -> None:
    exit_code, lines = check("tabcheck", "# Book\n\n" + prose("torch", "x"))
    assert exit_code == 4
    assert lines == ["index.md:3: error: unknown tab 'torch'; did you mean 'pytorch'?"]


GOOD_PAGES = {
    "every tab, each with its own": code("mxnet", "a") + code("pytorch", "a") + code("jax", "a"),
    "several cells for a tab": code("mxnet, jax", "a = 1")
    + code("mxnet", "a = 1")
    + code("pytorch", "a"),
    "discussions": prose("mxnet", "[D](http://x/1)")
    + prose("pytorch", "[D](http://x/2)")
    + prose("jax", "[D](http://x/3)"),
    "the cell that loads the extension": "```{.python .input}\n%load_ext d2lbook.tab\n```\n\n"
    + code("all", "1"),
    "one cell that decides for itself": code(
        "all", "if tab.selected('jax'):", "    def f(): pass", "else:", "    def f(): return 1"
    ),
    "the same in another place": prose("mxnet, jax, pytorch", "a 1")
    + "text\n\n"
    + prose("mxnet, jax, pytorch", "a 2"),
    "methods of different classes": code("all", "class A: pass", "class B: pass")
    + code("mxnet, jax, pytorch", "@d2l.add_to_class(A)", "def f(self): pass")
    + code("mxnet, jax, pytorch", "@d2l.add_to_class(B)", "def f(self): pass"),
    "two different blocks": prose("mxnet, jax, pytorch", "one")
    + prose("mxnet, jax, pytorch", "two"),
    "a tab that doesn't have the page": code("mxnet", "1") + code("jax", "1"),
    "code that is not Python": code("mxnet", "%%bash", "def f(): pass")
    + code("mxnet, jax, pytorch", "def f(:"),
}  # fmt: skip


@pytest.mark.parametrize("page", GOOD_PAGES.values(), ids=GOOD_PAGES)
def test_nothing_odd(check: Check, page: str) -> None:
    assert check("tabcheck", f"# Book\n\n{page}") == (0, [])


def test_a_discussion_link_that_was_copied(check: Check) -> None:
    page = "".join(
        prose(tab, f"[Discussions](https://discuss.d2l.ai/t/{number})")
        for number, tab in enumerate(("mxnet", "pytorch", "pytorch"))
    )
    assert check("tabcheck", f"# Book\n\n{page}{code('mxnet, pytorch', '1')}") == (
        0,
        [
            "index.md:12: warning: pytorch has the same text at line 8, numbers aside; "
            "name another tab, or delete one of the two"
        ],
    )


def test_a_definition_that_was_copied(check: Check) -> None:
    page = code("mxnet", "class Net:", "    pass") + code("pytorch", "class Net:", "    pass")
    page += code("jax", "x = 1") + code("mxnet", "import jax", "class Net:", "    pass")
    assert check("tabcheck", f"# Book\n\n{page}") == (
        0,
        [
            "index.md:22: warning: mxnet has 'Net' already at line 5; "
            "name another tab, or delete one of the two"
        ],
    )


def test_a_variant_that_is_missing(check: Check) -> None:
    page = code("mxnet", "1") + code("pytorch", "1") + "text\n\n" + prose("jax", "text")
    page += "text\n\n" + code("jax", "1") + code("mxnet", "2") + code("pytorch", "2")
    assert check("tabcheck", f"# Book\n\n{page}") == (
        0,
        [
            "index.md:5: note: code for mxnet, pytorch, but none for jax; "
            "write it, unless it is not needed",
            "index.md:16: note: prose for jax, but none for mxnet, pytorch; "
            "write it, unless it is not needed",
        ],
    )


def test_warnings_can_count_as_errors(check: Check) -> None:
    strict = CONFIG + "warning_is_error = True\n"
    page = "# Book\n\n" + code("mxnet", "def f(): pass") + code("mxnet, jax", "def f(): pass")
    assert check("tabcheck", page, strict)[0] == 1


def test_a_variant_that_is_missing_is_no_error(check: Check) -> None:
    page = "# Book\n\n" + code("mxnet", "1") + "text\n\n" + code("mxnet, jax", "2")
    exit_code, lines = check("tabcheck", page, CONFIG + "warning_is_error = True\n")
    assert exit_code == 0
    assert [line.split(": ")[1] for line in lines] == ["note"]


def test_a_book_without_tabs(check: Check) -> None:
    page = "# Book\n\n```{.python .input}\nx = 1\n```\n\n```{.python .input}\nx = 1\n```\n"
    assert check("tabcheck", page, "[build]\n") == (0, [])


def test_a_page_that_only_the_default_tab_has(check: Check) -> None:
    page = f"# Book\n\n{code('all', '1')}```{{.python .input}}\n2\n```\n"
    assert check("tabcheck", page) == (
        0,
        [
            f"index.md:9: note: {tab} doesn't have this page, as this cell is only for mxnet; "
            "mark it with %%tab all, or name the tabs"
            for tab in ("pytorch", "jax")
        ],
    )
    told = check("tabcheck", page + code("jax", "3"))[1]
    assert not any("doesn't have this page" in line for line in told)
