"""What came of the work of a child process, as it goes to the server and on to browsers: JSON."""

from __future__ import annotations

from typing import TypedDict

from d2lbook.errors import Problem, Severity


class Complaint(TypedDict):
    """A problem, part by part and as one line."""

    place: str
    tab: str
    what: str
    remedy: str
    detail: str
    line: str


class Unexecuted(TypedDict):
    """A notebook that is shown without outputs, as it was not executed in its present state."""

    page: str
    tab: str
    key: str
    """Names what its outputs depend on."""


class Outcome(TypedDict):
    """What came of one build of the site."""

    site: str
    """The folder of the site; empty where the configuration can't be read."""
    anew: list[str]
    """Names of the pages that were made this time."""
    files: bool
    """Whether files of the site that are no pages may be others than before."""
    seconds: float
    errors: list[Complaint]
    """Why the site is as it was before; empty where it isn't."""
    warnings: list[Complaint]
    unexecuted: list[Unexecuted]


class Executed(TypedDict):
    """What came of executing some notebooks."""

    errors: list[Complaint]
    """Why none was; empty where they were, whatever came of it."""


def complaint(problem: Problem, severity: Severity = "error") -> Complaint:
    """A problem as it is passed on."""
    return {
        "place": str(problem.place or ""),
        "tab": problem.tab,
        "what": problem.what,
        "remedy": problem.remedy,
        "detail": problem.detail,
        "line": problem.line(severity),
    }


def no_site(*errors: Complaint) -> Outcome:
    """The outcome of a build that came to nothing."""
    return {
        "site": "",
        "anew": [],
        "files": False,
        "seconds": 0.0,
        "errors": list(errors),
        "warnings": [],
        "unexecuted": [],
    }
