"""Entries of an API → a list of terms: what each object is called with, and what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from markdown_it.token import Token

from d2lbook.document.rst.api import Entry
from d2lbook.document.rst.inlines import tagged, text_token
from d2lbook.document.rst.making import TokenMaker

Documentation: TypeAlias = Callable[[str], list[Token]]
"""The tokens of a docstring."""

_SAID: Mapping[str, str] = {"class": "class", "exception": "exception", "module": "module"}
"""Kinds of objects that are named before them."""


def entry_tokens(
    entry: Entry, make: TokenMaker, documentation: Documentation, below: Iterable[Token] = ()
) -> list[Token]:
    """The term and its description; ``below`` is what else is said of it."""
    said: list[Token] = []
    if entry.kind in _SAID:
        said = [*tagged("em", [text_token(_SAID[entry.kind])]), text_token(" ")]
    term = make.line([*said, _code(f"{entry.name}{entry.signature}")])
    text: list[Token] = []
    if entry.bases:
        text += make.paragraph([text_token("Bases: "), _code(", ".join(entry.bases))])
    if entry.documentation:
        text += documentation(entry.documentation)
    text += below
    if entry.members:
        text += entry_list(entry.members, make, documentation)
    return [*make.around("dt", "dt", [term]), *make.around("dd", "dd", text)]


def entry_list(
    entries: Sequence[Entry], make: TokenMaker, documentation: Documentation
) -> list[Token]:
    """A list of these entries."""
    written = (entry_tokens(entry, make, documentation) for entry in entries)
    return make.around("dl", "dl", [token for tokens in written for token in tokens])


def _code(text: str) -> Token:
    return Token("code_inline", "code", 0, content=text)
