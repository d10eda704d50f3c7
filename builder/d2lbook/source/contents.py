"""Tables of contents: the ``toc`` blocks of pages, and the tree they make of a book.

    ```toc
    :maxdepth: 2
    :numbered:

    chapter_a/index
    ```

One page a line, relative to the page it stands in, without extension. Pages
below a numbered table get numbers; numbering runs on from one numbered table of
the index page to the next, so that no two chapters have the same number. A
``toctree`` in an ``eval_rst`` block is read in the same way.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from d2lbook.book import Book, Chapter, Contents, Page, Place
from d2lbook.errors import Problem

KNOWN_OPTIONS = ("maxdepth", "numbered")
OPTION = re.compile(r":([\w-]+):\s*(.*)$")
TOCTREE = re.compile(r"(\s*)\.\.[ \t]+toctree::")
TITLED = re.compile(r".*<([^<>]+)>$")
ELSEWHERE = re.compile(r"self$|\w+://")


def parse_contents(lines: Sequence[str], first_line: int, name: str, path: str) -> Contents:
    """The table of contents in these lines of a page (its name and its file).

    ``first_line`` is the line of the file, from 1, where they begin.
    """
    folder = posixpath.dirname(name)
    entries: list[tuple[str, Place]] = []
    options: dict[str, str] = {}
    for number, line in enumerate(lines, first_line):
        entry = line.strip()
        if match := OPTION.match(entry):
            options[match[1]] = match[2]
        elif entry:
            name = posixpath.normpath(posixpath.join(folder, entry)).removesuffix(".md")
            entries.append((name, Place(path=path, line=number)))
    depth = options.get("maxdepth", "")
    return Contents(
        entries=tuple(entries),
        numbered="numbered" in options,
        max_depth=int(depth) if re.fullmatch("[0-9]{1,9}", depth) else None,
    )


def odd_options(lines: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """What is wrong with the options of a table of contents, and its remedy, by index of line."""
    for index, line in enumerate(lines):
        match = OPTION.match(line.strip())
        if match and match[1] not in KNOWN_OPTIONS:
            known = f"known are: {', '.join(KNOWN_OPTIONS)}"
            yield index, f"a table of contents has no option ':{match[1]}:'", known
        elif match and match[1] == "maxdepth" and not re.fullmatch("-1|[0-9]{1,9}", match[2]):
            remedy = "it has to be a number; -1 is no limit"
            yield index, f":maxdepth: can't be '{match[2]}'", remedy


def find_toctrees(
    lines: Sequence[str], first_line: int, name: str, path: str
) -> Iterator[Contents]:
    """The tables of contents that reStructuredText has (``.. toctree::``), like ``toc`` blocks.

    Entries may have titles of their own, which don't count (``Title <page>``); what is
    no page of the book is left out.
    """
    for start, line in enumerate(lines):
        if not (match := TOCTREE.match(line)):
            continue
        below = list(takewhile(lambda each: _is_below(each, match[1]), lines[start + 1 :]))
        entries = [_entry(line.strip()) for line in below]
        yield parse_contents(entries, first_line + start + 1, name, path)


def _is_below(line: str, indentation: str) -> bool:
    return not line.strip() or len(line) - len(line.lstrip()) > len(indentation)


def _entry(text: str) -> str:
    """An entry as a ``toc`` block has it; empty for what is no page."""
    match = TITLED.match(text)
    target = match[1].strip() if match else text
    return "" if ELSEWHERE.match(target) else target


def arrange(pages: Mapping[str, Page], index: str) -> tuple[Book, list[Problem]]:
    """The book that these pages (by name) make, with ``index`` at its root.

    Returns with it what is odd: a page that isn't there is left out, one that is
    listed twice keeps its first place, and two whose names are the same to some disks stay.
    """
    problems: list[Problem] = []
    placed: dict[str, Place] = {index: pages[index].place(1)}

    def children(page: Page, number: tuple[int, ...] | None) -> tuple[Chapter, ...]:
        nodes: list[Chapter] = []
        count = 0
        for contents in page.contents:
            numbered = contents.numbered or number is not None
            for name, place in contents.entries:
                if not (child := _listed(name, place)):
                    continue
                count += numbered
                own = (*(number or ()), count) if numbered else None
                below = children(child, own)
                nodes.append(Chapter(page=child, number=own or (), children=below))
        return tuple(nodes)

    def _listed(name: str, place: Place) -> Page | None:
        if name not in pages:
            problems.append(
                Problem(
                    what=f"the table of contents names '{name}', but there is no such page",
                    place=place,
                    remedy="mend the name, or see that [build] notebooks takes the page in",
                )
            )
            return None
        if name in placed:
            what = f"'{name}' is listed a second time (first at {placed[name]})"
            problems.append(Problem(what=what, place=place, remedy="list each page once"))
            return None
        placed[name] = place
        return pages[name]

    tree = Chapter(page=pages[index], children=children(pages[index], None))
    loose = tuple(pages[name] for name in sorted(pages) if name not in placed)
    return Book(tree=tree, loose=loose), [*problems, *_alike(pages)]


def _alike(pages: Mapping[str, Page]) -> Iterator[Problem]:
    """A problem for each page whose name differs from that of another in capitals only."""
    known: dict[str, Page] = {}
    for name in sorted(pages):
        page = pages[name]
        first = known.setdefault(name.casefold(), page)
        if first is not page:
            yield Problem(
                what=f"the name of this page differs from {first.path} in capitals only",
                place=page.place(0),
                remedy="give it another one: on many disks the two would be one file",
            )
