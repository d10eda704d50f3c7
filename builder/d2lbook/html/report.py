"""Times and memory of all notebooks as one page, for authors: no script, nothing beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from d2lbook.html.templating import templates


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the last execution of one notebook took."""

    page: str
    """Its number and title."""
    tab: str
    seconds: float
    memory: int
    """The most bytes that its kernel had; 0: nobody knows."""
    slowest: tuple[int, float] | None = None
    """The line of its slowest cell in the page's file, and the seconds of that cell."""
    has_failed: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """All notebooks of a tab."""

    tab: str
    versions: str
    """Of Python and the framework, as ``torch 2.13.0``."""
    notebooks: int
    seconds: float
    memory: int
    """Of the largest of them."""


def totals(rows: Iterable[Row], versions: dict[str, str]) -> list[Total]:
    """The sums of each tab, in the order of the tabs of ``versions``."""
    by_tab: dict[str, list[Row]] = {tab: [] for tab in versions}
    for row in rows:
        by_tab[row.tab].append(row)
    return [
        Total(
            tab,
            versions[tab],
            len(found),
            sum(row.seconds for row in found),
            max(row.memory for row in found),
        )
        for tab, found in by_tab.items()
        if found
    ]


def report_html(title: str, rows: Sequence[Row], sums: Sequence[Total]) -> str:
    """The page. The rows of a section stand together."""
    template = templates(seconds=seconds, memory=memory).get_template("report.html")
    return template.render(
        title=title,
        sections=[(page, list(found)) for page, found in groupby(rows, lambda row: row.page)],
        totals=sums,
        longest=max((row.seconds for row in rows), default=0) or 1,
        largest=max((row.memory for row in rows), default=0) or 1,
    )


def seconds(value: float) -> str:
    """``0.42 s``, ``12.3 s``, ``4 min 05 s``."""
    if value < 1:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02} s"


def memory(value: int) -> str:
    """``512 MB``; a dash where nobody knows."""
    return f"{value / 1e6:,.0f} MB" if value else "–"
