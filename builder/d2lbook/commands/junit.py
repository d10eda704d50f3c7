"""What came of all notebooks as JUnit's XML, which services that run CI show as tests.

There is no standard for it; this keeps to what Jenkins and GitLab read:
github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree import ElementTree

from d2lbook.errors import Problem
from d2lbook.execute.jobs import Execution, code_of

UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML can't hold, escaped or not: the codes of a terminal's colours, for one."""


def junit_xml(executions: Iterable[Execution], problems: Iterable[Problem]) -> str:
    """A suite for each tab, with a case for each notebook that has code.

    ``problems`` are errors of no notebook, for which there is a suite of its own.
    """
    root = ElementTree.Element("testsuites", name="d2lbook")
    with_code = [each for each in executions if code_of(each.notebook)]
    for tab, of_tab in groupby(with_code, lambda each: each.notebook.tab):
        _add_suite(root, tab, [_notebook(each) for each in of_tab])
    if errors := [_error(problem) for problem in problems]:
        _add_suite(root, "book", errors)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{text}\n"


def _add_suite(root: ElementTree.Element, name: str, cases: Sequence[ElementTree.Element]) -> None:
    suite = ElementTree.SubElement(root, "testsuite", name=name, tests=str(len(cases)))
    for total, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(total, str(sum(case.find(kind) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.3f}")
    suite.extend(cases)


def _notebook(execution: Execution) -> ElementTree.Element:
    page, problem = execution.notebook.page, execution.problem
    seconds = f"{execution.seconds:.3f}" if execution.status != "cached" else "0.000"
    case = ElementTree.Element(
        "testcase",
        name=page.name,
        classname=execution.notebook.tab,
        file=page.path,
        time=seconds,
    )
    if problem:
        _add_problem(case, "failure", problem)
    elif execution.status == "skipped":
        ElementTree.SubElement(case, "skipped")
    return case


def _error(problem: Problem) -> ElementTree.Element:
    place = problem.place
    case = ElementTree.Element("testcase", name=str(place or "build"), classname="book")
    if place:
        case.set("file", place.path)
    _add_problem(case, "error", problem)
    return case


def _add_problem(case: ElementTree.Element, kind: str, problem: Problem) -> None:
    told = ElementTree.SubElement(case, kind, message=UNFIT.sub("", problem.what))
    told.text = UNFIT.sub("", problem.line())
    if problem.place and problem.place.line:
        case.set("line", str(problem.place.line))
