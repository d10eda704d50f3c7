"""Citations and the list of references, by pandoc's citeproc, once for a book.

Every output — pages, PDFs, notebooks — gets its citations from here, so they
agree with each other. The style is ``author-date.csl`` beside this file; its
words ("et al.", "In") come from the language of the book.

A citation formats the same wherever it stands, so equal citations are
formatted once. Links point to ``#ref-KEY``, the place of the entry with this
key in the list of references; who writes the list elsewhere puts the address
of that page before it.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from d2lbook.book import Place
from d2lbook.document import pandoc
from d2lbook.document.bibliography import BibFile
from d2lbook.document.pandoc import Node
from d2lbook.errors import Problem, RenderError
from d2lbook.memory import Memory
from d2lbook.store import Store

_KEPT = 20
"""How many lists of citations are kept: it is another one whenever one is added to the book."""

_DOTTED = {"ı": "i", "ȷ": "j"}
_DOTLESS = re.compile("[ıȷ](?=[\u0300-\u036f])")

_ENTRY = re.compile(r"@\w+\s*[{(]\s*([^\s,]+)\s*,")
_LENDERS = re.compile(r"""\b(?:crossref|xdata)\s*=\s*["{]?\s*([^"}]*)""", re.IGNORECASE)
"""The fields that name entries from which one takes what it lacks."""

Role = Literal["cite", "citet"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What one ``:cite:`` or ``:citet:`` asks for."""

    role: Role
    """``cite``: all in brackets; ``citet``: the authors in the sentence, the year in brackets."""
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A piece of text in the forms that the outputs need."""

    inlines: Sequence[Node]
    """As inlines of a pandoc document."""
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """All citations of a book and its list of references."""

    citations: Mapping[Citation, Formatted]
    entries: Mapping[str, Formatted]
    """The list of references by key, in its order; only what is cited."""


def anchor(key: str) -> str:
    """Where the links of citations lead: the identifier of the entry with this key."""
    return f"ref-{key}"


def format_citations(
    citations: Iterable[tuple[Citation, Place]],
    *,
    bibliography: Sequence[BibFile],
    language: str,
    cache: Path,
    memory: Memory | None = None,
) -> tuple[References, list[Problem]]:
    """Format all citations of a book.

    ``bibliography`` has the works; ``language`` is the book's (``id``, ``zh-CN``);
    results are kept in the folder ``cache`` and in ``memory``. Returns them with a
    problem for every key that the bibliography lacks — such a key is shown as it
    is — or has twice. Raises RenderError, with file and line, when the
    bibliography can't be read.
    """
    placed = list(citations)
    for file in bibliography:
        _refuse_circles(file)
    wanted = sorted({citation for citation, _ in placed}, key=lambda c: (c.role, c.keys))
    asked = (wanted, tuple(bibliography), language)
    references = (memory or Memory()).recall(
        "citations", asked, lambda: _cached(Store(cache), *asked)
    )
    entries = [entry for file in bibliography for entry in _entries(file)]
    known = [key for key, _ in entries]
    unknown = [
        Problem(
            what=f"unknown citation '{key}'",
            place=place,
            remedy=_remedy(key, known, bibliography),
        )
        for citation, place in placed
        for key in citation.keys
        if key not in references.entries
    ]
    return references, [*_doubled(entries), *unknown]


def _entries(file: BibFile) -> Iterator[tuple[str, Place]]:
    """The keys of a file, and where they stand."""
    for entry in _ENTRY.finditer(file.text):
        line = file.text.count("\n", 0, entry.start()) + 1
        yield entry[1], Place(path=file.path, line=line)


def _refuse_circles(file: BibFile) -> None:
    """Raise RenderError for an entry that takes what it lacks from itself, also through others.

    Pandoc would follow such a circle until all memory is used.
    """
    if not re.search("crossref|xdata", file.text, re.IGNORECASE):
        return
    starts = list(_ENTRY.finditer(file.text))
    ends = [start.start() for start in starts[1:]] + [len(file.text)]
    lenders: dict[str, set[str]] = {}
    for start, end in zip(starts, ends, strict=True):
        fields = _LENDERS.findall(file.text, start.end(), end)
        named = {key.strip() for field in fields for key in field.split(",")}
        lenders.setdefault(start[1], set()).update(named)
    for start in starts:
        reached: set[str] = set()
        ahead = lenders[start[1]]
        while ahead:
            reached |= ahead
            ahead = set().union(*(lenders.get(key, ()) for key in ahead)) - reached
        if start[1] in reached:
            line = file.text.count("\n", 0, start.start()) + 1
            what = f"'{start[1]}' takes what it lacks from itself, by crossref or xdata"
            raise RenderError.at(file.path, line, what, "remove one of these fields")


def _doubled(entries: Iterable[tuple[str, Place]]) -> Iterator[Problem]:
    """A problem for each entry of the bibliography whose key an earlier one has."""
    places: dict[str, Place] = {}
    for key, place in entries:
        if first := places.get(key):
            where = f"line {first.line}" if first.path == place.path else str(first)
            what = f"'{key}' is in the bibliography twice; first in {where}"
            yield Problem(what=what, place=place, remedy="give one of them another key")
        places.setdefault(key, place)


def _remedy(key: str, known: Sequence[str], bibliography: Sequence[BibFile]) -> str:
    if not bibliography:
        return "name a bibliography with bibfile in [pdf] of config.ini"
    if not known:
        return f"there are no entries in {' and '.join(file.path for file in bibliography)}"
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean '{near[0]}'?" if near else "add it to the bibliography"


def _cached(
    store: Store, wanted: Sequence[Citation], bibliography: Sequence[BibFile], language: str
) -> References:
    style = resources.files(__package__).joinpath("author-date.csl").read_text("utf-8")
    texts = [file.text for file in bibliography]
    asked = json.dumps([pandoc.version(), style, texts, language, [asdict(c) for c in wanted]])
    key = "citations-" + hashlib.sha256(asked.encode()).hexdigest()
    found = store.load(key)
    if found is None:
        found = _format(wanted, style, bibliography, language)
        store.save(key, found)
        store.forget_all_but(_KEPT)
    formatted = [Formatted(**item) for item in found["citations"]]
    entries = {key: Formatted(**item) for key, item in found["entries"].items()}
    return References(citations=dict(zip(wanted, formatted, strict=True)), entries=entries)


def _format(
    wanted: Sequence[Citation], style: str, bibliography: Sequence[BibFile], language: str
) -> dict[str, Any]:
    """The citations, in the order asked for, and the entries, as plain JSON data."""
    *paragraphs, listed = _cite(wanted, style, bibliography, language)
    blocks = {block["c"][0][0].removeprefix("ref-"): block["c"][1][0] for block in listed["c"][1]}
    entries = {key: _tidy(block["c"], blocks) for key, block in blocks.items()}
    citations = [_tidy(block["c"], entries) for block in paragraphs]
    forms = iter(_forms([*citations, *entries.values()]))
    return {
        "citations": [next(forms) for _ in citations],
        "entries": {key: next(forms) for key in entries},
    }


def _cite(
    wanted: Sequence[Citation], style: str, bibliography: Sequence[BibFile], language: str
) -> list[Node]:
    """What citeproc makes of them: one paragraph each, then the list of references."""
    blocks: list[Node] = [{"t": "Para", "c": list(_request(citation))} for citation in wanted]
    blocks.append({"t": "Div", "c": [["refs", [], []], []]})
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = {f"{index}.bib": file for index, file in enumerate(bibliography)}
        for name, file in files.items():
            # Many a bibliography ends its lists of authors in "and et al.", which
            # BibTeX takes for a person.
            authors = re.sub(r"\band(\s+)et\s+al\b\.?", r"and\1others", file.text)
            (folder / name).write_text(authors, encoding="utf-8")
        (folder / "style.csl").write_text(style, encoding="utf-8")
        options = [
            # Of two entries with a key pandoc takes that of the later file.
            *(f"--bibliography={folder / name}" for name in reversed(files)),
            f"--csl={folder / 'style.csl'}",
            *(f"-M{setting}" for setting in (f"lang={language}", *_LINKS)),
        ]
        try:
            result = pandoc.run(
                ["-f", "json", "-t", "json", "--citeproc", *options], pandoc.document(blocks)
            )
        except RenderError as error:
            raise _at_line(error, files) from None
    return list(json.loads(result)["blocks"])


_LINKS = ("link-citations=true", "link-bibliography=true")


def _at_line(error: RenderError, files: Mapping[str, BibFile]) -> RenderError:
    """The error at its line of the file, which pandoc knows by another name."""
    what = error.problems[0].what
    match = re.search(r"(\d+\.bib):? \(line (\d+), column \d+\): (.*)", what)
    if not match:
        return error
    what = f"the bibliography can't be read: {match[3]}"
    path, line = files[match[1]].path, int(match[2])
    return RenderError.at(path, line, what, "mend that entry or the one before")


def _request(citation: Citation) -> Iterator[Node]:
    """The inlines that ask citeproc for this citation."""
    if citation.role == "cite":
        yield _cluster(citation.keys, "NormalCitation")
        return
    for index, key in enumerate(citation.keys):
        if index:
            yield {"t": "Str", "c": ";"}
            yield {"t": "Space"}
        yield _cluster((key,), "AuthorInText")


def _cluster(keys: Sequence[str], mode: str) -> Node:
    items = [
        {
            "citationId": key,
            "citationPrefix": [],
            "citationSuffix": [],
            "citationMode": {"t": mode},
            "citationNoteNum": 1,
            "citationHash": 0,
        }
        for key in keys
    ]
    return {"t": "Cite", "c": [items, []]}


def _tidy(inlines: Sequence[Node], entries: Mapping[str, Any]) -> list[Node]:
    """The same text without citeproc's own nodes, and without links to no entry.

    BibTeX's protected capitals become spans of one letter each; joined again,
    words can be found and broken as words.
    """
    found: list[Node] = []
    for node in inlines:
        kind, content = node["t"], node.get("c", ())
        if kind in {"Cite", "Span"} or (kind == "Link" and _is_dead(content[2][0], entries)):
            inner = _tidy(content[1], entries)
        elif kind in {"Link", "Quoted"}:
            inner = [{"t": kind, "c": [content[0], _tidy(content[1], entries), *content[2:]]}]
        elif kind in {"Emph", "Strong", "Underline", "SmallCaps", "Superscript", "Subscript"}:
            inner = [{"t": kind, "c": _tidy(content, entries)}]
        else:
            inner = [node]
        for new in inner:
            if found and found[-1]["t"] == new["t"] == "Str":
                found[-1] = {"t": "Str", "c": _composed(found[-1]["c"] + new["c"])}
            elif new["t"] == "Str":
                found.append({"t": "Str", "c": _composed(new["c"])})
            else:
                found.append(new)
    return found


def _composed(text: str) -> str:
    r"""The text with one sign for a letter and its accent.

    BibTeX's ``{\'\i}`` is an i without a dot so that the accent has room; a
    letter that has its accent in Unicode needs no such care.
    """
    return unicodedata.normalize("NFC", _DOTLESS.sub(lambda match: _DOTTED[match[0]], text))


def _is_dead(address: str, entries: Mapping[str, Any]) -> bool:
    return address.startswith("#ref-") and address.removeprefix("#ref-") not in entries


def _forms(texts: Sequence[Sequence[Node]]) -> list[dict[str, Any]]:
    """The fields of a ``Formatted`` for each of these texts."""
    paragraphs = [[{"t": "Plain", "c": text}] for text in texts]
    pages = pandoc.convert_each("html", paragraphs, "--mathml")
    return [{"inlines": text, "html": page} for text, page in zip(texts, pages, strict=True)]
