"""What a person is told when notebooks fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from d2lbook.__main__ import main

from tests.conftest import MakeBook


def code(*cells: str) -> str:
    return "# Page\n\n" + "\n\n".join(f"```{{.python .input}}\n{cell}\n```" for cell in cells)


def test_a_kernel_that_does_not_start_is_the_environments_fault(
    make_book: MakeBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = "[build]\ntabs = a, b\n[env a]\nvariables = PYTHONHOME=/nonexistent\n"
    cell = "```{{.python .input}}\n#@tab {}\n1 / 0\n```"
    page = "\n\n".join(["# Page", cell.format("a"), cell.format("b")])
    book, report = make_book({"config.ini": config, "index.md": page}), tmp_path / "report.xml"
    for target in ("eval", "html"):
        words = ["-C", str(book), "-q", "build", target, "--junit", str(report)]
        assert main(words) == 5
        told = capsys.readouterr().err
        assert "index.md: error: [a] the kernel does not start; see whether ipykernel is" in told
        assert "error: 2 of 2 notebooks failed" in told
        assert report.read_text().count("<testcase") == 2


def test_all_failures_are_told_at_the_end_and_how_many_there_are(
    make_book: MakeBook, capsys: pytest.CaptureFixture[str]
) -> None:
    book = make_book(
        {
            "config.ini": "",
            "index.md": "# Book\n\n```toc\nraises\ndies\nwell\nprose\n```\n",
            "raises.md": code("1", "x = 1\n1 / 0"),
            "dies.md": code("import os\nos.kill(os.getpid(), 9)"),
            "well.md": code("1 + 1"),
            "prose.md": "# Prose\n",
        }
    )
    assert main(["-C", str(book), "-q", "build", "eval"]) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith(" ")]
    assert len(lines) == 3
    assert "raises.md:9: error: [python] ZeroDivisionError: division by zero" in lines
    assert any(line.startswith("dies.md:4: error: [python] the kernel died (sig") for line in lines)
    assert (
        lines[-1]
        == "error: 2 of 3 notebooks failed; pages, PDFs and the like are made once all of them run"
    )


@pytest.mark.parametrize("name", ["well", "another"])
def test_failures_are_told_where_notebooks_cannot_be_written(
    name: str, make_book: MakeBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = make_book(
        {
            "config.ini": "",
            "index.md": "# Book\n\n```toc\nraises\nwell\n```\n",
            "raises.md": code("1 / 0"),
            "well.md": code(f"import os\nos.mkdir('{name}.ipynb')"),
        }
    )
    report = tmp_path / "report.xml"
    assert main(["-C", str(book), "-q", "build", "eval", "--junit", str(report)]) == 7
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith(" ")]
    assert len(lines) == 3
    assert lines[0].startswith("raises.md:4: error: [python] ZeroDivisionError")
    assert lines[1].startswith("error: 1 of 2 notebooks failed")
    assert lines[2].startswith(f"error: can't write {book}/_build/eval/python/{name}.ipynb: ")
    told = report.read_text()
    assert (told.count("<failure"), told.count("<error")) == (1, 1)


def test_a_report_that_can_no_longer_be_written_hides_no_failure(
    make_book: MakeBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.xml"
    cell = f"import os\nos.remove({str(report)!r})\nos.mkdir({str(report)!r})\n1 / 0"
    book = make_book({"config.ini": "", "index.md": code(cell)})
    assert main(["-C", str(book), "-q", "build", "eval", "--junit", str(report)]) == 1
    told = capsys.readouterr().err
    assert "index.md:7: error: [python] ZeroDivisionError: division by zero\n" in told
    assert f"error: can't write {report}: " in told
