"""Footnotes of a page: numbered as they are referred to, wherever they are defined.

The plugin of mdit_py_plugins finds references and definitions cell by cell; a
definition may stand in any prose cell of the page. Afterwards:

    footnote_ref    meta: {"number": int, "count": int}; count: which reference to it
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from d2lbook.book import Cell, Page, Place
from d2lbook.document.model import Footnote, Prose
from d2lbook.document.spans import walk_inlines
from d2lbook.errors import Problem


def collect_footnotes(
    cells: Sequence[Prose], page: Page
) -> tuple[list[Prose], tuple[Footnote, ...], list[Problem]]:
    """Take the definitions out of the prose of a page, and number the references.

    Returns the prose, the footnotes in order, and a problem for each reference
    to none, which becomes plain text, and for each footnote that nobody gets to see.
    """
    definitions: dict[str, tuple[Cell, tuple[Token, ...]]] = {}
    found: list[tuple[str, Place]] = []
    kept = [
        replace(cell, tokens=tuple(_take_definitions(cell, definitions, found, page)))
        for cell in cells
    ]
    counts: dict[str, int] = {}
    problems: list[Problem] = []
    texts = [(prose.cell, prose.tokens) for prose in kept]
    # It grows: a footnote may refer to others, even to itself.
    for cell, tokens in texts:
        for line, token in _references(tokens):
            label = token.meta["label"]
            if label not in definitions:
                problems.append(_unknown(label, page.place(cell.line_of(line))))
                token.type, token.content, token.meta = "text", f"[^{label}]", {}
                continue
            if label not in counts:
                texts.append(definitions[label])
            counts[label] = counts.get(label, 0) + 1
            number = list(counts).index(label) + 1
            token.meta |= {"number": number, "count": counts[label]}
    notes = tuple(
        Footnote(
            number=number,
            cell=definitions[label][0],
            references=count,
            tokens=definitions[label][1],
        )
        for number, (label, count) in enumerate(counts.items(), 1)
    )
    return kept, notes, [*problems, *_unseen(found, counts)]


def _unseen(found: Sequence[tuple[str, Place]], referred: Container[str]) -> Iterator[Problem]:
    """A problem for each of the footnotes found that is defined twice or that nothing refers to."""
    first: dict[str, Place] = {}
    for label, place in found:
        if label in first:
            what = f"footnote '{label}' is defined twice; first at {first[label]}"
            yield Problem(what=what, place=place, remedy="give it another name")
        elif label not in referred:
            what, remedy = f"nothing refers to footnote '{label}'", f"write [^{label}] in the text"
            yield Problem(what=what, place=place, remedy=remedy)
        first.setdefault(label, place)


def _unknown(label: str, place: Place) -> Problem:
    what, remedy = f"there is no footnote '{label}'", f"write it as [^{label}]: text"
    return Problem(what=what, place=place, remedy=remedy)


def _take_definitions(
    prose: Prose,
    definitions: dict[str, tuple[Cell, tuple[Token, ...]]],
    found: list[tuple[str, Place]],
    page: Page,
) -> Iterator[Token]:
    """The tokens outside definitions; those inside go into ``definitions``, where they stand
    into ``found``."""
    label, note = None, list[Token]()
    for token in prose.tokens:
        if token.type == "footnote_reference_open":
            label, note = token.meta["label"], []
            found.append((label, page.place(prose.cell.line_of((token.map or [0])[0]))))
        elif token.type == "footnote_reference_close":
            definitions.setdefault(label or "", (prose.cell, tuple(note)))
            label = None
        elif label is None:
            yield token
        else:
            note.append(token)


def _references(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Each reference with the line of its block in the cell."""
    for token in tokens:
        for child in walk_inlines(token):
            if child.type == "footnote_ref":
                yield (token.map or [0])[0], child
