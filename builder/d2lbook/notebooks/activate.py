"""Which code cells of a page Jupyter runs, by the fences in its text.

A cell that isn't wanted has the class ``inactive`` in place of ``input``:

    ```{.python .input  n=5}   ⇄   ```{.python .inactive  n=5}

It stays a cell for the rest of the tool, and nothing else of it changes. So all
is remembered that activating it again needs, and a book builds as before.
"""

from __future__ import annotations

import re

from d2lbook.book import Place
from d2lbook.errors import Problem, SourceError
from d2lbook.notebooks.select import EXTENSION
from d2lbook.source.attributes import ACTIVE, INACTIVE, WORD, parse_attributes
from d2lbook.source.fences import Unclosed, cut
from d2lbook.source.page import TabRules
from d2lbook.source.tabs import read_code_marks

LINE_END = re.compile(r"(\r\n?|\n)")
OPENING = re.compile(r"(\ufeff?[`~]+[ \t]*\{?)(.*?)(\}?\s*)$")
"""The opening line of a fence: mark, words, end."""


def activate(text: str, tab: str, rules: TabRules, path: str) -> tuple[str, list[Problem]]:
    """The text of a page in which the cells of this tab are active, the others not.

    ``tab`` can be ``all``. Untagged cells are those of the tab that ``rules``
    say; the cell which offers the choice of a tab is everybody's. Returns also
    what may once have been cells. Raises SourceError, with file and line, for
    fences that are never closed or can't be changed without damage.
    """
    parts = LINE_END.split(text)
    lines = parts[::2]
    try:
        blocks = cut([lines[0].removeprefix("\ufeff"), *lines[1:]])
    except Unclosed as error:
        raise SourceError.at(
            path, error.line + 1, error.what, f"close it with {error.closing}"
        ) from None
    problems: list[Problem] = []
    for block in blocks:
        if block.kind != "fence":
            continue
        inner = lines[block.first + 1 : block.end - 1]
        attributes = parse_attributes(block.info)
        place = Place(path=path, line=block.first + 1)
        if attributes.is_cell:
            wanted = tab == "all" or _belongs(inner, tab, rules)
            if (ACTIVE in attributes.classes) != wanted:
                lines[block.first] = _switch(lines[block.first], place)
        elif attributes.classes == ("python",) and read_code_marks(inner[:1]).tagged:
            problems.append(_perhaps_a_cell(place))
    parts[::2] = lines
    return "".join(parts), problems


def _belongs(lines: list[str], tab: str, rules: TabRules) -> bool:
    tabs = rules.tabs_of(read_code_marks(lines))
    return tabs is None or tab in tabs or any(EXTENSION in line for line in lines)


def _switch(line: str, place: Place) -> str:
    """The opening line of a cell, active if it wasn't and the other way round.

    Raises SourceError where that could not be undone.
    """
    classes = parse_attributes(line.lstrip("\ufeff`~")).classes
    old, new = (ACTIVE, INACTIVE) if ACTIVE in classes else (INACTIVE, ACTIVE)
    switched = _with_class(line, old, new)
    if switched == line or _with_class(switched, new, old) != line:
        what = f"the fence of this cell can't be made {'in' * (new == INACTIVE)}active"
        raise SourceError(Problem(what=what, place=place, remedy="write it as {.python .input}"))
    return switched


def _with_class(line: str, old: str, new: str) -> str:
    def swap(match: re.Match[str]) -> str:
        return {old: new, f".{old}": f".{new}"}.get(match[0], match[0])

    return OPENING.sub(lambda match: match[1] + WORD.sub(swap, match[2]) + match[3], line)


def _perhaps_a_cell(place: Place) -> Problem:
    what = "a plain fence with a tab mark is left as it is"
    return Problem(what=what, place=place, remedy="if it is a cell, write it as {.python .input}")
