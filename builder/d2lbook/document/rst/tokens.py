"""docutils' tree → tokens like those that Markdown is parsed into (see ``prose.py``).

One rule for each kind of node; a node without one leaves what it holds. Besides
the tokens of Markdown there are those of ``only.py``, and lists of terms:

    dl_open, dt_open, inline, dt_close, dd_open, …, dd_close, dl_close
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from docutils import nodes
from markdown_it.token import Token

from d2lbook.document.damage import Damage
from d2lbook.document.rst import reading
from d2lbook.document.rst.api import Entry, Question, find_entry
from d2lbook.document.rst.entries import entry_tokens
from d2lbook.document.rst.inlines import inline_tokens, tagged, text_token
from d2lbook.document.rst.making import TokenMaker, line_of
from d2lbook.document.rst.only import OUTPUTS, only, outputs_of
from d2lbook.document.rst.scope import Scope
from d2lbook.document.rst.tables import table_tokens

_LEVELS = {"=": 1, "-": 2, "~": 3, "^": 4, "'": 5}
"""The level of a heading by the line below it, as pandoc writes them, and so d2lbook."""

_HEADING = re.compile(r"^[ \t]*(\S.*?)[ \t]*\n[ \t]*([!-/:-@\[-`{-~])\2+[ \t]*$", re.MULTILINE)
_LABEL = re.compile(r"\.\. _`?((?:\\.|[^:`\\])+)`?:")
_ADMONITIONS = (
    "attention", "caution", "danger", "error", "hint", "important", "note", "tip", "warning",
)  # fmt: skip


def rst_tokens(
    text: str, first: int, tabs: Sequence[str], scope: Scope
) -> tuple[list[Token], list[Damage]]:
    """The tokens of a block that these tabs show, and what is wrong in it.

    ``first`` is the line of the cell, from 0, where the text begins. Labels and sizes
    come out as directives (see ``directives.py``), after what they are about.
    """
    writer = _Writer(text, TokenMaker(first), tuple(tabs), scope)
    tokens = writer.write()
    return tokens, sorted(writer.make.damages, key=lambda damage: damage.line)


class _Writer:
    """Writes one text; a docstring has no headings that the page lists, and describes nothing."""

    def __init__(
        self,
        text: str,
        make: TokenMaker,
        tabs: tuple[str, ...],
        scope: Scope,
        *,
        is_docstring: bool = False,
    ) -> None:
        self.text = text
        self.make = make
        self.tabs = tabs
        self.scope = scope
        self._is_docstring = is_docstring
        self._depth = 0
        """How many sections the current node is in."""
        self._labels: list[str] = []
        """Those that wait for what they name."""
        self._headings = _HEADING.finditer(text)

    def write(self) -> list[Token]:
        tree, complaints = reading.read(self.text)
        for complaint in complaints:
            self.make.damage(complaint.line, f"reStructuredText: {complaint.what}")
        return self._blocks(tree.children)

    def _blocks(self, children: Iterable[nodes.Node]) -> list[Token]:
        found: list[Token] = []
        for is_described, group in groupby(children, _is_described):
            if is_described:
                found += self._described(
                    [node for node in group if isinstance(node, nodes.Element)]
                )
            else:
                found += (token for node in group for token in self._block(node))
        return found

    def _block(self, node: nodes.Node) -> list[Token]:
        self.make.go_to(line_of(node))
        place = self.make.here
        kind = node.tagname if isinstance(node, nodes.Element) else ""
        if kind not in _LEAVE_LABELS:
            self._labels = []
        if rule := _RULES.get(kind):
            found = rule(self, node)
        elif isinstance(node, nodes.Text | nodes.Inline):
            found = self.make.paragraph(inline_tokens([node], place))
        else:
            return self._blocks(node.children)
        if found and found[0].nesting == 1:
            # What is in it was made first, and stands on later lines.
            found[0].map = [place, place + 1]
        return found

    def nothing(self, _node: nodes.Element) -> list[Token]:
        return []

    # Headings, and the labels of what can have one.

    def label(self, node: nodes.Element) -> list[Token]:
        if match := _LABEL.match(node.rawsource):
            self._labels.append(match[1].replace("\\", ""))
        return []

    def _named(self, tokens: list[Token], names: Iterable[str] = ()) -> list[Token]:
        """The tokens of something, with the labels that wait, and these."""
        if not tokens:
            return []
        role = "eqlabel" if tokens[0].type == "math_block" else "label"
        labels = dict.fromkeys([*self._labels, *names])
        self._labels = []
        made = (self.make.token("directive", name=role, value=label) for label in labels)
        return [*tokens, *made]

    def section(self, node: nodes.Element) -> list[Token]:
        title, *below = node.children
        if self._is_docstring:
            return [*self.rubric(title), *self._blocks(below)]
        self._depth += 1
        tag = f"h{self._level(title.astext())}"
        heading = self.make.around("heading", tag, [self.make.line(self.make.inlines(title))])
        found = [*self._named(heading), *self._blocks(below)]
        self._depth -= 1
        return found

    def _level(self, title: str) -> int:
        """The level that the line below a title says, or else how deep its section is."""
        for match in self._headings:
            if match[1] == title:
                return _LEVELS.get(match[2], min(self._depth, 6))
        return min(self._depth, 6)

    # Text.

    def paragraph(self, node: nodes.Element) -> list[Token]:
        return self.make.paragraph(self.make.inlines(node))

    def rubric(self, node: nodes.Node) -> list[Token]:
        return self.make.paragraph(tagged("strong", self.make.inlines(node)))

    def attribution(self, node: nodes.Element) -> list[Token]:
        return self.make.paragraph([text_token("— "), *self.make.inlines(node)])

    def lines(self, node: nodes.Element) -> list[Token]:
        found: list[Token] = []
        for line in node.findall(nodes.line):
            found += [*([Token("hardbreak", "br", 0)] if found else []), *self.make.inlines(line)]
        return self.make.paragraph(found)

    def quotation(self, node: nodes.Element) -> list[Token]:
        return self.make.around("blockquote", "blockquote", self._blocks(node.children))

    def admonition(self, node: nodes.Element) -> list[Token]:
        """A remark under a title: its own, or what kind of remark it is."""
        first = node.children[0] if node.children else None
        has_title = isinstance(first, nodes.title)
        text = self.make.inlines(first) if has_title else [text_token(node.tagname.capitalize())]
        title = self.make.paragraph(tagged("strong", text))
        below = self._blocks(node.children[has_title:])
        return self.make.around("blockquote", "blockquote", [*title, *below])

    def note(self, node: nodes.Element) -> list[Token]:
        """A footnote, where it stands."""
        label, *below = node.children
        name = self.make.paragraph([text_token(f"[{label.astext()}]")])
        return self.make.around("blockquote", "blockquote", [*name, *self._blocks(below)])

    def line_across(self, _node: nodes.Element) -> list[Token]:
        return [self.make.token("hr", "hr")]

    # Lists.

    def bullet_list(self, node: nodes.Element) -> list[Token]:
        return self.make.around("bullet_list", "ul", self._items(node))

    def enumerated_list(self, node: nodes.Element) -> list[Token]:
        tokens = self.make.around("ordered_list", "ol", self._items(node))
        if "start" in node:
            tokens[0].attrs["start"] = node["start"]
        return tokens

    def _items(self, node: nodes.Element) -> list[Token]:
        """The items; close together where each is one paragraph, or that and a list."""
        is_tight = all(
            isinstance(child, nodes.paragraph if index == 0 else nodes.Sequential)
            for item in node.children
            for index, child in enumerate(item.children)
        )
        found: list[Token] = []
        for item in node.children:
            tokens = self._blocks(item.children)
            for token in tokens[:3:2] if is_tight else ():
                token.hidden = True
            found += self.make.around("list_item", "li", tokens)
        return found

    def terms(self, node: nodes.Element) -> list[Token]:
        found: list[Token] = []
        for item in node.children:
            *names, text = item.children
            joined = [token for name in names for token in [text_token(" : "), *self._term(name)]]
            found += self.make.around("dt", "dt", [self.make.line(joined[1:])])
            found += self.make.around("dd", "dd", self._blocks(text.children))
        return self.make.around("dl", "dl", found)

    def _term(self, node: nodes.Node) -> list[Token]:
        if isinstance(node, nodes.option_group):
            return [Token("code_inline", "code", 0, content=node.astext())]
        return self.make.inlines(node)

    # Code, formulas, what stands for one output only.

    def code(self, node: nodes.Element) -> list[Token]:
        token = self.make.token("fence", "code")
        token.content, token.info = f"{node.astext()}\n", node.get("language", "")
        return [token]

    def session(self, node: nodes.Element) -> list[Token]:
        node["language"] = "python"
        return self.code(node)

    def equation(self, node: nodes.Element) -> list[Token]:
        token = self.make.token("math_block", "math", label=None)
        token.content = node.astext().strip()
        return self._named([token], node.get("labels", ()))

    def raw(self, node: nodes.Element) -> list[Token]:
        kinds = node["format"].split()
        text: str | None = node.astext()
        if file := node.get("file"):
            text = self.scope.text(file)
            if text is None:
                what = f"the file '{file}' is not there"
                self.make.damage(node["at"], what, "mend the path, or add it")
        if "latex" in kinds:
            what = "raw latex is left out, as the PDF is made without TeX"
            self.make.damage(node["at"], what, "say it in Markdown")
        if "html" not in kinds or not text:
            return []
        token = self.make.token("html_block")
        token.content = f"{text}\n"
        return [token]

    def only(self, node: nodes.Element) -> list[Token]:
        try:
            outputs = outputs_of(node["expression"])
        except ValueError:
            what = f"only:: can't be '{node['expression']}'"
            self.make.damage(node["at"], what, "write html, latex, or not, and, or of these")
            outputs = OUTPUTS
        make = TokenMaker(self.make.line_of(node["first"]))
        tokens = _Writer(node["text"], make, self.tabs, self.scope).write()
        self.make.damages += make.damages
        return tokens if outputs == OUTPUTS else only(tokens, outputs)

    def toctree(self, node: nodes.Element) -> list[Token]:
        token = self.make.token("contents", entries=[], numbered=False, max_depth=None)
        token.map = [self.make.line_of(node["first"]), self.make.line_of(node["last"]) + 1]
        return [token]

    # Figures and tables.

    def figure(self, node: nodes.Element) -> list[Token]:
        image, caption = node.next_node(nodes.image), node.next_node(nodes.caption)
        found = self._figure(image, self.make.inlines(caption)) if image else []
        return [*found, *self._blocks(node.findall(nodes.legend))]

    def image(self, node: nodes.Element) -> list[Token]:
        return self._figure(node, [])

    def _figure(self, image: nodes.Element, caption: list[Token]) -> list[Token]:
        meta = {
            "src": image["uri"],
            "alt": image.get("alt", ""),
            "width": None,
            "height": None,
            "label": None,
        }
        tokens = self.make.around("figure", "figure", [self.make.line(caption)], **meta)
        sizes = {name: image[name] for name in ("width", "height") if name in image}
        tokens += [
            self.make.token("directive", name=name, value=size) for name, size in sizes.items()
        ]
        return self._named(tokens, image.get("names", ()))

    def table(self, node: nodes.Element) -> list[Token]:
        return self._named(table_tokens(node, self.make), node.get("names", ()))

    # Python objects.

    def module(self, node: nodes.Element) -> list[Token]:
        self.scope.modules.update(dict.fromkeys(self.tabs, node["name"]))
        return []

    def _described(self, group: Sequence[nodes.Element]) -> list[Token]:
        """Entries for these directives; where tabs have other modules, for each its own."""
        if self._is_docstring:
            return []
        found = {tab: tuple(self._entry(node, tab) for node in group) for tab in self.tabs or ("",)}
        tabs_of: dict[tuple[Entry, ...], list[str]] = {}
        for tab, entries in found.items():
            tabs_of.setdefault(entries, []).append(tab)
        tokens: list[Token] = []
        for entries, tabs in tabs_of.items():
            written = self._entries(entries, group)
            tokens += written if len(tabs_of) == 1 else only(written, tabs=tabs)
        return tokens

    def _entry(self, node: nodes.Element, tab: str) -> Entry:
        question = Question(
            kind=node["kind"],
            text=node["name"],
            options=node["options"],
            is_looked_up=node["is_looked_up"],
        )
        entry, module = find_entry(question, tab, self.scope)
        if module:
            name = entry.name.removeprefix(module).lstrip(".")
            what = f"the module {module} has no '{name}'"
            self.make.damage(node["at"], what, "mend the name")
        return entry

    def _entries(self, entries: Iterable[Entry], group: Iterable[nodes.Element]) -> list[Token]:
        found: list[Token] = []
        for entry, node in zip(entries, group, strict=True):
            below = self._blocks(node.children)
            self.make.go_to(node["at"])
            tokens = entry_tokens(entry, self.make, self._documentation, below)
            if not node["options"].keys() & {"noindex", "no-index"}:
                tokens[0].attrs["id"] = entry.name
            found += tokens
        tokens = self.make.around("dl", "dl", found)
        tokens[0].map = found[0].map
        return tokens

    def _documentation(self, text: str) -> list[Token]:
        """The tokens of a docstring, which stand where its object is asked for."""
        make = TokenMaker(self.make.here, is_from_elsewhere=True)
        return _Writer(text, make, self.tabs, self.scope, is_docstring=True).write()


def _is_described(node: nodes.Node) -> bool:
    return isinstance(node, reading.Described)


_LEAVE_LABELS = {
    "comment", "figure", "image", "math_block", "section", "substitution_definition",
    "system_message", "table", "target",
}  # fmt: skip
"""What labels can name, and what can stand between them and that."""

_Rule = Callable[[_Writer, Any], list[Token]]

_RULES: Mapping[str, _Rule] = {
    **dict.fromkeys(_ADMONITIONS, _Writer.admonition),
    "admonition": _Writer.admonition,
    "attribution": _Writer.attribution,
    "block_quote": _Writer.quotation,
    "bullet_list": _Writer.bullet_list,
    "citation": _Writer.note,
    "comment": _Writer.nothing,
    "definition_list": _Writer.terms,
    "doctest_block": _Writer.session,
    "enumerated_list": _Writer.enumerated_list,
    "field_list": _Writer.terms,
    "figure": _Writer.figure,
    "footnote": _Writer.note,
    "image": _Writer.image,
    "line_block": _Writer.lines,
    "literal_block": _Writer.code,
    "math_block": _Writer.equation,
    "meta": _Writer.nothing,
    "option_list": _Writer.terms,
    "paragraph": _Writer.paragraph,
    "pending": _Writer.nothing,
    "raw": _Writer.raw,
    "rubric": _Writer.rubric,
    "section": _Writer.section,
    "sidebar": _Writer.admonition,
    "substitution_definition": _Writer.nothing,
    "system_message": _Writer.nothing,
    "table": _Writer.table,
    "target": _Writer.label,
    "topic": _Writer.admonition,
    "transition": _Writer.line_across,
    "CurrentModule": _Writer.module,
    "Only": _Writer.only,
    "Toctree": _Writer.toctree,
}
