"""What a block of reStructuredText needs to know of its page."""

from __future__ import annotations

from dataclasses import dataclass, field

from d2lbook.document.rst.python_objects import PythonObject
from d2lbook.document.rst.sources import BookSources


@dataclass(kw_only=True)
class Scope:
    """One for all blocks of a page, which are read in order."""

    page: str
    """The page's name."""
    sources: BookSources | None = None
    """None: the page stands alone."""
    modules: dict[str, str] = field(default_factory=dict)
    """The module that names are looked up in (``currentmodule::``), by tab."""

    def text(self, link: str) -> str | None:
        """The text of a file, named by its path from the page; None where there is none."""
        return self.sources.text(self.page, link) if self.sources else None

    def module(self, tab: str) -> str:
        """The module that a bare name means something in for this tab; or empty."""
        library = self.sources.libraries.get(tab, "") if self.sources else ""
        return self.modules.get(tab) or library

    def python_object(self, name: str) -> PythonObject | None:
        """What a dotted name means in a module of the book."""
        return self.sources.python_object(name) if self.sources else None

    def module_of(self, name: str) -> str:
        """The module of the book that a dotted name begins with; or empty."""
        return self.sources.module_of(name) if self.sources else ""
