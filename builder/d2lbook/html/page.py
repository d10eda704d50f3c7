"""One document → one page of the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

from markupsafe import Markup, escape

from d2lbook.document.model import Document
from d2lbook.errors import Problem
from d2lbook.html import formulas
from d2lbook.html.addresses import address, page_file
from d2lbook.html.body import BodyWriter, tokens_of
from d2lbook.html.context import Site
from d2lbook.html.navigation import Navigation
from d2lbook.html.outputs import OutputWriter
from d2lbook.html.pictures import BookFile
from d2lbook.html.prose import ProseWriter
from d2lbook.html.templating import templates

MISSING = "404"
"""Name of the page that servers show for what is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePage:
    """A page of the site and what has to be beside it."""

    html: str
    files: frozenset[BookFile]
    """Files of the book it shows or links to."""
    pictures: Mapping[str, bytes]
    """Files of the site with the pictures its code made."""
    problems: tuple[Problem, ...]


_templates = cache(templates)
"""Compiled once for all sites; ``text`` is of the language of each."""


class PageMaker:
    """Makes the pages of one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._navigation = Navigation(site)
        self._templates = _templates()

    def make(self, document: Document) -> MadePage:
        """The page of this document."""
        formulas.render_all(formulas.formulas_in(tokens_of(document)))
        name = document.page.name
        prose = ProseWriter(self.site, document.page)
        outputs = OutputWriter(
            self.site.language, partial(address, name), self.site.limits, self.site.trusts_outputs
        )
        body = BodyWriter(document, self.site, prose, outputs)
        previous, following = self._navigation.neighbours(name)
        # A book of one page begins with its text.
        is_cover = name == self.site.contents.page and bool(self.site.contents.children)
        html = self._templates.get_template("cover.html" if is_cover else "page.html").render(
            site=self.site,
            text=self.site.language.text,
            name=name,
            tabs=document.tabs,
            entry=self.site.entries[name],
            link=partial(address, name),
            page_link=lambda page: address(name, page_file(page)),
            groups=body.groups(),
            footnotes=body.footnotes(),
            references=body.references(),
            works=body.works(),
            sections=body.sections(),
            description=body.description(),
            title=body.title() or Markup(self.site.entries[name].title),
            anchors=body.title_anchors(),
            trail=self._navigation.trail(name),
            contents=Markup(self._navigation.contents(name)),
            previous=previous,
            following=following,
        )
        return MadePage(
            html=html,
            files=frozenset(prose.files),
            pictures=outputs.pictures,
            problems=(*prose.problems, *outputs.problems),
        )

    def missing(self) -> str:
        """The page for an address at which there is nothing.

        A server shows it in any folder, so its links begin at the site's address.
        """
        home, contents = self.site.address, self._navigation.contents(MISSING)
        return self._templates.get_template("missing.html").render(
            site=self.site,
            text=self.site.language.text,
            name=MISSING,
            tabs=(),
            link=lambda file: home + address(MISSING, file),
            page_link=lambda page: home + address(MISSING, page_file(page)),
            description="",
            footnotes=(),
            contents=Markup(contents.replace('href="', f'href="{escape(home)}')),
            previous=None,
            following=None,
        )
