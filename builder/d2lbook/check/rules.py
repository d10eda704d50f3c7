"""The rules about pages, in the order in which they tell what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from d2lbook.book import Page
from d2lbook.check.doubled_code import doubled_code
from d2lbook.check.doubled_prose import doubled_prose
from d2lbook.check.kept_outputs import kept_outputs
from d2lbook.check.missing_variants import missing_variants
from d2lbook.document.model import Document
from d2lbook.errors import Problem

SOURCE_RULES: Sequence[Callable[[Page], Iterator[Problem]]] = (kept_outputs,)
"""What a page must not hold."""

TabRule = Callable[[Document], Iterator[Problem]]

TAB_RULES: Sequence[TabRule] = (doubled_prose, doubled_code)
"""What is odd about the tabs of a page."""

TAB_HINTS: Sequence[TabRule] = (missing_variants,)
"""What is often meant as it is, but good to know."""
