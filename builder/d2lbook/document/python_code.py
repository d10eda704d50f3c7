"""Python → runs of one colour (see ``highlight.py``).

Nearly all code of a book is Python, and Pygments tries some forty patterns for
every word of it: on a book of 190 pages that takes as long as everything else
together. One pattern and the interpreter's own lists of names do the same in a
thirtieth of the time.
"""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator

_WORDS: dict[str, str] = {
    **{name: "b" for name in dir(builtins) if not name.startswith("_")},
    **dict.fromkeys(keyword.kwlist, "k"),
    **dict.fromkeys(("True", "False", "None", "self", "cls", "NotImplemented"), "l"),
}
_TOKEN = re.compile(
    r"""
      (?P<c> \#[^\n]* )
    | (?P<s> (?<!\w)(?:[rR]?[bBfFuU]?|[bBfF][rR])
             (?: \"{3}(?:\\[\s\S]|[^\\])*?(?:\"{3}|\Z) | '{3}(?:\\[\s\S]|[^\\])*?(?:'{3}|\Z)
               | \"(?:\\[\s\S]|[^\\\"\n])*\"? | '(?:\\[\s\S]|[^\\'\n])*'? ) )
    | (?P<m> ^[ \t]*(?:@[\w.]+|[%!][^\n]*) )
    | (?P<define> \b(?:def|class)[ \t]+ ) (?P<f> \w+ )
    | (?P<l> (?<![\w.])(?:\d|\.\d)(?:[eE][+-]|[\w.])* )
    | (?P<word> (?<![\w.])[^\W\d]\w* )
    """,
    re.VERBOSE | re.MULTILINE,
)


def python_runs(code: str) -> Iterator[tuple[str, str]]:
    """The code in pieces, each with the name of its colour; any text will do."""
    done = 0
    for match in _TOKEN.finditer(code):
        kind = match.lastgroup or ""
        name = _WORDS.get(match[0], "") if kind == "word" else kind
        if not name:
            continue
        yield "", code[done : match.start()]
        if kind == "f":
            define = match["define"].rstrip()
            yield "k", define
            yield "", match["define"][len(define) :]
        yield name, match[name] if kind == "f" else match[0]
        done = match.end()
    yield "", code[done:]
