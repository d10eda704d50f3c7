"""Where references lead, and what they say there."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from markdown_it.token import Token

from d2lbook.book import Place
from d2lbook.document.language import Language
from d2lbook.document.model import Document, Kind
from d2lbook.document.numbering import PageNumbers
from d2lbook.document.text import plain_text
from d2lbook.errors import Problem, SourceError, raise_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a label names."""

    page: str
    """Name of the page it stands on."""
    anchor: str
    """Its identifier on that page; empty: the page as a whole."""
    kind: Kind
    number: tuple[int, ...]
    title: str
    """The heading or caption as plain text, or the number that an equation gives itself."""
    caption: Token | None = field(compare=False)
    """The same as an inline token; equations have none."""
    source: str
    """The same as it was written."""
    place: Place = field(compare=False)


def collect_labels(
    documents: Mapping[str, Document], numbers: Mapping[str, PageNumbers]
) -> dict[str, Target]:
    """All labels of the book's documents (by page name, in reading order).

    Raises SourceError with every label that is used twice, naming both places.
    """
    targets: dict[str, Target] = {}
    twice: list[Problem] = []
    for name, document in documents.items():
        for label in document.labels:
            if first := targets.get(label.name):
                what = f"label '{label.name}' is used twice; first in {first.place}"
                twice.append(Problem(what=what, place=label.place, remedy="rename one of them"))
                continue
            is_title = label.kind == "section" and label.caption is document.title
            has_number = is_title or bool(label.ordinal)
            targets[label.name] = Target(
                page=name,
                anchor="" if is_title else label.anchor,
                kind=label.kind,
                number=numbers[name].of(label.kind, label.ordinal) if has_number else (),
                title=plain_text(label.caption) if label.caption else label.own_number,
                caption=label.caption,
                source=label.caption.content if label.caption else "",
                place=label.place,
            )
    raise_all(SourceError, twice)
    return targets


def unresolved(documents: Iterable[Document], targets: Mapping[str, Target]) -> list[Problem]:
    """A problem for every reference that leads nowhere, or to no equation where it names one."""
    problems: list[Problem] = []
    for document in documents:
        for reference in document.references:
            target = targets.get(reference.label)
            if not target:
                what = f"unknown label '{reference.label}' in :{reference.role}:"
                remedy = _remedy(reference.label, targets)
            elif reference.role == "eqref" and target.kind != "equation":
                what = f":eqref:`{reference.label}` leads to {target.place}, which is no equation"
                remedy = "name equations with :eqlabel:, and refer to others with :numref:"
            else:
                continue
            problems.append(Problem(what=what, place=reference.place, remedy=remedy))
    return problems


def _remedy(label: str, targets: Iterable[str]) -> str:
    near = difflib.get_close_matches(label, targets, n=1, cutoff=0.8)
    return f"did you mean '{near[0]}'?" if near else "no page of the book has it"


def number_text(number: Iterable[int]) -> str:
    """A number as it is written: ``3.1.2``."""
    return ".".join(map(str, number))


def numbered_name(target: Target, language: Language) -> str:
    """What ``:numref:`` says: "Figure 3.1.2", "Section 3.1", or the title of what has no number."""
    if not target.number:
        return target.title
    is_chapter = target.kind == "section" and len(target.number) == 1
    return language.text(
        "chapter_number" if is_chapter else f"{target.kind}_number",
        number=number_text(target.number),
    )


def reference_text(role: str, target: Target, language: Language) -> str:
    """What a reference says, as plain text; ``role`` is ``numref``, ``ref`` or ``eqref``."""
    if role == "eqref" and target.number:
        return f"({number_text(target.number)})"
    if role == "ref" and target.title:
        return target.title
    return numbered_name(target, language)
