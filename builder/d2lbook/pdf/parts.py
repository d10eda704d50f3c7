"""Sets a book part by part, and binds the parts.

Typst keeps all that it lays out until the end, a megabyte and a half for each page of
paper. A part is a few chapters, and its memory is given back before the next one begins;
what parts have to know of each other is where their pages begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from d2lbook.pdf.binding import address_of, bind, numbers_of
from d2lbook.pdf.workspace import Page, SetPart, Workspace

MOST_CODE = 400_000
"""Characters of Typst's code in a part, about a hundred pages of paper; a chapter may have more."""

Entry = tuple[str, int, str, str]
"""A line of the contents: an anchor, the level, the number and the title."""


def set_in_parts(
    workspace: Workspace,
    pages: Sequence[Page],
    *,
    settings: Mapping[str, object],
    front: Mapping[str, object],
    contents: Sequence[Entry],
    page_name: str,
) -> tuple[bytes, list[tuple[str, str]]]:
    """The PDF of these pages, and what kept it from meeting the standard.

    ``settings`` and ``front`` are the arguments of the template's ``part`` and ``front``.
    Raises RenderError, naming the page at fault.
    """

    def set_front(numbers: Mapping[str, int], *, meets_standard: bool = True) -> SetPart:
        said = {**front, "entries": list(_entries(contents, numbers))}
        return workspace.set_front(settings, said, meets_standard=meets_standard)

    parts = [set_front({})]  # to see how long it is
    for run in runs(pages):
        first = 1 + sum(part.pages for part in parts)
        parts.append(workspace.set_pages({**settings, "first": first}, run))
    complaints = [each for part in parts for each in part.complaints]
    parts[0] = set_front(numbers_of(parts), meets_standard=not complaints)
    return bind(parts, page_name), complaints


def runs(pages: Iterable[Page]) -> list[list[Page]]:
    """The pages of each part: whole chapters, with no more code than ``MOST_CODE`` if they can."""
    found: list[list[Page]] = []
    size = 0
    for page in pages:
        size += len(page.code)
        if not found or (page.begins_chapter and size > MOST_CODE):
            found.append([])
            size = len(page.code)
        found[-1].append(page)
    return found


def _entries(contents: Iterable[Entry], numbers: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    """The contents as the template's ``front`` wants them; numbers that are not known are empty."""
    for anchor, level, number, title in contents:
        yield address_of(anchor), level, number, title, str(numbers.get(anchor, ""))
