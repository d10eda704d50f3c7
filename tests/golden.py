"""Golden fixtures: text files of cases, each a title, an input and what is expected.

    title of the case
    .
    input
    .
    expected
    .

A case ends at its third line that is nothing but a dot; blank lines between
cases don't count. ``pytest --update-golden`` writes what is expected anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Case:
    title: str
    source: str
    expected: str


def read_cases(path: Path) -> list[Case]:
    parts = re.split(r"^\.\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert not parts.pop().strip(), f"{path.name}: the last case is not closed by a dot"
    assert len(parts) % 3 == 0, f"{path.name}: a case is not title, input, expected"
    return [
        Case(
            parts[index].strip(),
            *(part.removesuffix("\n") for part in parts[index + 1 : index + 3]),
        )
        for index in range(0, len(parts), 3)
    ]


def write_cases(path: Path, cases: list[Case]) -> None:
    blocks = [f"{case.title}\n.\n{case.source}\n.\n{case.expected}\n.\n" for case in cases]
    path.write_text("\n".join(blocks), encoding="utf-8")


def check(path: Path, render: Callable[[str], str], update: bool) -> None:
    """Compare what ``render`` makes of every input with what the file expects."""
    if update:
        old = read_cases(path)
        write_cases(path, [Case(case.title, case.source, render(case.source)) for case in old])
    for case in read_cases(path):
        assert render(case.source) == case.expected, case.title
