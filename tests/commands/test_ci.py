"""What services that run CI are told: JUnit's XML, and annotations of GitHub Actions."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from d2lbook.__main__ import main
from d2lbook.book import Place
from d2lbook.commands.github import annotation
from d2lbook.commands.junit import junit_xml
from d2lbook.errors import Problem

from tests.conftest import MakeBook

BOOK = {
    "config.ini": "[build]\ntabs = a, b\n[env a]\n[env b]\n",
    "index.md": "# Book\n\n```toc\nchapter/page\n```\n",
    "chapter/page.md": "# Page\n\n```{.python .input}\n%%tab a\n1\n```\n\n"
    "```{.python .input}\n%%tab b\n1 / 0\n```\n",
}

JUNIT = """\
<?xml version='1.0' encoding='utf-8'?>
<testsuites name="d2lbook">
  <testsuite name="a" tests="1" failures="0" errors="0" skipped="0" time="T">
    <testcase name="chapter/page" classname="a" file="chapter/page.md" time="T" />
  </testsuite>
  <testsuite name="b" tests="1" failures="1" errors="0" skipped="0" time="T">
    <testcase name="chapter/page" classname="b" file="chapter/page.md" time="T" line="10">
      <failure message="ZeroDivisionError: division by zero">…</failure>
    </testcase>
  </testsuite>
</testsuites>
"""


def junit(file: Path) -> str:
    """The report without what differs from run to run."""
    text = re.sub(r'time="[0-9.]+"', 'time="T"', file.read_text("utf-8"))
    return re.sub(r"(<failure[^>]+>)[^<]+", r"\1…", text)


def test_notebooks_are_the_tests_of_a_report(make_book: MakeBook, tmp_path: Path) -> None:
    book, report = make_book(BOOK), tmp_path / "reports" / "notebooks.xml"
    assert main(["-C", str(book), "build", "html", "--junit", str(report)]) == 1
    assert junit(report) == JUNIT
    page = book / "chapter" / "page.md"
    page.write_text(page.read_text().replace("1 / 0", "1 / 1"))
    assert main(["-C", str(book), "build", "eval", "--junit", str(report)]) == 0
    assert "failure message" not in report.read_text()


def test_a_notebook_that_was_not_selected_is_skipped(make_book: MakeBook, tmp_path: Path) -> None:
    book, report = make_book(BOOK), tmp_path / "notebooks.xml"
    words = ["-C", str(book), "build", "eval", "--only", "index", "--junit", str(report)]
    assert main(words) == 0
    suites = ElementTree.parse(report).getroot()
    assert [suite.get("skipped") for suite in suites] == ["1", "1"]


@pytest.mark.parametrize("strict", [False, True])
def test_errors_of_no_notebook_are_in_the_report(
    strict: bool, make_book: MakeBook, tmp_path: Path
) -> None:
    config = "[build]\neval_notebook = False\nwarning_is_error = True\n"
    text = "# Book\n\n:numref:`nowhere`\n" if strict else "# Book\n\n```{.python .input}\n"
    book, report = make_book({"config.ini": config, "index.md": text}), tmp_path / "notebooks.xml"
    assert main(["-C", str(book), "build", "html", "--junit", str(report)]) in (1, 4)
    (case,) = ElementTree.parse(report).getroot().iter("testcase")
    assert case.get("name") == "index.md:3"
    (error,) = case
    assert error.tag == "error"
    assert (error.text or "").startswith("index.md:3: error: ")


def test_a_report_that_cannot_be_written_is_told_before_anything_is_executed(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    book = make_book(BOOK)
    report = book / "index.md" / "notebooks.xml"
    assert main(["-C", str(book), "build", "eval", "--junit", str(report)]) == 7
    assert f"can't write {report}" in capsys.readouterr().err
    assert not (book / "_build" / "eval").exists()


def test_what_xml_cannot_hold_is_left_out() -> None:
    problem = Problem(what="\x1b[31mred\x1b[0m & <blue>\ud800\ufffe", detail="\0")
    text = junit_xml((), [problem])
    (error,) = ElementTree.fromstring(text.encode()).iter("error")
    assert error.get("message") == "[31mred[0m & <blue>"


def test_an_annotation() -> None:
    problem = Problem(
        what="100 % wrong",
        remedy="mend it",
        place=Place(path="a,b:c.md", line=3),
        tab="jax",
        detail="one\ntwo",
    )
    assert annotation(problem, "error", Path("book")) == (
        "::error file=book/a%2Cb%3Ac.md,line=3,title=jax::100 %25 wrong; mend it%0Aone%0Atwo"
    )
    assert annotation(Problem(what="odd"), "warning", Path()) == "::warning::odd"
    whole = Problem(what="odd", place=Place(path="a.md", line=0))
    assert annotation(whole, "warning", Path()) == "::warning file=a.md::odd"


@pytest.mark.parametrize("where", ["true", ""])
def test_annotations_are_made_where_they_are_read(
    where: str,
    make_book: MakeBook,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    book = make_book({"config.ini": "", "index.md": "# Book\n\n```{.python .input}\n"})
    monkeypatch.setenv("GITHUB_ACTIONS", where)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(book.parent))
    monkeypatch.chdir(book)
    assert main(["build", "html"]) == 4
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("index.md:3: error: ")
    annotations = [line for line in told if line.startswith("::")]
    assert len(annotations) == bool(where)
    assert all(
        line.startswith(f"::error file={book.name}/index.md,line=3::") for line in annotations
    )
