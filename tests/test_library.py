"""The library of #@save cells: what is saved, in which section, and what can't be."""

from __future__ import annotations

import ast

import pytest
from d2lbook.errors import SourceError
from d2lbook.library import check_library, library_text, with_version
from d2lbook.notebooks.select import select
from d2lbook.source.page import TabRules, read_page


def library(*cells: str, top: str = "", prose: str = "# T\n:label:`sec_t`\n") -> str:
    fences = "".join(f"```{{.python .input}}\n{cell}\n```\n" for cell in cells)
    page, _ = read_page(f"{prose}\n{fences}", "p", "p.md", TabRules(tabs=("a",)))
    notebook = select(page, "a", "a")
    assert notebook
    text = library_text([notebook], top, None)
    ast.parse(text)
    return text.partition("change it there.\n")[2].strip("\n")


def error(*cells: str) -> str:
    with pytest.raises(SourceError) as caught:
        library(*cells)
    return caught.value.problems[0].line()


def test_a_function_says_where_it_is_defined() -> None:
    assert library('def f(x):  #@save\n    """Do."""\n    return x\nf(1)') == (
        'def f(x):\n    """Do.\n\n    Defined in :numref:`sec_t`"""\n    return x'
    )


def test_a_docstring_may_hold_other_than_ascii() -> None:
    assert library('def f(x):  #@save\n    """n × 3."""  # ≤\n    return x\n') == (
        'def f(x):\n    """n × 3.\n\n    Defined in :numref:`sec_t`"""  # ≤\n    return x'
    )


@pytest.mark.parametrize(
    ("documentation", "expected"),
    [
        ("'Adds one.'", '"""Adds one.\n\n    Defined in :numref:`sec_t`"""'),
        ('"Adds × one."  # ≤', '"""Adds × one.\n\n    Defined in :numref:`sec_t`"""  # ≤'),
        ("r'''a\n    \\b'''", "r'''a\n    \\b\n\n    Defined in :numref:`sec_t`'''"),
        ("'a' 'b'", "'a' 'b'"),
        ("'a\\'b'", "'a\\'b'"),
        ('""', '"""\n\n    Defined in :numref:`sec_t`"""'),
    ],
)
def test_docstrings_in_other_quotes(documentation: str, expected: str) -> None:
    assert library(f"def f(x):  #@save\n    {documentation}\n    return x") == (
        f"def f(x):\n    {expected}\n    return x"
    )


def test_signature_on_several_lines_annotations_and_decorators() -> None:
    source = "@wraps(\n    g)\ndef f(  #@save\n    x: int,\n) -> int:\n    # comment\n    return x"
    assert library(source) == (
        "@wraps(\n    g)\ndef f(\n    x: int,\n) -> int:\n"
        '    # comment\n    """Defined in :numref:`sec_t`"""\n    return x'
    )


def test_the_label_right_above_counts() -> None:
    text = library(
        "def f():  #@save\n    pass", prose="# A\n:label:`sec_a`\n\n## B\n:label:`subsec_b`"
    )
    assert "`subsec_b`" in text


def test_text_in_column_zero_of_a_string_is_kept() -> None:
    source = 'def f():  #@save\n    return """\nzero\n"""\nx = 1'
    assert '"""\nzero\n"""' in library(source)


def test_a_mark_of_its_own_saves_up_to_the_next_blank_line() -> None:
    assert library("#@save\nA = 1\nB = [\n\n2]\n\nC = 3") == "A = 1\nB = [\n\n2]"


def test_a_mark_behind_a_statement_saves_just_that() -> None:
    assert (
        library("import os  #@save\nimport sys\nx = {  #@save\n    1: 2}")
        == "import os\n\n\nx = {\n    1: 2}"
    )


def test_methods_added_later_become_part_of_the_class() -> None:
    text = library(
        'class C:  #@save\n    """C."""\n    x = 1',
        "@d2l.add_to_class(C)  #@save\ndef f(self):\n    return 1",
        "def g():  #@save\n    pass",
        "@add_to_class(d2l.C)  #@save\n@property\ndef h(self):\n    return 2",
    )
    tree = ast.parse(text)
    assert [node.name for node in tree.body] == ["C", "g"]  # type: ignore[attr-defined]
    assert [node.name for node in tree.body[0].body[2:]] == ["f", "h"]  # type: ignore[attr-defined]
    assert "    @property\n    def h(self):" in text


def test_strings_in_methods_added_later_keep_their_values() -> None:
    text = library(
        "class C:  #@save\n    x = 1",
        "@add_to_class(C)  #@save\n"
        'def f(self):\n    """D\n    e."""\n    return """line\n  two\n"""',
        prose="# T\n",
    )
    assert text == (
        "class C:\n    x = 1\n\n"
        '    def f(self):\n        """D\n        e."""\n        return """line\n  two\n"""'
    )


def test_what_stands_above_the_warning_is_kept_and_the_rest_made_anew() -> None:
    page, _ = read_page("```{.python .input}\nA = 1  #@save\n```\n", "p", "p.md", TabRules())
    notebook = select(page, "python", "python")
    assert notebook
    first = library_text([notebook], '"""Doc."""\nimport os\n', None)
    assert first.startswith('"""Doc."""\nimport os\n\n\n#################   WARNING')
    assert library_text([notebook], first, None) == first


def test_marks_that_save_nothing_whole() -> None:
    remedy = "put it on the first line of a function, class or statement, or above it"
    what = "this #@save marks nothing that can be saved whole"
    inside = "class C:\n    def f(self):  #@save\n        pass"
    assert error(inside) == f"p.md:6: error: {what}; {remedy}"
    assert error("x = 1\n#@save") == f"p.md:6: error: {what}; {remedy}"


def test_a_method_of_a_class_that_is_not_saved() -> None:
    assert error("@d2l.add_to_class(C)  #@save\ndef f(self):\n    pass") == (
        "p.md:5: error: this method is added to class C, which is not saved before it; "
        "mark class C with #@save too"
    )


def test_a_cell_that_is_not_python() -> None:
    assert error("A = 1\ndef f(:  #@save").startswith("p.md:6: error: a cell marked #@save is not")


def test_a_library_that_would_not_be_python() -> None:
    check_library("x = 1\n", "lib/a.py")
    with pytest.raises(SourceError) as caught:
        check_library("x = 1\n    %matplotlib inline\n", "lib/a.py")
    assert caught.value.problems[0].line() == (
        "lib/a.py:2: error: the library would not be valid Python: unexpected indent in "
        "'%matplotlib inline'; mend what stands above its WARNING line, or the cells marked #@save"
    )


def test_a_mark_in_a_string_is_none() -> None:
    assert library('x = "#@save"\ny = 1  #@save') == "y = 1"


def test_version() -> None:
    assert with_version("a = 1\n__version__ = '0'\n", "1.2") == 'a = 1\n__version__ = "1.2"\n'
