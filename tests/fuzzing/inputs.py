"""Texts that come near to what is in books: lines and pieces of the golden files, mixed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

from tests import golden

TESTS = Path(__file__).parent.parent

MARKDOWN = [
    *(TESTS / "source" / "cases").glob("*.txt"),
    *(TESTS / "document" / "cases").glob("*.txt"),
]
CODE = [TESTS / "source" / "selected.txt", TESTS / "notebooks" / "rewrite.txt"]


def sources(paths: list[Path]) -> list[str]:
    return [case.source for path in sorted(paths) for case in golden.read_cases(path)]


def pieces(paths: list[Path], more: list[str]) -> st.SearchStrategy[str]:
    """A line of these files, one of ``more``, or anything."""
    lines = {line for source in sources(paths) for line in source.split("\n")}
    return st.one_of(st.sampled_from(sorted(lines)), st.sampled_from(more), st.text(max_size=8))


def mixed(line: st.SearchStrategy[str], whole: list[str]) -> st.SearchStrategy[str]:
    """Lines of one, two or three pieces each, among them whole examples."""
    indents = st.sampled_from(["", "", "", " ", "    ", "\t", "> ", "* ", "1. "])
    joined = st.lists(line, min_size=1, max_size=3).map("".join)
    indented = st.tuples(indents, joined).map("".join)
    return st.one_of(
        st.text(),
        st.lists(st.one_of(indented, line, st.sampled_from(whole)), max_size=25).map("\n".join),
    )


MARKS = [
    "```", "````", "~~~", "```{.python .input}", "```{.python .input #x n=1}", "```{.json .output}",
    "```toc", "```eval_rst", "```bash", ":begin_tab:`a`", ":begin_tab:`b, c`", ":end_tab:",
    ":begin_tab:", ": end_tab: ", "%%tab a", "#@tab all", "#@save", "#@hide_all", "<!--", "-->",
    "[]", ":label:`x`", ":numref:`x`", ":eqlabel:`y`", ":eqref:`y`", ":cite:`k,l`", ":width:`9px`",
    "$", "$$", "$$x$$", "[**", "**]", "(**", "**)", "[~~", "~~)", "![", "](", ")", "`", "``", "[^1]",
    "[^1]: ", "| a | b |", "|---|---|", ": caption", ":", "\\", "*", "**", "_", "# ", "#", "---",
    "===", "<div>", "</div>", "<", ">", "&amp;", "\u3000", "\u2028", "\x0c", "\x00", "\ufeff", "\r",
    "中文", "가", "é", "", " ", "  ", "\t",
]  # fmt: skip
PAGES = mixed(pieces(MARKDOWN, MARKS), sources(MARKDOWN))

TOKENS = [
    "tab.selected('a')", "tab.selected('a', \"b\")", "tab.selected(['b'])", "tab.selected(", "if ",
    "elif ", "else:", "not ", " and ", " or ", "x = ", "x", "(", ")", "[", "]", "{", "}", ":", "pass",
    "    ", "  ", "\t", "\\", "'", '"', '"""', "'''", "f'{", "}'", "#", "# tab.selected", "lambda: ",
    "def f():", "class C:", "return", "for i in ", "while ", "with a as b:", "try:", "finally:",
    "match x:", "case ", ";", ",", "=", "==", ":=", "await ", "async ", "@d", "%matplotlib inline",
    "!ls", "%%bash", "%%time", "?x", "x?", "import os", "from a import (b,", "d2l.ones(3)", "d2l.exp(",
    "d2l.reshape(x, (1,))", "d2l.numpy(", "d2l.rand(a, b)", "d2l.size(x)", "d2l.tensor", "é", "\u2028",
    "\x0c", "\r", "\x00", "",
]  # fmt: skip
CELLS = mixed(pieces(CODE, TOKENS), sources(CODE))


def indent(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))


CONDITION = st.recursive(
    st.sampled_from(
        [
            "tab.selected('a')", 'tab.selected("b")', "tab.selected('b', 'c')",
            "tab.selected(['a', 'c'])", "tab.selected(\n    'a',  # one\n    'b')", "p", "q", "True",
            "(q == 0)", "tab.selected('a') == True",
        ]
    ),
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        inner.map(lambda text: f"({text})"),
        st.tuples(inner, st.sampled_from([" and ", " or ", " and\\\n  "]), inner).map(
            lambda parts: f"({parts[0]}){parts[1]}({parts[2]})"
        ),
    ),
    max_leaves=4,
)  # fmt: skip

SIMPLE = st.one_of(
    st.sampled_from(
        [
            "pass", "# a comment", "", "log('#')", "log('''a\n  b\n''')", "x = [\n1,\n  2]\nlog(x)",
            "log(1); log(2)", "p = not p", "q += 1", "log(f'{p} {q}')", 'log("é"); log(\n    "ü")',
        ]
    ),
    st.integers(0, 9).map(lambda number: f"log({number})"),
    CONDITION.map(lambda text: f"log(bool({text}))"),
    CONDITION.map(lambda text: f"log(1 if {text} else 2)"),
    CONDITION.map(lambda text: f"log([0 for _ in 'xy' if {text}])"),
    CONDITION.map(lambda text: f"log((lambda: {text} or 3)() is None)"),
)  # fmt: skip


def blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """``if`` in all its shapes, and other statements with a body, around programs."""
    body = st.one_of(
        inner.map(lambda text: f"\n{indent(text)}\n    pass"),
        st.sampled_from([" log('one line')", " log(1); log(2)  # and a comment"]),
    )
    comment = st.sampled_from(["", "", "  # why", "\n\n# between\n"])
    elifs = st.lists(st.tuples(CONDITION, body), max_size=2)
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("\n".join),
        st.tuples(CONDITION, body, elifs, comment, st.one_of(st.none(), body)).map(
            lambda parts: "".join(
                [
                    f"if {parts[0]}:{parts[1]}{parts[3]}",
                    *(f"\nelif {condition}:{text}" for condition, text in parts[2]),
                    f"\nelse:{parts[4]}" if parts[4] else "",
                ]
            )
        ),
        inner.map(lambda text: f"for i in (1,):\n{indent(text)}\n    log(i)"),
        inner.map(lambda text: f"def f(p, q):\n{indent(text)}\n    return 7\nlog(f(p, q))"),
        inner.map(lambda text: f"class C:\n    '''doc'''\n    p = q\n{indent(text)}"),
        inner.map(lambda text: f"try:\n{indent(text)}\n    pass\nfinally:\n    log('end')"),
    )


PROGRAMS: st.SearchStrategy[str] = st.deferred(lambda: st.one_of(SIMPLE, blocks(PROGRAMS)))

DEFINITIONS = st.one_of(
    PROGRAMS,
    st.sampled_from(
        [
            "#@save", "def f(a,\n      b): #@save\n    return a", "class C: #@save\n    x = 1",
            "@d2l.add_to_class(C) #@save\ndef g(self) -> int:\n    'doc'\n    return 1",
            "x = 1 #@save", "x = (1, #@save\n 2)", "@d #@save\nasync def h(): pass", "d2l.ones(1)",
            "s = '#@save'", "if p: #@save\n    y = 1", "#@save\na = 1\nb = 2", "def f(): pass #@save",
            "class D(C): #@save\n    def f(self):\n        pass\n\n    # end", "%magic #@save",
        ]
    ),
)  # fmt: skip
LIBRARIES = st.lists(
    st.one_of(
        st.sampled_from(["# T\n:label:`sec_x`", ":label:`sec_y`", "text"]),
        st.lists(DEFINITIONS, min_size=1, max_size=4).map(
            lambda cells: "\n".join(["```{.python .input}", "#@tab all", *cells, "```"])
        ),
    ),
    max_size=6,
).map("\n".join)

SETTINGS = [
    "[build]", "[env a]", "[library-a]", "[html]", "[pdf]", "[project]", "[colab]", "[deploy]",
    "[translation]", "[DEFAULT]", "[", "]", "=", ":", "tabs = a, b", "tabs", "name = 50%%", "%", "%(x)s",
    "notebooks = *.md", "output_dir = ", "..", "../x", "/etc", "C:\\x", "variables = A=1", "    B=2",
    "html_logo = ", "header_links = a, b, c", "jobs = ", "-1", "٣", "timeout = 1_0", "untagged = all",
    "eval_notebook = ", "True", "false", "source_dir = ./a/../b", "preload = no", "# c", "; c", "  x",
    "rsts = x", "style = y", "\ufeff", "\x00", "é", "",
]  # fmt: skip
CONFIGS = mixed(st.one_of(st.sampled_from(SETTINGS), st.text(max_size=6)), SETTINGS)

INFO_STRINGS = st.one_of(
    st.text(),
    st.lists(
        st.one_of(
            st.sampled_from(
                ["{", "}", ".python", ".input", "#id", "n=1", "k=", '"', "'", "=", ".", "#"]
            ),
            st.text(max_size=3),
        ),
        max_size=12,
    ).map(" ".join),
)

INPUTS: Mapping[str, st.SearchStrategy[str]] = {
    "page": PAGES,
    "notebooks": PAGES,
    "selected": CELLS,
    "program": PROGRAMS,
    "prose": PAGES,
    "info_string": INFO_STRINGS,
    "magics": CELLS,
    "rewriting": CELLS,
    "library": LIBRARIES,
    "config": CONFIGS,
}
"""By the name of the property."""
