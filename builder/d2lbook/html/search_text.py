"""A document → what there is to find in it, as HTML for Pagefind.

Headings keep their anchors. Before what belongs to some tabs only, and where code
begins or ends, stands an empty element whose identifier says so (``@code:jax``,
``@text:``); Pagefind reports where it stands among the words, so the page's
script knows for every hit its section, its frameworks, and whether it is code. Which
frameworks a page has stands in its metadata: Pagefind's own filters come in any order,
so that no two indexes would have the same bytes. Pagefind knows words by the blanks between
them: each character of Chinese and Japanese is a word here, and the script joins them again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from markdown_it.token import Token
from markupsafe import Markup

from d2lbook.document.build import citation_of
from d2lbook.document.labels import reference_text
from d2lbook.document.model import Block, Document, Prose
from d2lbook.document.rst.only import shown_in
from d2lbook.html.context import Site

_FORMULA = "…"
"""What stands for a formula that is more than a letter or a number."""

_CHARACTER = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
"""Chinese and Japanese, which have no blanks between words; as in ``search.js``."""
_BETWEEN_WORDS = re.compile(rf"(?<=\S)(?={_CHARACTER})|(?<={_CHARACTER})(?=\w)")


def search_text(document: Document, site: Site) -> str:
    """The HTML for one page."""
    entry = site.entries[document.page.name]
    tabs = " ".join(document.tabs) if site.tabs else ""
    title = escape(_in_words(entry.text))
    return (
        f'<html lang="{escape(site.language.code)}"><body>'
        f'<i data-pagefind-meta="number:{entry.number}"></i>'
        f'<i data-pagefind-meta="tabs:{tabs}"></i><h1>{title}</h1>\n'
        f"{''.join(_Writer(document, site).parts())}</body></html>\n"
    )


class _Writer:
    def __init__(self, document: Document, site: Site) -> None:
        self.document = document
        self.site = site

    def parts(self) -> Iterator[str]:
        before = "@text:"
        for block in self.document.blocks:
            mark, found = self._mark(block), "".join(self._block(block))
            if found and mark != before:
                yield f'<i id="{mark}"></i>'
                before = mark
            yield found

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Prose):
            yield from self._prose(shown_in("html", block.tokens))
        elif block.shows_source:
            yield _code(block.cell.source)

    def _mark(self, block: Block) -> str:
        kind = "text" if isinstance(block, Prose) else "code"
        tabs = "" if block.tabs == self.document.tabs else " ".join(block.tabs)
        return f"@{kind}:{tabs}"

    def _prose(self, tokens: Sequence[Token]) -> Iterator[str]:
        for index, token in enumerate(tokens):
            if token.type in {"fence", "code_block"}:
                yield _code(token.content)
            elif token.type == "inline" and token is not self.document.title:
                text = " ".join("".join(self._words(token.children or ())).split())
                above = tokens[index - 1]
                is_heading = above.type == "heading_open"
                name = f' id="{escape(above.meta["anchor"])}"' if is_heading else ""
                tag = above.tag if is_heading else "p"
                yield f"<{tag}{name}>{escape(_in_words(text))}</{tag}>\n"

    def _words(self, inlines: Iterable[Token]) -> Iterator[str]:
        for token in inlines:
            match token.type:
                case "text" | "code_inline" | "text_special":
                    yield token.content
                case "softbreak" | "hardbreak":
                    yield " "
                case "math_inline":
                    yield token.content if token.content.isalnum() else _FORMULA
                case "reference":
                    target = self.site.targets.get(token.meta["label"])
                    role = token.meta["role"]
                    yield reference_text(role, target, self.site.language) if target else ""
                case "citation":
                    found = self.site.references.citations.get(citation_of(token))
                    yield Markup(found.html).striptags() if found else ""
                case _:
                    yield from self._words(token.children or ())


def _code(source: str) -> str:
    return f"<pre>{escape(_in_words(source), quote=False)}</pre>\n"


def _in_words(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", text)
