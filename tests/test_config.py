"""config.ini: defaults, what is refused and how it is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.config import ALONE, Config, parse_config, read_config
from d2lbook.errors import ConfigError


def read(text: str) -> Config:
    return parse_config(text, Path("/book"))[0]


def error(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert caught.value.exit_code == 3
    return caught.value.problems[0].line()


def test_an_empty_file_is_a_book_without_tabs() -> None:
    config = read("")
    assert config.tabs == (ALONE,)
    assert not config.has_tabs
    assert config.build.notebooks == ("**/*.md",)
    assert config.environments[ALONE].python == ""
    assert config.output == Path("/book/_build")


def test_values_of_several_lines() -> None:
    config = read(
        "[build]\ntabs = A, b\n[env a]\nvariables =\n    X=1\n    Y = two words\n"
        "[library-a]\nsimple_alias = ones, tensor -> array,\n    exp\nalias =\n    f = g\n    h = i\n"
        "[colab]\ngithub_repo = a, owner/a\n    b, owner/b\n[project]\nname = 50%%\n"
    )
    assert config.tabs == ("a", "b")
    assert config.environments["a"].variables == {"X": "1", "Y": "two words"}
    assert config.libraries["a"].simple_alias == ("ones", "tensor -> array", "exp")
    assert config.libraries["a"].alias == ("f = g", "h = i")
    assert config.colab.github_repo == (("a", "owner/a"), ("b", "owner/b"))
    assert config.project.name == "50%"
    assert "b" not in config.libraries


def test_a_name_of_other_tools_is_only_odd() -> None:
    config = read("[deploy]\nheader_links = x\n[html]\nfixed_drawer = yes\n[conf]\na = b\n")
    assert [problem.line("warning").partition(";")[0] for problem in config.unknown] == [
        "config.ini:2: warning: unknown key 'header_links' in [deploy]",
        "config.ini:4: warning: unknown key 'fixed_drawer' in [html]",
        "config.ini:5: warning: unknown section [conf]",
    ]


def test_all_slips_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        read("[build]\nnotebook = x\n[hmtl]\na = b\n")
    assert [problem.place.line for problem in caught.value.problems if problem.place] == [2, 3]


def test_sections_of_frameworks_that_are_not_in_this_edition() -> None:
    config = read("[build]\ntabs = pytorch\n[library-mxnet]\nlib_name = m\n[env jax]\n")
    assert not config.libraries
    assert set(config.environments) == {"pytorch"}


def test_two_stars_in_company_are_one() -> None:
    config = read("[build]\nexclusions = _build **.ipynb_checkpoints a/**/b** **/c\n")
    assert config.build.exclusions == ("_build", "*.ipynb_checkpoints", "a/**/b*", "**/c")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[build]\n\nnotebook = x", "config.ini:3: error: unknown key 'notebook' in [build]; did you mean 'notebooks'?"),
        ("  [build]\n  index = i\n\n   tabs = a\n  tab = b\n", "config.ini:5: error: unknown key 'tab' in [build]; did you mean 'tabs'?"),
        ("[biuld]", "config.ini:1: error: unknown section [biuld]; did you mean 'build'?"),
        ("[build]\ntabs = a\n[env b]", "config.ini:3: error: unknown tab in [env b]; known are: a"),
        ("[build]\neval_notebook = maybe", "config.ini:2: error: [build] eval_notebook can't be 'maybe'; it has to be True or False"),
        ("[build]\nuntagged = some", "config.ini:2: error: [build] untagged can't be 'some'; it has to be default or all"),
        ("[project]\nname = ../b", "config.ini:2: error: [project] name can't be '../b'; it has to be the name of a file, without folders"),
        ("[project]\nname =", "config.ini:2: error: [project] name can't be ''; it has to be the name of a file, without folders"),
        ("[project]\nlang =", "config.ini:2: error: [project] lang can't be ''; it has to be the code of a language, such as id or zh-CN"),
        ("[build]\ntabs = all", "config.ini:2: error: [build] tabs can't be 'all'; it has to be names other than 'all', which means all tabs"),
        ("[execute]\ntimeout = ²", "config.ini:2: error: [execute] timeout can't be '²'; it has to be a whole number from 0 to 999999999"),
        ("[execute]\njobs = -1", "config.ini:2: error: [execute] jobs can't be '-1'; it has to be a whole number from 0 to 999999999"),
        ("[execute]\nseed = 99999999999999", "config.ini:2: error: [execute] seed can't be '99999999999999'; it has to be a whole number from 0 to 999999999"),
        ("[build]\ntabs = a b", "config.ini:2: error: [build] tabs can't be 'a b'; it has to be names of letters, digits and _, separated by commas"),
        ("[build]\noutput_dir = ../x", "config.ini:2: error: [build] output_dir can't be '../x'; it has to be a path inside the book's folder"),
        ("[build]\nresources = img /etc", "config.ini:2: error: [build] resources can't be 'img /etc'; it has to be a path inside the book's folder"),
        ("[build]\nindex = ../index", "config.ini:2: error: [build] index can't be '../index'; it has to be a path inside the book's folder"),
        ("[html]\nheader_links = PDF\n", "config.ini:2: error: [html] header_links can't be 'PDF'; it has to be one 'text, address' or 'text, address, icon' per line"),
        ("[deploy]\ngithub_rep = x", "config.ini:2: error: unknown key 'github_rep' in [deploy]; did you mean 'github_repo'?"),
        ("[project]\nname = 50%", "config.ini:2: error: [project] name has a lone %; write %% for a percent sign"),
        ("[build]\ntabs = a\n\ntabs = b", "config.ini:4: error: [build] tabs stands here twice; mend or delete that line"),
        ("[a]\n[a]", "config.ini:2: error: section [a] stands here twice; mend or delete that line"),
        ("x = 1", "config.ini:1: error: a key stands before the first [section]; mend or delete that line"),
        ("[build]\nwhat is this", "config.ini:2: error: not a 'key = value' line; mend or delete that line"),
        ("[build]\ntabs = a\n[env a]\nvariables = x", "config.ini:4: error: [env a] variables can't be 'x'; it has to be one NAME=value per line"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, line: str) -> None:
    assert error(text) == line


def test_a_path_is_as_short_as_it_can_be() -> None:
    assert read("[build]\nsource_dir = ./a/../b/").build.source == "b"
    assert read("[build]\nnotebooks = a/*.md b\\**\\*.md").build.notebooks == (
        "a/*.md",
        "b/**/*.md",
    )


@pytest.mark.parametrize(
    ("written", "code"),
    [("zh", "zh"), ("zh_CN", "zh-CN"), ("zh-hans", "zh-Hans"), ("pt_br", "pt-BR"), ("DE", "de")],
)
def test_the_code_of_a_language_is_written_in_one_way(written: str, code: str) -> None:
    assert read(f"[project]\nlang = {written}\n").project.language == code


SPHINX = """
[build]
sphinx_configs = html_theme = 'x'
    numfig_format = {'figure': '图%%s',  # as in the text
        'table': '表 {number}',

        'code-block': '代码%%s', 'section': '%%s节'}
    numfig = True
"""


def test_the_words_for_references_among_settings_for_sphinx() -> None:
    config, notes = parse_config(SPHINX, Path())
    assert config.build.number_formats == {
        "figure": "图{number}",
        "table": "表 {number}",
        "section": "{number}节",
    }
    assert notes == []


@pytest.mark.parametrize(
    "settings",
    [
        "numfig = True",
        "numfig_format = dict(figure='Fig. %%s')",
        "numfig_format = {'figure': 'Fig. {number}: {name}'}",
        "numfig_format = {'figure': 'Fig.'}",
        "numfig_format = {'figure': 'Fig. %%s, %%s'}",
        "numfig_format = {'figure': 1}",
        "numfig_format = {'figure': 'Fig. %%s'",
        "numfig_format = 'figure'",
    ],
)
def test_other_settings_for_sphinx_are_no_longer_needed(settings: str) -> None:
    config, notes = parse_config(f"[build]\nsphinx_configs = {settings}\n", Path())
    assert config.build.number_formats == {}
    assert [note.line("note") for note in notes] == [
        "config.ini:2: note: [build] sphinx_configs is no longer needed: pages are no longer made "
        "with Sphinx, and only a numfig_format that is written out as a dictionary is heeded"
    ]


def test_rows_may_end_in_a_comma() -> None:
    config = read(
        "[html]\nheader_links = PDF, http://a/b.pdf, fas fa-file-pdf,\n\n    Code, http://c\n"
    )
    assert config.html.header_links == (
        ("PDF", "http://a/b.pdf", "fas fa-file-pdf"),
        ("Code", "http://c"),
    )


def test_keys_that_are_no_longer_needed_are_noted() -> None:
    _, notes = parse_config("[pdf]\nstyle = x\n[translation]\ntranslator = aws\n", Path())
    assert [note.line("note").partition(";")[0] for note in notes] == [
        "config.ini:2: note: [pdf] style is no longer needed: the PDF is made without TeX",
        "config.ini:4: note: [translation] translator is no longer needed: "
        "translating is left to other tools",
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "error: there is no config.ini in {}; run d2lbook in a book's folder, or name it with -C"),
        (b"[build]\n\ntabs = \xff\n", "config.ini:3: error: the file is not UTF-8; save it as UTF-8"),
        ("a folder", "config.ini: error: it can't be read: Is a directory"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | str | None, line: str) -> None:
    if isinstance(content, bytes):
        (tmp_path / "config.ini").write_bytes(content)
    elif content:
        (tmp_path / "config.ini").mkdir()
    with pytest.raises(ConfigError) as caught:
        read_config(tmp_path)
    assert caught.value.problems[0].line() == line.format(tmp_path)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "book").write_text("")
    with pytest.raises(ConfigError, match="there is no config"):
        read_config(tmp_path / "book")


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "config.ini").write_bytes(b"\xef\xbb\xbf[build]\r\ntabs = a\r\n")
    assert read_config(tmp_path)[0].tabs == ("a",)
