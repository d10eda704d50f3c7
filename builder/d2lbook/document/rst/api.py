"""What ``autoclass::`` and its like describe: looked up in the book's own modules.

A name is looked up as Sphinx's autodoc does: in the module it names itself, else
in the one that ``currentmodule::`` names; else in the library of the tab. What is
not the book's own (``torch.nn.Linear``) is an entry of nothing but its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from d2lbook.document.rst.python_objects import PythonObject
from d2lbook.document.rst.scope import Scope

_EXPLICIT = re.compile(r"(?P<name>[\w.]+)\s*(?P<signature>\(.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of an API."""

    kind: str
    """``class``, ``function``, ``method``…"""
    name: str
    """The dotted name; a member's own name alone."""
    signature: str = ""
    bases: tuple[str, ...] = ()
    documentation: str = ""
    """reStructuredText."""
    members: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a directive asks for."""

    kind: str
    text: str
    """A name, perhaps with a signature."""
    options: Mapping[str, str]
    is_looked_up: bool
    """Or else is all said in the directive itself."""


def find_entry(question: Question, tab: str, scope: Scope) -> tuple[Entry, str]:
    """The entry for a tab; and the module of the book that should have it, where it hasn't."""
    match = _EXPLICIT.match(question.text)
    name, signature = (match["name"], match["signature"] or "") if match else (question.text, "")
    module = scope.module(tab) if question.is_looked_up else scope.modules.get(tab)
    candidates = [f"{module}.{name}", name] if module else [name]
    if not question.is_looked_up:
        return Entry(kind=question.kind, name=candidates[0], signature=signature), ""
    for candidate in candidates:
        if found := scope.python_object(candidate):
            return _entry(found, candidate, question, signature), ""
    # A dotted name is whole, unless it begins with the name of a class.
    is_whole = "." in name and question.kind not in {"method", "attribute"}
    shown = name if is_whole else candidates[0]
    return Entry(kind=question.kind, name=shown, signature=signature), scope.module_of(shown)


def _entry(found: PythonObject, name: str, question: Question, signature: str) -> Entry:
    shows_bases = "show-inheritance" in question.options
    return Entry(
        kind=question.kind,
        name=name,
        signature=signature or found.signature,
        bases=found.bases if shows_bases else (),
        documentation=found.documentation,
        members=tuple(
            _entry(member, member.name, _question_of(member, found, question.options), "")
            for member in _members(found, question.options)
        ),
    )


def _question_of(member: PythonObject, owner: PythonObject, options: Mapping[str, str]) -> Question:
    kind = "method" if owner.kind == "class" and member.kind == "function" else member.kind
    return Question(kind=kind, text=member.name, options=options, is_looked_up=True)


def _members(found: PythonObject, options: Mapping[str, str]) -> Sequence[PythonObject]:
    """The members that the options ask for: by name, or all that are public and documented."""
    if "members" not in options:
        return ()
    if named := _names(options["members"]):
        return [member for member in found.members if member.name in named]
    left_out = _names(options.get("exclude-members", ""))
    return [
        member
        for member in found.members
        if not member.name.startswith("_")
        and member.name not in left_out
        and (member.documentation or "undoc-members" in options)
    ]


def _names(text: str) -> list[str]:
    return re.findall(r"\w+", text)
