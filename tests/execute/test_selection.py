"""What ``--only``, ``--since`` and ``--force`` execute; no kernel runs here, but git does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from d2lbook.book import Book, Chapter, Notebook
from d2lbook.config import Config, parse_config
from d2lbook.errors import UsageError
from d2lbook.execute.environments import Environment
from d2lbook.execute.keeping import Keeper
from d2lbook.execute.selection import Selection, chooser
from d2lbook.execute.sharding import Shard
from d2lbook.execute.staleness import look_up

from tests.execute.workbench import environment, notebook

CONFIG = """\
[build]
tabs = one, two
dependencies = data.csv
[env one]
requirements = one.txt
[env two]
requirements = two.txt
"""
A = notebook("import util", page="start/a", tab="one")
A2 = notebook("import util.deep", page="start/a", tab="two")
B = notebook("1", page="start/b", tab="one")
C = notebook("1", page="more/c", tab="two")
ALL = (A, A2, B, C)
NAMES = {id(A): "a", id(A2): "a2", id(B): "b", id(C): "c"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {"config.ini": CONFIG, "one.txt": "", "two.txt": "", "data.csv": "", "README.md": "",
             "start/a.md": "", "start/b.md": "", "more/c.md": "",
             "util/__init__.py": "", "util/deep.py": ""}  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [*filter(lambda name: name.startswith("GIT_"), os.environ)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git(root, "init", "-q", "-b", "main")
    commit(root)
    return root


def git(root: Path, *words: str) -> None:
    who = ["-c", "user.name=N", "-c", "user.email=n@example.org"]
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "m")


def environments(config: Config) -> dict[str, Environment]:
    return {tab: environment(tab) for tab in config.tabs}


def chosen(
    root: Path,
    *only: str,
    since: str | None = None,
    keys: frozenset[str] | None = None,
    shard: Shard | None = None,
    notebooks: Sequence[Notebook] = ALL,
) -> str:
    """The names of the notebooks that would be executed."""
    config, _ = parse_config((root / "config.ini").read_text(), root)
    pages = {each.page.name: each.page for each in notebooks}
    index, *others = pages.values()
    book = Book(tree=Chapter(page=index), loose=tuple(others))
    selection = Selection(only=only, since=since, keys=keys, shard=shard)
    choose = chooser(config, book, selection, lambda: notebooks)
    keeper = Keeper(config, print)
    found = look_up(config, notebooks, environments(config), keeper, choose=choose)
    assert all(each.is_missing == (each.execution is not None) for each in found)
    return " ".join(NAMES[id(each.notebook)] for each in found if not each.execution)


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        (["start/a"], "a a2"),
        (["start/a.md"], "a a2"),
        (["./start/a.md"], "a a2"),
        (["start"], "a a2 b"),
        (["start/"], "a a2 b"),
        (["start/*"], "a a2 b"),
        (["**/c", "start/b"], "b c"),
        (["*/[ac]"], "a a2 c"),
    ],
)
def test_pages_are_named_as_files_are(root: Path, patterns: list[str], names: str) -> None:
    assert chosen(root, *patterns) == names


def test_notebooks_are_named_by_the_keys_of_what_they_depend_on(root: Path) -> None:
    config, _ = parse_config(CONFIG, root)
    keeper = Keeper(config, print)
    found = look_up(config, [A2, C], environments(config), keeper)
    keys = frozenset(each.inputs.key for each in found if each.inputs)
    assert chosen(root, keys=keys) == "a2 c"
    assert chosen(root, "start", keys=keys) == "a2"
    assert chosen(root, keys=frozenset()) == ""


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("a", "--only 'a' fits no page; did you mean: start/a?"),
        ("start/x.md", "--only 'start/x.md' fits no page; did you mean: start/b, start/a?"),
        ("zzz", "--only 'zzz' fits no page; d2lbook status names all pages"),
        ("", "--only '' fits no page; d2lbook status names all pages"),
    ],
)
def test_a_pattern_that_fits_nothing_is_refused(root: Path, pattern: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        chosen(root, "start/a", pattern)
    assert [problem.line() for problem in error.value.problems] == [f"error: {told}"]


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("start/a.md", "a a2"),
        ("util/__init__.py", "a a2"),
        ("util/deep.py", "a2"),
        ("data.csv", "a a2 b c"),
        ("two.txt", "a2 c"),
        ("README.md", ""),
    ],
)
def test_what_a_change_touches(repository: Path, file: str, names: str) -> None:
    (repository / file).write_text("# changed")
    assert chosen(repository, since="HEAD") == names
    commit(repository)
    assert chosen(repository, since="HEAD") == ""
    assert chosen(repository, since="HEAD~1") == names
    assert chosen(repository, since="HEAD~1..") == names
    assert chosen(repository, since="HEAD~1...HEAD") == names
    assert chosen(repository, "start/b", since="HEAD~1") == ("b" if "b" in names.split() else "")


D = notebook("from lib import u\nimport lib.deep.v", page="start/d", tab="one")
E = notebook("%%time\nopen('../files/x.csv')", page="start/e", tab="two")
F = notebook("import lib", page="start/f", tab="two")
G = notebook("1", page="start/g", tab="one")
NAMES |= {id(D): "d", id(E): "e", id(F): "f", id(G): "g"}


@pytest.mark.parametrize(
    ("gone", "names"),
    [
        (["lib/u.py"], "d"),
        (["lib/deep"], "d"),
        (["lib/table.csv"], "d f"),
        (["lib"], "d f"),
        (["files/x.csv"], "d e f"),
        (["files"], "d e f"),
        (["files/y.csv", "lib/unused.py"], ""),
        (["data.csv"], "d e f g"),
    ],
)
def test_what_is_gone_touches_who_names_it(repository: Path, gone: list[str], names: str) -> None:
    files = ("lib/u.py", "lib/unused.py", "lib/deep/v.py", "lib/deep/__init__.py", "lib/table.csv",
             "files/x.csv", "files/y.csv", "start/page.md")  # fmt: skip
    for name in files:
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text("")
    (repository / "lib/__init__.py").write_text("from .names import X")
    (repository / "lib/names.py").write_text("X = open('x.csv')")
    config = CONFIG.replace("data.csv", "data.csv\nresources = files")
    (repository / "config.ini").write_text(config)
    commit(repository)
    git(repository, "rm", "-qr", *gone)
    assert chosen(repository, since="HEAD", notebooks=(D, E, F, G)) == names


def test_a_module_that_is_renamed_touches_who_imports_it(repository: Path) -> None:
    git(repository, "mv", "util/deep.py", "util/deeper.py")
    assert chosen(repository, since="HEAD") == "a2"


def test_requirements_that_others_take_in_count(repository: Path) -> None:
    (repository / "locks").mkdir()
    (repository / "two.txt").write_text("-r locks/base.txt")
    (repository / "locks/base.txt").write_text("-c more.txt")
    (repository / "locks/more.txt").write_text("")
    commit(repository)
    (repository / "locks/more.txt").write_text("x==1")
    assert chosen(repository, since="HEAD") == "a2 c"


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("dependencies", "# no title\ndependencies", ""),
        ("dependencies", "resources = util\ndependencies", "a a2 b c"),
        ("[env two]\n", "[env two]\nvariables = X=1\n", "a2 c"),
        ("[env one]", "[library-one]\nlib_name = x\n[env one]", "a b"),
        ("[env one]", "[execute]\nseed = 1\n[env one]", "a a2 b c"),
    ],
)
def test_of_the_configuration_only_what_a_tab_depends_on_counts(
    repository: Path, old: str, new: str, names: str
) -> None:
    (repository / "config.ini").write_text(CONFIG.replace(old, new))
    assert chosen(repository, since="HEAD") == names
    commit(repository)
    assert chosen(repository, since="HEAD~1..HEAD") == names
    assert chosen(repository, since="HEAD~1...") == names


def test_an_earlier_configuration_that_was_wrong_touches_all(repository: Path) -> None:
    (repository / "config.ini").write_text("wrong")
    commit(repository)
    (repository / "config.ini").write_text(CONFIG)
    assert chosen(repository, since="HEAD") == "a a2 b c"


def test_new_files_count_but_not_in_a_range(repository: Path) -> None:
    (repository / "start/b.md").rename(repository / "kept")
    commit(repository)
    (repository / "kept").rename(repository / "start/b.md")
    assert chosen(repository, since="HEAD") == "b"
    assert chosen(repository, since="HEAD~1..HEAD") == "b"  # it is gone there
    assert chosen(repository, since="HEAD..HEAD") == ""


def test_a_branch_is_compared_with_where_it_left(repository: Path) -> None:
    git(repository, "checkout", "-q", "-b", "branch")
    (repository / "start/b.md").write_text("branch")
    commit(repository)
    git(repository, "checkout", "-q", "main")
    (repository / "more/c.md").write_text("main")
    commit(repository)
    git(repository, "checkout", "-q", "branch")
    assert chosen(repository, since="main...HEAD") == "b"
    assert chosen(repository, since="main") == "b c"


def test_a_book_that_is_a_part_of_the_repository(repository: Path) -> None:
    folder = repository / "tõp book"
    folder.mkdir()
    for path in ("config.ini", "one.txt", "two.txt", "start", "util", "more", "data.csv"):
        (repository / path).rename(folder / path)
    commit(repository)
    (folder / "start/a.md").write_text("changed")
    assert chosen(folder, since="HEAD") == "a a2"


@pytest.mark.parametrize("revision", ["nowhere", "HEAD~9", "a..b", "-p", "--output=x", "HEAD:x"])
def test_revisions_that_are_not_there(repository: Path, revision: str) -> None:
    with pytest.raises(UsageError) as error:
        chosen(repository, since=revision)
    (problem,) = error.value.problems
    assert problem.what == f"git knows no revisions '{revision}'"
    assert not (repository / "x").exists()


def test_without_a_repository(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(root.parent))
    with pytest.raises(UsageError, match="is not in a git repository"):
        chosen(root, since="HEAD")


def test_without_git(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="there is no git to ask for changes; install git"):
        chosen(root, since="HEAD")


def test_an_empty_revision(root: Path) -> None:
    with pytest.raises(UsageError, match="'' names no revisions of git"):
        chosen(root, since="")


def test_shards_split_what_is_selected_besides(root: Path) -> None:
    whole = [chosen(root, shard=Shard(number, 2)) for number in (1, 2)]
    assert sorted(" ".join(whole).split()) == sorted(chosen(root).split())
    assert all(len(part.split()) == 2 for part in whole)
    parts = [chosen(root, "start", shard=Shard(number, 3)) for number in (1, 2, 3)]
    assert sorted(parts) == ["a", "a2", "b"]
