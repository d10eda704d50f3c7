"""The text of a document → the parts that the page's template puts together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

from markdown_it.token import Token
from markupsafe import Markup

from d2lbook.document.model import Code, Document, Framed, Prose
from d2lbook.document.model import Part as DocumentPart
from d2lbook.document.rst.only import shown_in
from d2lbook.document.text import plain_text
from d2lbook.html.context import Site
from d2lbook.html.groups import Run, runs
from d2lbook.html.highlight import highlight
from d2lbook.html.outputs import OutputWriter
from d2lbook.html.prose import ProseWriter
from d2lbook.html.titles import title_html

NOTHING = Markup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A piece of HTML for some tabs."""

    tabs: tuple[str, ...]
    """Empty: for all of them."""
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A block of the document."""

    tabs: tuple[str, ...]
    """The tabs that show it; empty where all do."""
    prose: Markup = NOTHING
    source: Markup = NOTHING
    """Of code, like the outputs; empty where it is hidden."""
    outputs: tuple[Variant, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGroup:
    """Consecutive parts, under one bar of tabs where they differ between tabs."""

    number: int
    """Its place on the page, for identifiers."""
    tabs: tuple[str, ...]
    """The tabs of the bar; empty where it needs none."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFrame:
    """A fold or a box."""

    number: int
    """Its place on the page, for identifiers."""
    kind: str
    tabs: tuple[str, ...]
    """The tabs that show it; empty where all do."""
    title: Markup
    parts: tuple[PartGroup | PartFrame, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A footnote."""

    number: int
    references: int
    """How often the page refers to it."""
    html: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, as the page's own contents list it."""

    level: int
    anchor: str
    title: Markup
    tabs: tuple[str, ...]
    """Empty: in all of them."""


class BodyWriter:
    """Writes the text of one page."""

    def __init__(
        self, document: Document, site: Site, prose: ProseWriter, outputs: OutputWriter
    ) -> None:
        self.document = document
        self.site = site
        self.prose = prose
        self.outputs = outputs
        self._numbers = count(1)

    def groups(self) -> tuple[PartGroup | PartFrame, ...]:
        """All of the page, in order."""
        return self._groups(self.document.parts, self.document.tabs)

    def _groups(
        self, parts: Iterable[DocumentPart], tabs: tuple[str, ...]
    ) -> tuple[PartGroup | PartFrame, ...]:
        """Parts that these tabs see."""
        return tuple(
            group
            for run in runs(parts, tabs)
            for group in (
                [self._frame(run, tabs)] if isinstance(run, Framed) else self._group(run, tabs)
            )
        )

    def _group(self, run: Run, tabs: tuple[str, ...]) -> Iterator[PartGroup]:
        """The run as a group; nothing where there is nothing to see in it."""
        if parts := tuple(self._parts(run, tabs)):
            yield PartGroup(number=next(self._numbers), tabs=run.tabs, parts=parts)

    def _frame(self, framed: Framed, tabs: tuple[str, ...]) -> PartFrame:
        title = framed.title
        inline = [token for token in title.tokens if token.type == "inline"]
        return PartFrame(
            number=next(self._numbers),
            kind=framed.kind,
            tabs=() if title.tabs == tabs else title.tabs,
            title=Markup(self.prose.write(inline, title.cell)),
            parts=self._groups(framed.parts, title.tabs),
        )

    def _parts(self, run: Run, tabs: tuple[str, ...]) -> Iterator[Part]:
        for block in run.blocks:
            own = block.tabs if run.tabs and block.tabs != tabs else ()
            part = self._prose(block, own) if isinstance(block, Prose) else self._code(block, own)
            if part.prose or part.source or part.outputs:
                yield part

    def _prose(self, block: Prose, tabs: tuple[str, ...]) -> Part:
        html = self.prose.write(_without_title(block.tokens, self.document.title), block.cell)
        return Part(tabs=tabs, prose=Markup(html))

    def _code(self, block: Code, tabs: tuple[str, ...]) -> Part:
        place = self.document.page.place(block.cell.line_of(0))
        if block.has_same_outputs:
            shown = {tabs: self.outputs.write(block.outputs[block.tabs[0]], place)}
        else:
            shown = {
                (tab,): self.outputs.write(found, place, tab)
                for tab, found in block.outputs.items()
            }
        source = highlight(block.cell.source, block.cell.language) if block.shows_source else ""
        return Part(
            tabs=tabs,
            source=Markup(source),
            outputs=tuple(
                Variant(tabs=() if own == tabs else own, html=Markup(html))
                for own, html in shown.items()
                if html
            ),
        )

    def footnotes(self) -> list[Note]:
        """The footnotes, in order."""
        return [
            Note(
                number=note.number,
                references=note.references,
                html=Markup(self.prose.write(note.tokens, note.cell)),
            )
            for note in self.document.footnotes
        ]

    def references(self) -> Markup:
        """The works that this page cites, in a book that lists them nowhere."""
        return Markup() if self.site.bibliography else self._works()

    def works(self) -> Markup:
        """The works that this page cites and another page lists, for previews of citations."""
        is_elsewhere = self.site.bibliography and not self.document.has_bibliography
        return self._works() if is_elsewhere else Markup()

    def _works(self) -> Markup:
        cited = {key for citation, _ in self.document.citations for key in citation.keys}
        keys = [key for key in self.site.references.entries if key in cited]
        return Markup(self.prose.reference_list(keys) if keys else "")

    def title(self) -> Markup:
        """The page's title with its links and footnotes, without raw HTML; empty for none."""
        found = self.document.title
        for block in self.document.blocks:
            if found and isinstance(block, Prose) and any(each is found for each in block.tokens):
                shown = [each for each in found.children or () if each.type != "html_inline"]
                return Markup(self.prose.write(shown, block.cell))
        return Markup()

    def title_anchors(self) -> tuple[str, ...]:
        """The identifiers of the page's title: its own, then its further labels."""
        for block in self.document.blocks:
            if isinstance(block, Prose):
                for token, inline in _pairs(block):
                    if inline is self.document.title:
                        return (token.meta["anchor"], *token.meta["labels"][1:])
        return ()

    def sections(self) -> list[Section]:
        """The headings below the title."""
        return [
            Section(
                level=int(token.tag[1]),
                anchor=token.meta["anchor"],
                title=Markup(title_html(inline, self.prose.spell)),
                tabs=() if block.tabs == self.document.tabs else block.tabs,
            )
            for block in self.document.blocks
            if isinstance(block, Prose)
            for token, inline in _pairs(block)
            if token.type == "heading_open" and inline is not self.document.title
        ]

    def description(self) -> str:
        """The beginning of the text, for search engines."""
        for block in self.document.blocks:
            if isinstance(block, Prose):
                for token, inline in _pairs(block):
                    if token.type == "paragraph_open" and (text := plain_text(inline)):
                        return _shortened(text)
        return ""


def _pairs(block: Prose) -> Iterator[tuple[Token, Token]]:
    """Every token of what the page shows with the one after it."""
    tokens = shown_in("html", block.tokens)
    return pairwise(tokens)


def _without_title(tokens: Sequence[Token], title: Token | None) -> Sequence[Token]:
    """The tokens without the page's title, which stands above all the text."""
    for index, token in enumerate(tokens):
        if token is title:
            return [*tokens[: index - 1], *tokens[index + 2 :]]
    return tokens


def _shortened(text: str, length: int = 200) -> str:
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


def tokens_of(document: Document) -> Iterable[Token]:
    """All tokens of a page, those of footnotes too."""
    for block in document.blocks:
        if isinstance(block, Prose):
            yield from block.tokens
    for note in document.footnotes:
        yield from note.tokens
