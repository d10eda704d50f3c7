"""reStructuredText → docutils' tree, with the directives and roles that books know from Sphinx.

Nothing is fetched, included or run. What a directive of Sphinx asks for that only
the book can answer stands in the tree as a node of ours:

    Only              content for some outputs: ``text``, ``first`` (its line), ``expression``
    Toctree           ``first`` and ``last``, its lines
    CurrentModule     ``name``
    Described         a Python object: ``kind``, ``name``, ``options``; its text where it has one
    BookReference     ``role``, ``label``, ``text`` (empty: what the label says)
    BookCitation      ``role``, ``keys``
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from docutils import ApplicationError, nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, Parser, directives, roles
from docutils.parsers.rst.states import Inliner

from d2lbook.document.roles import CITATIONS, CODE, REFERENCES

_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": True,
    "syntax_highlight": "none",
    "report_level": 5,  # our own listener hears it all
    "halt_level": 6,  # never
    "doctitle_xform": False,
    "docinfo_xform": False,
    "_disable_config": True,
}
_WARNING = 2

_OBJECTS = ("class", "exception", "function", "decorator", "method", "attribute", "data")
_NAMES_OF_OBJECTS = (*CODE, "meth", "attr", "data", "exc", "obj", "const")
_IGNORED = ("index", "highlight", "tabularcolumns", "codeauthor", "sectionauthor")
_VERSIONS = {
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "deprecated": "Deprecated since version",
}
_TITLED = re.compile(r"(?P<text>.+?)\s*<(?P<target>[^<>]+)>\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What docutils finds wrong, at a line (from 1; 0 where it doesn't say)."""

    line: int
    what: str


def read(text: str) -> tuple[nodes.document, list[Complaint]]:
    """The tree of this text, and what is wrong in it, each thing once.

    Any text is accepted; the tree is empty where docutils can't read it at all.
    """
    _register()
    found: dict[str, int] = {}

    def listen(message: nodes.system_message) -> None:
        if message["level"] >= _WARNING:
            found.setdefault(message.children[0].astext().rstrip("."), message.get("line", 0))

    try:
        tree = publish_doctree(text, parser=_Parser(listen), settings_overrides=_SETTINGS)
    except (ApplicationError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        tree = publish_doctree("", settings_overrides=_SETTINGS)
        found = {"this block can't be read": 0}
    return tree, [Complaint(line, what) for what, line in found.items()]


class _Parser(Parser):
    def __init__(self, listener: Callable[[nodes.system_message], None]) -> None:
        super().__init__()
        self._listener = listener

    def parse(self, inputstring: str, document: nodes.document) -> None:
        document.reporter.attach_observer(self._listener)
        super().parse(inputstring, document)


# Nodes.


class Only(nodes.Element):
    pass


class Toctree(nodes.Element):
    pass


class CurrentModule(nodes.Element):
    pass


class Described(nodes.Element):
    pass


class BookReference(nodes.Inline, nodes.Element):
    pass


class BookCitation(nodes.Inline, nodes.Element):
    pass


# Directives.


class _AnyOption(dict[str, Callable[[str | None], str]]):
    """Takes options of any name, as they are."""

    def __bool__(self) -> bool:
        return True  # docutils looks for options only where there can be any

    def __missing__(self, name: str) -> Callable[[str | None], str]:
        return lambda value: value or ""


class _Directive(Directive):
    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = _AnyOption()  # type: ignore[assignment]

    @property
    def argument(self) -> str:
        return self.arguments[0].strip() if self.arguments else ""

    def nested(self, node: nodes.Element) -> nodes.Element:
        """The node with the directive's content parsed into it."""
        self.state.nested_parse(self.content, self.content_offset, node)
        return node


class _Raw(_Directive):
    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        kind = self.argument.lower()
        if "url" in self.options:
            what = '"raw" fetches nothing, but has the option "url"'
            return [self.state.document.reporter.warning(what, line=self.lineno)]
        return [nodes.raw("", text, format=kind, file=self.options.get("file", ""), at=self.lineno)]


class _Only(_Directive):
    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        first = self.content_offset + 1
        return [Only(expression=self.argument, text=text, first=first, at=self.lineno)]


class _Toctree(_Directive):
    def run(self) -> list[nodes.Node]:
        if "hidden" in self.options:
            return []
        lines = self.block_text.rstrip().count("\n")
        return [Toctree(first=self.lineno, last=self.lineno + lines)]


class _CurrentModule(_Directive):
    def run(self) -> list[nodes.Node]:
        return [CurrentModule(name="" if self.argument == "None" else self.argument)]


class _Described(_Directive):
    """``autoclass::``, ``py:function::`` and their like."""

    def run(self) -> list[nodes.Node]:
        kind = self.name.rpartition(":")[2]
        node = Described(
            kind=kind.removeprefix("auto"),
            is_looked_up=kind.startswith("auto"),
            name=self.argument,
            options=dict(self.options),
            at=self.lineno,
        )
        return [self.nested(node)]


class _Code(_Directive):
    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        return [nodes.literal_block("", text, language=self.argument, at=self.lineno)]


class _Math(_Directive):
    def run(self) -> list[nodes.Node]:
        lines = [self.argument, *self.content] if self.argument else list(self.content)
        names = [self.options[key] for key in ("label", "name") if self.options.get(key)]
        return [nodes.math_block("", "\n".join(lines), labels=names, at=self.lineno)]


class _SeeAlso(_Directive):
    def run(self) -> list[nodes.Node]:
        node = nodes.admonition("", nodes.title("", "See also"))
        if self.argument:
            node += nodes.paragraph("", self.argument)
        return [self.nested(node)]


class _Version(_Directive):
    def run(self) -> list[nodes.Node]:
        version, _, text = self.argument.partition(" ")
        said = nodes.emphasis("", f"{_VERSIONS[self.name]} {version}")
        return [
            nodes.paragraph("", "", said, nodes.Text(f": {text}" if text else "")),
            *self._rest(),
        ]

    def _rest(self) -> Sequence[nodes.Node]:
        return self.nested(nodes.compound()).children


class _Ignored(_Directive):
    def run(self) -> list[nodes.Node]:
        return []


# Roles.

_Role = tuple[list[nodes.Node], list[nodes.system_message]]


def _reference(name: str, _raw: str, text: str, _line: int, _inliner: Inliner) -> _Role:
    match = _TITLED.match(text)
    label, shown = (match["target"], match["text"]) if match else (text, "")
    role = "eqref" if name == "eq" else name
    return [BookReference(role=role, label=nodes.unescape(label), text=nodes.unescape(shown))], []


def _citation(name: str, _raw: str, text: str, _line: int, _inliner: Inliner) -> _Role:
    keys = [key.strip() for key in nodes.unescape(text).split(",") if key.strip()]
    return [BookCitation(role=CITATIONS[name], keys=keys)], []


def _code(_name: str, raw: str, text: str, _line: int, _inliner: Inliner) -> _Role:
    match = _TITLED.match(text)
    shown = match["text"] if match else text.lstrip("~!.")
    return [nodes.literal(raw, nodes.unescape(shown))], []


def _document(_name: str, raw: str, text: str, _line: int, _inliner: Inliner) -> _Role:
    match = _TITLED.match(text)
    page, shown = (match["target"], match["text"]) if match else (text, text)
    return [nodes.reference(raw, nodes.unescape(shown), refuri=nodes.unescape(page))], []


@cache
def _register() -> None:
    """Tell docutils, once, what there is besides its own."""
    own: dict[str, type[Directive]] = {
        "raw": _Raw,
        "only": _Only,
        "toctree": _Toctree,
        "math": _Math,
        "seealso": _SeeAlso,
        **dict.fromkeys(("code", "code-block", "sourcecode"), _Code),
        **dict.fromkeys(("module", "currentmodule"), _CurrentModule),
        **dict.fromkeys(("automodule", *(f"auto{kind}" for kind in _OBJECTS)), _Described),
        # "class" alone is docutils' own, for style sheets.
        **dict.fromkeys(_OBJECTS[1:], _Described),
        **dict.fromkeys((f"py:{kind}" for kind in _OBJECTS), _Described),
        **dict.fromkeys(("py:module", "py:currentmodule"), _CurrentModule),
        **dict.fromkeys(_VERSIONS, _Version),
        **dict.fromkeys(_IGNORED, _Ignored),
    }
    for name, directive in own.items():
        directives.register_directive(name, directive)
    for names, role in (
        ((*REFERENCES, "eq"), _reference),
        (CITATIONS, _citation),
        (_NAMES_OF_OBJECTS, _code),
        ([f"py:{name}" for name in _NAMES_OF_OBJECTS], _code),
        (["doc"], _document),
    ):
        for name in names:
            roles.register_local_role(name, role)  # type: ignore[arg-type]
