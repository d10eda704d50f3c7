"""Outputs of code cells → HTML.

Pictures become files of the site, named by their content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from markdown_it import MarkdownIt

from d2lbook.book import Output, Place
from d2lbook.document.language import Language
from d2lbook.document.output_prose import prose_of
from d2lbook.document.outputs import PICTURE_KINDS, RICHEST_FIRST, Form, Limits, output_forms
from d2lbook.errors import Problem
from d2lbook.html import formulas
from d2lbook.html.ansi import ansi_to_html
from d2lbook.html.pictures import picture_size
from d2lbook.html.sanitizing import is_active, sanitized

PICTURES = "_images"
"""Folder of the site for the pictures that code made."""

_RENDERER = MarkdownIt("commonmark")
_MARK = re.compile("\ue000\\d+\ue001")
"""Stands for a formula while HTML is looked through, which would take it apart."""
_TAG_OR_MARK = re.compile(rf"""<(?:"[^"]*"|[^">])*>|{_MARK.pattern}""")
_TAG = re.compile(r"<[^>]*>")
_PICTURE_TAG = re.compile(r"<(?:img|svg|video|audio|hr)\b", re.IGNORECASE)


@dataclass(slots=True)
class OutputWriter:
    """Writes the outputs of one page.

    ``address`` turns a file of the site into a link of the page; ``pictures``
    gathers the files by name; ``limits`` say how much of an output is shown;
    ``trusts`` says that HTML is shown as it is, scripts and all; ``problems`` gathers
    what readers miss where it is not.
    """

    language: Language
    address: Callable[[str], str]
    limits: Limits = field(default_factory=Limits)
    trusts: bool = False
    pictures: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def write(self, outputs: Iterable[Output], place: Place | None = None, tab: str = "") -> str:
        """All outputs of a cell; empty where there is nothing to see.

        ``place`` and ``tab`` are those of the cell, for what is wrong with its outputs.
        """
        written: list[str] = []
        for forms in output_forms(outputs, RICHEST_FIRST, self.limits):
            form, shown = next(
                filter(all, ((form, self._form(form)) for form in self._showable(forms))),
                (None, ""),
            )
            written.append(shown)
            is_picture = form is not None and form.kind in PICTURE_KINDS
            if not (self.trusts or is_picture) and any(
                form.kind == "html" and is_active(form.text) for form in forms
            ):
                what = (
                    "the HTML that this cell puts out has scripts or frames, which pages leave out"
                )
                remedy = "put out a picture, or set trust_outputs = True in [html]"
                self.problems.append(Problem(what=what, place=place, tab=tab, remedy=remedy))
        return "".join(written)

    def _showable(self, forms: Sequence[Form]) -> Sequence[Form]:
        """The forms without HTML of which a picture shows more than what is left of it would."""
        if self.trusts or not any(form.kind in PICTURE_KINDS for form in forms):
            return forms
        return [form for form in forms if not (form.kind == "html" and is_active(form.text))]

    def _form(self, form: Form) -> str:
        """One form of an output; empty where it can't be shown."""
        if not form.whole:
            return self._shown(form)
        note = escape(self.language.text("cut_output", size=form.whole))
        return f'{self._shown(form)}<p class="cut">{note}</p>\n'

    def _shown(self, form: Form) -> str:
        match form.kind:
            case "stream":
                return _text(form.text.rstrip("\n"))
            case "stderr":
                return self._noted(form.text.rstrip("\n"), "stderr", "warnings")
            case "error":
                return self._noted(form.text, "error", "error")
            case "html":
                return self._html(form.text)
            case "markdown" | "latex":
                return self._prose(form)
            case "text":
                return _text(form.text)
            case _:
                return self._picture(form)

    def _html(self, content: str) -> str:
        if self.trusts:
            return f'<div class="html">{content}</div>\n'
        content = sanitized(content)
        return f'<div class="html">{content}</div>\n' if _is_visible(content) else ""

    def _prose(self, form: Form) -> str:
        """Markdown, or formulas with text; nothing where one formula is all and can't be read."""
        tokens = prose_of(form)
        rendered = formulas.render_all(formulas.formulas_in(tokens))
        shown: dict[str, str] = {}
        for token in tokens:
            for each in (token, *(token.children or ())):
                if each.type in {"math_inline", "math_block"}:
                    made = rendered[formulas.formula_of(each)]
                    if made.error and len(tokens) == 1:
                        return ""
                    mark = f"\ue000{len(shown)}\ue001"
                    shown[mark] = made.markup or f"<code>{escape(each.content)}</code>"
                    each.type, each.content = "text", mark
        html = self._html(_RENDERER.renderer.render(tokens, _RENDERER.options, {}))
        # A tag may have a mark in its attributes, by design or by chance: no formula goes there.
        return _TAG_OR_MARK.sub(lambda found: shown.get(found[0]) or _MARK.sub("", found[0]), html)

    def _noted(self, text: str, kind: str, label: str) -> str:
        """Text that is not what the code wanted to say; ``label`` names a text of the language."""
        shown = ansi_to_html(text)
        label = escape(self.language.text(label))
        return (
            f'<pre class="{kind}" role="note" aria-label="{label}">{shown}</pre>\n' if shown else ""
        )

    def _picture(self, form: Form) -> str:
        file = f"{PICTURES}/{form.file}"
        self.pictures[file] = form.picture
        size = form.size or picture_size(form.picture)
        shape = f' width="{size[0]}" height="{size[1]}"' if size else ""
        alt = escape(self.language.text("output_picture"))
        # What is not in view is fetched once it is, as in tabs that nobody opens.
        loading = 'loading="lazy" decoding="async"'
        return f'<img src="{escape(self.address(file))}" alt="{alt}"{shape} {loading}>\n'


def _text(text: str) -> str:
    shown = ansi_to_html(text)
    return f"<pre>{shown}</pre>\n" if shown else ""


def _is_visible(content: str) -> bool:
    """Whether anything is left to see of HTML that lost what must not be shown."""
    return bool(_PICTURE_TAG.search(content) or _TAG.sub("", content).strip())
