"""Tokens of prose → HTML: a table of rules, one for each type of token that needs one.

Raw HTML of the author's goes into the page as it is, but for the links to other pages
and files of the book, which lead where those are in the site.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from html import escape
from urllib.parse import quote, unquote

from markdown_it.token import Token
from markupsafe import Markup

from d2lbook.book import Cell, Page
from d2lbook.document.addresses import (
    is_local,
    is_on_disk,
    local_link,
    missing_image,
    page_at,
)
from d2lbook.document.build import citation_of
from d2lbook.document.citations import anchor as citation_anchor
from d2lbook.document.code_pieces import code_pieces
from d2lbook.document.fences import language_of
from d2lbook.document.labels import number_text, reference_text
from d2lbook.document.ordinals import KINDS
from d2lbook.document.rst.only import shown_in
from d2lbook.document.text import plain_text
from d2lbook.errors import Problem
from d2lbook.html import formulas
from d2lbook.html.addresses import address, page_file
from d2lbook.html.context import Entry, Site
from d2lbook.html.highlight import highlight
from d2lbook.html.pictures import BookFile, picture_size_of
from d2lbook.html.raw import with_links
from d2lbook.html.signs import signs_after, signs_before, without_signs
from d2lbook.html.titles import title_html

_NO_BREAK = "\u00a0"
_THREAD = re.compile(r"t/(?:[^/]+/)?(\d+)")
"""The address of a thread below that of its Discourse: ``t/12``, ``t/its-title/12``."""


class ProseWriter:
    """Writes the prose of one page.

    ``problems`` and ``files`` gather what is wrong, and which files of the book
    the page needs beside it.
    """

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        self.problems: list[Problem] = []
        self.files: set[BookFile] = set()
        self._cell: Cell | None = None
        self._in_table = False
        self._has_corner = False
        self._listed = 0

    def write(self, tokens: Sequence[Token], cell: Cell) -> str:
        """These tokens of this cell as HTML."""
        self._cell = cell
        return self._write(shown_in("html", tokens))

    def _write(self, tokens: Sequence[Token]) -> str:
        return "".join(self._one(tokens, index) for index in range(len(tokens)))

    def _one(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        if rule := _RULES.get(token.type):
            return rule(self, tokens, index)
        if token.hidden:
            return ""
        line = "\n" if token.block and token.nesting != 1 else ""
        return f"<{'/' if token.nesting == -1 else ''}{token.tag}{_attributes(token.attrs)}>{line}"

    def _warn(self, token: Token, what: str, remedy: str = "", *, below: int = 0) -> None:
        """Take down what is wrong at a token, or so many lines below its first."""
        line = 0
        if self._cell and token.map:
            # Raw HTML may come from a file, which has more lines than the token.
            line = self._cell.line_of(min(token.map[0] + below, token.map[1] - 1))
        self.problems.append(Problem(what=what, place=self.page.place(line), remedy=remedy))

    def _here(self, anchor: str) -> str:
        """The address of an anchor of this page, for an attribute."""
        return escape(address(self.page.name, page_file(self.page.name), anchor))

    # Text.

    def inline(self, tokens: Sequence[Token], index: int) -> str:
        return self._write(tokens[index].children or ())

    def text(self, tokens: Sequence[Token], index: int) -> str:
        return escape(without_signs(tokens, index), quote=False)

    def code_inline(self, tokens: Sequence[Token], index: int) -> str:
        code = tokens[index].content
        pieces = code_pieces(code) if self._in_table else [code]
        return f"<code>{'<wbr>'.join(escape(piece, quote=False) for piece in pieces)}</code>"

    def softbreak(self, _tokens: Sequence[Token], _index: int) -> str:
        return "\n"

    def hardbreak(self, _tokens: Sequence[Token], _index: int) -> str:
        return "<br>\n"

    def raw_html(self, tokens: Sequence[Token], index: int) -> str:
        return with_links(tokens[index].content, partial(self._raw_link, tokens[index]))

    def _raw_link(self, token: Token, tag: str, link: str, line: int) -> str:
        if tag == "a":
            return self._link(token, link, below=line)
        found = self._inside(link)
        if not found and tag == "img":
            self._warn_of_image(token, link, below=line)
        return found or link

    def paragraph_open(self, tokens: Sequence[Token], index: int) -> str:
        if tokens[index].hidden:
            return ""
        is_talk = bool(self._discussion(tokens[index + 1]))
        return '<p class="discussion">' if is_talk else f"<p{_attributes(tokens[index].attrs)}>"

    def paragraph_close(self, tokens: Sequence[Token], index: int) -> str:
        if tokens[index].hidden:
            return ""
        thread = self._discussion(tokens[index - 1])
        if not (thread and self.site.embed_discussions):
            return "</p>\n"
        frame = escape(f"{self.site.discussions}embed/comments?topic_id={thread}")
        label = escape(self.site.language.text("show_discussion"))
        return f' <button type="button" data-embed="{frame}">{label}</button></p>\n'

    def _discussion(self, inline: Token) -> str:
        """The number of the thread, where a paragraph is nothing but a link to a discussion."""
        children = inline.children or []
        links = [child for child in children if child.type == "link_open"]
        if not self.site.discussions or len(links) != 1 or links[0] is not children[0]:
            return ""
        link = str(links[0].attrs.get("href", ""))
        if children[-1].type != "link_close":
            return ""
        found = _THREAD.match(link.removeprefix(self.site.discussions))
        return found[1] if found and link.startswith(self.site.discussions) else ""

    def link_open(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        attributes = dict(token.attrs)
        attributes["href"] = self._link(token, str(attributes.get("href", "")))
        return f"<a{_attributes(attributes)}>"

    def _link(self, token: Token, link: str, *, below: int = 0) -> str:
        """Where a link of the page leads in the site."""
        if link.startswith("#"):
            return f"#{quote(unquote(link[1:]))}"
        if found := self._inside(link):
            return found
        if not link:
            self._warn(token, "a link has no address", below=below)
        elif local_link(self.page.name, link) or is_on_disk(link):
            what = f"a link leads to '{link}', which is not in the book"
            self._warn(token, what, below=below)
        return link

    def _inside(self, link: str) -> str:
        """Where a link leads that means a page, or a file that goes into the site; else empty."""
        here = self.page.name
        local = local_link(here, link)
        if not local:
            return ""
        if name := page_at(local.path, self.site.entries):
            return address(here, page_file(name), local.fragment, local.query)
        if file := self.site.files.find(here, link):
            self.files.add(file)
            return address(here, file.site_path, local.fragment, local.query)
        return ""

    def footnote_ref(self, tokens: Sequence[Token], index: int) -> str:
        number, count = tokens[index].meta["number"], tokens[index].meta["count"]
        label = escape(self.site.language.text("footnote", number=number))
        return (
            f'<sup><a class="footnote-ref" id="footnote-ref-{number}-{count}"'
            f' href="#footnote-{number}" aria-label="{label}">{number}</a></sup>'
        )

    # References and citations.

    def reference(self, tokens: Sequence[Token], index: int) -> str:
        meta = tokens[index].meta
        target = self.site.targets.get(meta["label"])
        if not target:
            return f'<code class="unresolved">{escape(meta["label"])}</code>'
        text = reference_text(meta["role"], target, self.site.language)
        if meta["role"] == "ref" and target.caption:
            content = title_html(target.caption)
        else:
            is_number = meta["role"] == "numref" and target.number
            content = escape(text.replace(" ", _NO_BREAK) if is_number else text, quote=False)
        link = escape(address(self.page.name, page_file(target.page), target.anchor))
        # For a preview where the other page can't be asked for.
        is_here = target.page == self.page.name or text == target.title
        title = "" if is_here else f' data-title="{escape(target.title)}"'
        return f'<a class="reference" href="{link}"{title}>{content}</a>'

    def citation(self, tokens: Sequence[Token], index: int) -> str:
        citation = citation_of(tokens[index])
        found = self.site.references.citations.get(citation)
        if not found:
            return f'<span class="unresolved">[{escape(", ".join(citation.keys))}]</span>'
        page = self.site.bibliography
        if page and page != self.page.name:
            link = escape(address(self.page.name, page_file(page)))
            text = found.html.replace('href="#ref-', f'href="{link}#ref-')
        else:
            text = found.html
        return f'<span class="citation">{text}</span>'

    def bibliography(self, _tokens: Sequence[Token], _index: int) -> str:
        return self.reference_list(self.site.references.entries)

    def reference_list(self, keys: Iterable[str]) -> str:
        """The entries with these keys as a list."""
        entries = self.site.references.entries
        items = "".join(
            f'<li id="{escape(citation_anchor(key))}">{entries[key].html}</li>\n' for key in keys
        )
        return f'<ul class="references">\n{items}</ul>\n'

    # Maths.

    def math_inline(self, tokens: Sequence[Token], index: int) -> str:
        before, after = signs_before(tokens, index), signs_after(tokens, index)
        formula = f"{escape(before)}{self._formula(tokens[index])}{escape(after)}"
        return f'<span class="kept">{formula}</span>' if before or after else formula

    def math_block(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        formula = self._formula(token)
        number = number_text(self._number(token))
        box = f'<div class="formula">{formula}</div>'
        if not number:
            return f'<div class="equation"{self._id(token)}>{box}</div>\n'
        name = escape(self.site.language.text("equation_number", number=number))
        here = self._here(token.meta["anchor"])
        link = f'<a class="number" href="{here}" aria-label="{name}">({number})</a>'
        return f'<div class="equation"{self._id(token)}>{box}{link}</div>\n'

    def _formula(self, token: Token) -> str:
        rendered = formulas.render(formulas.formula_of(token))
        if rendered.error:
            self._warn(token, f"KaTeX can't read the formula: {rendered.error}")
            return f'<code class="unresolved">{escape(token.content, quote=False)}</code>'
        return rendered.markup

    # Headings, figures, tables.

    def _number(self, token: Token) -> tuple[int, ...]:
        return self.site.numbers[self.page.name].of(KINDS[token.type], token.meta["ordinal"])

    def _id(self, token: Token) -> str:
        """The attribute with the token's anchor, where it has one."""
        anchor = token.meta["anchor"]
        return f' id="{escape(anchor)}"' if anchor else ""

    def heading_open(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        labels = "".join(f'<span id="{escape(name)}"></span>' for name in token.meta["labels"][1:])
        number = number_text(self._number(token)) if token.tag != "h1" else ""
        span = f'<span class="number">{number}</span> ' if number else ""
        return f"<{token.tag}{self._id(token)}>{labels}{span}"

    def heading_close(self, tokens: Sequence[Token], index: int) -> str:
        opening, inline = tokens[index - 2], tokens[index - 1]
        link = self._permalink(opening, inline) if opening.meta["anchor"] else ""
        return f"{link}</{opening.tag}>\n"

    def _permalink(self, opening: Token, inline: Token) -> str:
        title = self.site.language.text("permalink", title=plain_text(inline))
        return (
            f' <a class="permalink" href="{self._here(opening.meta["anchor"])}"'
            f' aria-label="{escape(title)}">#</a>'
        )

    def figure_open(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        caption = tokens[index + 1]
        alt = token.meta["alt"]
        # Nobody wants to hear the caption twice.
        if alt == plain_text(caption):
            alt = ""
        sizes = {name: token.meta[name] for name in ("width", "height") if token.meta[name]}
        style = "; ".join(f"{name}: {size}" for name, size in sizes.items())
        image = self._image(token, token.meta["src"], alt, style)
        name = self._name(token)
        text = f"<figcaption>{name}" if name or caption.children else ""
        return f"<figure{self._id(token)}>\n{image}\n{text}"

    def figure_close(self, tokens: Sequence[Token], index: int) -> str:
        opening, caption = tokens[index - 2], tokens[index - 1]
        end = "</figcaption>" if self._number(opening) or caption.children else ""
        return f"{end}\n</figure>\n"

    def _name(self, token: Token) -> str:
        """ "Figure 3.1.2" before a caption, or nothing."""
        number = self._number(token)
        if not number:
            return ""
        key = f"{KINDS[token.type]}_number"
        name = self.site.language.text(key, number=number_text(number))
        if not token.meta["anchor"]:
            return f'<span class="number">{escape(name)}</span> '
        return f'<a class="number" href="{self._here(token.meta["anchor"])}">{escape(name)}</a> '

    def image(self, tokens: Sequence[Token], index: int) -> str:
        token = tokens[index]
        alt = plain_text(token, self.spell)
        return self._image(token, str(token.attrs.get("src", "")), alt, "")

    def spell(self, token: Token) -> str:
        """A reference or a citation as plain text."""
        if token.type == "reference" and (target := self.site.targets.get(token.meta["label"])):
            return reference_text(token.meta["role"], target, self.site.language)
        return Markup(self._write([token])).striptags()

    def _image(self, token: Token, source: str, alt: str, style: str) -> str:
        attributes = {"src": source, "alt": alt}
        file = self.site.files.find(self.page.name, source)
        if not file and self._warn_of_image(token, source):
            shown = source or alt or self.site.language.text("picture")
            return f'<span class="missing">{escape(shown)}</span>'
        if file:
            self.files.add(file)
            attributes["src"] = address(self.page.name, file.site_path)
            if size := picture_size_of(file.path):
                attributes["width"], attributes["height"] = map(str, size)
        if style:
            attributes["style"] = style
        return f'<img{_attributes(attributes)} loading="lazy" decoding="async">'

    def _warn_of_image(self, token: Token, link: str, *, below: int = 0) -> bool:
        """Take down that an image is not there; False where it is none of the book's own."""
        if not (is_local(link) or is_on_disk(link)):
            return False
        files = self.site.files
        found = missing_image(self.page.name, link, source=files.source, root=files.root)
        self._warn(token, *found, below=below)
        return True

    def table_caption_open(self, tokens: Sequence[Token], index: int) -> str:
        table = tokens[index + 3]
        return f'<figure class="table"{self._id(table)}>\n<figcaption>{self._name(table)}'

    def table_caption_close(self, _tokens: Sequence[Token], _index: int) -> str:
        return "</figcaption>\n"

    def table_open(self, tokens: Sequence[Token], index: int) -> str:
        before = ""
        if not index or tokens[index - 1].type != "table_caption_close":
            before = f'<figure class="table"{self._id(tokens[index])}>\n'
            if name := self._name(tokens[index]):
                before += f"<figcaption>{name}</figcaption>\n"
        self._in_table = True
        # The first cell comes after the openings of the table's head and row.
        self._has_corner = not tokens[index + 4].children
        return f'{before}<div class="scroll"><table>\n'

    def header_open(self, tokens: Sequence[Token], index: int) -> str:
        """The head of a column; the corner above the heads of rows is no head of anything."""
        is_corner = not tokens[index + 1].children
        attributes = _attributes(tokens[index].attrs)
        return f"<td{attributes}>" if is_corner else f'<th scope="col"{attributes}>'

    def header_close(self, tokens: Sequence[Token], index: int) -> str:
        return "</th>\n" if tokens[index - 1].children else "</td>\n"

    def cell_open(self, tokens: Sequence[Token], index: int) -> str:
        attributes = _attributes(tokens[index].attrs)
        is_head = self._heads_row(tokens, index)
        return f'<th scope="row"{attributes}>' if is_head else f"<td{attributes}>"

    def cell_close(self, tokens: Sequence[Token], index: int) -> str:
        return "</th>\n" if self._heads_row(tokens, index - 2) else "</td>\n"

    def _heads_row(self, tokens: Sequence[Token], index: int) -> bool:
        """Whether the cell that opens here is the head of its row: first, below a corner."""
        return self._has_corner and tokens[index - 1].type == "tr_open"

    def table_close(self, _tokens: Sequence[Token], _index: int) -> str:
        self._in_table = False
        return "</table></div>\n</figure>\n"

    # Blocks.

    def fence(self, tokens: Sequence[Token], index: int) -> str:
        code = tokens[index].content.removesuffix("\n")
        return code_html(highlight(code, language_of(tokens[index])))

    def code_block(self, tokens: Sequence[Token], index: int) -> str:
        return code_html(escape(tokens[index].content.removesuffix("\n"), quote=False))

    def contents(self, tokens: Sequence[Token], index: int) -> str:
        meta = tokens[index].meta
        entries = [self.site.entries[name] for name in meta["entries"] if name in self.site.entries]
        listed = self._contents(entries, meta["max_depth"] or 1)
        if not listed:
            return ""
        # Landmarks of one page have different names.
        self._listed += 1
        name = self.site.language.text("contents") + (
            f" {self._listed}" if self._listed > 1 else ""
        )
        return f'<nav aria-label="{escape(name)}">\n{listed}</nav>\n'

    def _contents(self, entries: Sequence[Entry], depth: int) -> str:
        if not entries or not depth:
            return ""
        items = "".join(
            f'<li><a href="{escape(address(self.page.name, page_file(entry.page)))}">'
            f'<span class="number">{entry.number}</span> <span>{entry.title}</span></a>'
            f"{self._contents(entry.children, depth - 1)}</li>\n"
            for entry in entries
        )
        return f'<ul class="contents">\n{items}</ul>\n'

    def only_open(self, tokens: Sequence[Token], index: int) -> str:
        return f'<div data-for="{escape(" ".join(tokens[index].meta["tabs"]))}">\n'


Rule = Callable[[ProseWriter, Sequence[Token], int], str]

_RULES: Mapping[str, Rule] = {
    "inline": ProseWriter.inline,
    "text": ProseWriter.text,
    "code_inline": ProseWriter.code_inline,
    "softbreak": ProseWriter.softbreak,
    "hardbreak": ProseWriter.hardbreak,
    "html_inline": ProseWriter.raw_html,
    "html_block": ProseWriter.raw_html,
    "paragraph_open": ProseWriter.paragraph_open,
    "paragraph_close": ProseWriter.paragraph_close,
    "link_open": ProseWriter.link_open,
    "image": ProseWriter.image,
    "footnote_ref": ProseWriter.footnote_ref,
    "reference": ProseWriter.reference,
    "citation": ProseWriter.citation,
    "bibliography": ProseWriter.bibliography,
    "math_inline": ProseWriter.math_inline,
    "math_block": ProseWriter.math_block,
    "heading_open": ProseWriter.heading_open,
    "heading_close": ProseWriter.heading_close,
    "figure_open": ProseWriter.figure_open,
    "figure_close": ProseWriter.figure_close,
    "table_caption_open": ProseWriter.table_caption_open,
    "table_caption_close": ProseWriter.table_caption_close,
    "table_open": ProseWriter.table_open,
    "table_close": ProseWriter.table_close,
    "th_open": ProseWriter.header_open,
    "th_close": ProseWriter.header_close,
    "td_open": ProseWriter.cell_open,
    "td_close": ProseWriter.cell_close,
    "fence": ProseWriter.fence,
    "code_block": ProseWriter.code_block,
    "contents": ProseWriter.contents,
    "only_open": ProseWriter.only_open,
}


def code_html(content: str) -> str:
    """Highlighted code as a block of its own."""
    return f'<div class="source"><pre><code>{content}</code></pre></div>\n'


def _attributes(attributes: Mapping[str, object]) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
