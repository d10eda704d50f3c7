"""The targets of ``d2lbook build`` that write nothing: each tells what it finds.

What readers must not get is raised as a CheckError, what is only odd is warned of.
"""

from __future__ import annotations

import time
from pathlib import Path

from d2lbook.errors import CheckError, Problem, raise_all
from d2lbook.pipeline import Build


def check_outputs(build: Build) -> list[Path]:
    """Every cell that has its outputs in the page; CheckError if there are any."""
    from d2lbook.check.rules import SOURCE_RULES

    pages = build.book.pages.values()
    found = (problem for page in pages for rule in SOURCE_RULES for problem in rule(page))
    raise_all(CheckError, found)
    return []


def check_tabs(build: Build) -> list[Path]:
    """What is probably marked for the wrong tab; what one tab has and another hasn't, as notes.

    Unknown tabs are refused when the pages are read.
    """
    from d2lbook.check.rules import TAB_HINTS, TAB_RULES
    from d2lbook.notebooks.lacking_tabs import lacking_tabs

    for page in build.book.pages.values():
        for problem in lacking_tabs(page, build.tabs, build.config.default_tab):
            build.reporter.note(problem)
    for document in build.documents_as_written.pages.values():
        for rules, tell in ((TAB_RULES, build.reporter.warn), (TAB_HINTS, build.reporter.note)):
            for rule in rules:
                for problem in rule(document):
                    tell(problem)
    return []


def check_links(build: Build) -> list[Path]:
    """Every link of the prose, within the book and out of it; CheckError for broken ones."""
    from d2lbook.check.known import KnownAddresses
    from d2lbook.check.links import links_of
    from d2lbook.check.local_links import broken_local_links
    from d2lbook.check.web_links import check_web_links, is_web_link
    from d2lbook.store import Store

    config, pages = build.config, build.documents_as_written.pages
    links = [link for document in pages.values() for link in links_of(document)]
    broken = [*broken_local_links(links, pages, source=config.source, root=config.root)]
    web = [link for link in links if is_web_link(link, config.linkcheck.ignore)]
    if web:
        what = f"{len(web)} links lead out of the book; what is not known to be good is asked for"
        build.reporter.note(Problem(what=what))
    report = check_web_links(web, KnownAddresses(Store(config.state), time.time()))
    for problem in report.moved:
        build.reporter.note(problem)
    for problem in report.refused:
        build.reporter.warn(problem)
    raise_all(CheckError, [*broken, *report.broken])
    found = f"none of {len(links)} links is broken; {report.asked} addresses were asked for now"
    build.reporter.note(Problem(what=found))
    return []
