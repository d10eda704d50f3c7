"""MathML → Typst's markup for formulas.

What a formula means is KaTeX's to say, for the pages as for the PDF: it turns
TeX into MathML (``document/katex.py``), and here each element of that becomes
the piece of Typst that looks like it. So the two outputs agree, and Typst is
told what KaTeX decided: where limits go, how large a bracket is, which space
is where.

The elements: https://www.w3.org/TR/mathml-core/; the markup:
https://typst.app/docs/reference/math/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from xml.etree.ElementTree import Element, fromstring

from d2lbook.pdf.math_symbols import (
    BARS,
    CLOSING,
    LARGE,
    OPENING,
    bracket,
    characters,
    color,
    joined,
    letter,
    number,
    sized_bracket,
    space,
    space_of,
    word,
)

_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_APPLY = "\u2061"

_ACCENTS = {
    "^": "hat",
    "~": "tilde",
    "ˉ": "macron",
    "⃗": "arrow",
    "→": "arrow",
    "←": "arrow.l",
    "↔": "arrow.l.r",
    "˙": "dot",
    "¨": "dot.double",
    "⃛": "dot.triple",
    "ˊ": "acute",
    "´": "acute",
    "ˋ": "grave",
    "`": "grave",
    "˘": "breve",
    "ˇ": "caron",
    "˚": "circle",
}
_LINES = {
    "mover": {"‾": "overline", "⏞": "overbrace", "⏠": "overparen", "⎴": "overbracket"},
    "munder": {"‾": "underline", "⏟": "underbrace", "⏡": "underparen", "⎵": "underbracket"},
}


def to_typst(mathml: str, *, display: bool) -> str:
    """The Typst markup, without dollar signs, of one formula that KaTeX has made.

    ``display`` says whether it stands by itself. Raises ValueError for MathML that
    is damaged or that is not of KaTeX's making.
    """
    try:
        root = fromstring(mathml[mathml.index("<math") : mathml.rindex("</math>") + 7])
    except SyntaxError as error:
        raise ValueError(f"not MathML: {error}") from error
    body = _unwrapped(_children(root)[0])
    if display and body.tag == "mtable" and _is_aligned(body):
        return _lines(body)
    return _write(body, display)


# Access to elements.


def _children(element: Element) -> list[Element]:
    """The child elements, their tags without the namespace, annotations left out."""
    for child in element:
        child.tag = child.tag.removeprefix(_NAMESPACE)
    return [child for child in element if child.tag != "annotation"]


def _operands(element: Element) -> list[Element]:
    """The children of an element that has a fixed number of them.

    KaTeX leaves the sign after the name of a function among them: ``x_{\\max}``.
    """
    return [child for child in _children(element) if _text(child) != _APPLY]


def _unwrapped(element: Element) -> Element:
    """The element inside groups of one."""
    children = _children(element)
    while element.tag in {"mrow", "semantics"} and len(children) == 1:
        element, children = children[0], _children(children[0])
    return element


def _leaves(element: Element) -> Iterator[Element]:
    for child in _children(element):
        if len(child):
            yield from _leaves(child)
        else:
            yield child


def _text(element: Element) -> str:
    return "".join(element.itertext())


def _variant(element: Element) -> str:
    return element.get("mathvariant", "")


def _is_fence(element: Element) -> bool:
    r"""Whether it is a bracket that grows with what it encloses: ``\left``, ``\right``."""
    return (
        element.tag == "mo"
        and element.get("fence") == "true"
        and element.get("stretchy") != "false"
        and not element.get("minsize")
    )


# Rows.


def _row(elements: Sequence[Element], display: bool) -> str:
    """Elements one after the other."""
    return joined(_parts(elements, display))


def _content(element: Element, display: bool) -> str:
    return _row(_children(element), display)


def _parts(elements: Sequence[Element], display: bool) -> Iterator[str]:
    rest = list(elements)
    while rest:
        if letters := _letters(rest):
            yield word("".join(map(_text, rest[:letters])), _variant(rest[0]))
            del rest[:letters]
        elif rest[0].tag == "mi" and len(rest) > 1 and _text(rest[1]) == _APPLY:
            yield f"op({word(_text(rest[0]), _variant(rest[0]))})"
            del rest[:2]
        else:
            yield _write(rest.pop(0), display)


def _letters(elements: Sequence[Element]) -> int:
    r"""How many of the first elements are the letters of one word (``\mathrm{max}``)."""
    variant = _variant(elements[0])
    if variant not in {"normal", "bold", "sans-serif", "monospace"}:
        return 0
    count = 0
    for element in elements:
        if _variant(element) != variant or not _is_letter(element):
            break
        count += 1
    return count if count > 1 else 0


def _is_letter(element: Element) -> bool:
    text = _text(element)
    return element.tag == "mi" and len(text) == 1 and text.isascii() and text.isalpha()


def _write(element: Element, display: bool) -> str:
    if leaf := _LEAVES.get(element.tag):
        return _content(element, display) if len(element) and element.tag == "mi" else leaf(element)
    if write := _WRITERS.get(element.tag):
        return write(element, display)
    raise ValueError(f"unknown MathML element '{element.tag}'")


def _argument(element: Element, display: bool = False) -> str:
    """The element as an argument of a function, which can't be nothing."""
    return _write(element, display) or '""'


def _group(element: Element, display: bool) -> str:
    children = _children(element)
    if len(children) == 1 and children[0].get("separator"):
        # A comma in braces has no space after it.
        return f'class("normal", {characters(_text(children[0]))})'
    if children and (_is_fence(children[0]) or _is_fence(children[-1])):
        return _fenced(children, display)
    return _row(children, display)


def _fenced(children: Sequence[Element], display: bool) -> str:
    if _is_binomial(children):
        over, under = map(_argument, _operands(children[1]))
        return f"binom({over}, {under})"
    parts: list[str] = []
    for index, child in enumerate(children):
        if not _is_fence(child):
            parts.append(_write(child, display))
        elif index in {0, len(children) - 1}:
            parts.append(bracket(_text(child)))
        else:
            parts.append(f"mid({bracket(_text(child))})")
    return f"lr({joined(parts)})"


def _is_binomial(children: Sequence[Element]) -> bool:
    if len(children) != 3 or children[1].get("linethickness") != "0px":
        return False
    return _text(children[0]) == "(" and _text(children[2]) == ")"


# Characters, words, spaces.


def _identifier(element: Element) -> str:
    text = _text(element)
    if text in BARS:
        return f'class("normal", {BARS[text]})'
    if len(text) > 1:
        return word(text, _variant(element))
    return letter(text, _variant(element)) if text.isalpha() else characters(text)


def _number(element: Element) -> str:
    return number(_text(element), _variant(element))


def _words(element: Element) -> str:
    text = _text(element)
    return space_of(text) or (word(text, _variant(element)) if text else "")


def _space(element: Element) -> str:
    return "\\ " if element.get("linebreak") == "newline" else space(element.get("width", "0em"))


def _sign(element: Element, display: bool) -> str:
    if len(element):
        return _made_operator(element, display)
    text = _text(element)
    if text == _APPLY:
        return ""
    if size := element.get("minsize"):
        is_bracket = text in OPENING | CLOSING | BARS.keys() | {"/", "\\"}
        return sized_bracket(text, size) if is_bracket else f"stretch({characters(text)})"
    if text in BARS and element.get("stretchy") == "false":
        return f'class("normal", {BARS[text]})'
    return bracket(text) if element.get("fence") == "true" else characters(text)


def _made_operator(element: Element, display: bool) -> str:
    r"""What ``\mathop`` and its like make a sign of."""
    content = _row([_unwrapped(child) for child in _children(element)], display)
    is_name = all(leaf.tag in {"mi", "mtext", "mspace"} for leaf in _leaves(element))
    return f"op({content})" if is_name else content


# Fractions, roots, scripts, accents.


def _fraction(element: Element, _: bool) -> str:
    over, under = map(_argument, _operands(element))
    if element.get("linethickness") == "0px":
        return f"mat(delim: #none, {over}; {under})"
    return f"frac({over}, {under})"


def _square_root(element: Element, display: bool) -> str:
    content = _content(element, display) or '""'
    return f"sqrt({content})"


def _root(element: Element, display: bool) -> str:
    radicand, index = _operands(element)
    return f"root({_argument(index)}, {_argument(radicand, display)})"


_SIGNS = {
    "msub": "_",
    "munder": "_",
    "msup": "^",
    "mover": "^",
    "msubsup": "_^",
    "munderover": "_^",
}


def _scripts(element: Element, display: bool) -> str:
    """Sub- and superscripts, and what stands below and above."""
    base, *scripts = _operands(element)
    if element.tag in _LINES and (decorated := _decorated(element, base, scripts[0], display)):
        return decorated
    markup = _base(base, has_limits="msu" not in element.tag, display=display)
    for sign, script in zip(_SIGNS[element.tag], scripts, strict=True):
        if written := _write(script, display=False):
            markup += sign + (
                written if written.isalnum() and len(written) == 1 else f"({written})"
            )
    return markup


def _base(element: Element, *, has_limits: bool, display: bool) -> str:
    """What scripts are attached to, and whether they stand beside it or above and below."""
    element = _unwrapped(element)
    markup, text = _write(element, display), _text(element)
    is_name = markup.startswith("op(")
    if has_limits or (element.tag == "mo" and is_name and display):
        return markup if text in LARGE and display else f"limits({markup})"
    if element.tag == "mo" and not is_name:
        # Typst puts the scripts of relations above and below.
        is_plain = text in OPENING | CLOSING or (text in LARGE and not display)
        return markup if is_plain else f"scripts({markup})"
    is_one = element.tag in _LEAVES or element.tag in {"mfrac", "msqrt", "mroot"} or is_name
    if markup and (is_one or markup.startswith("lr(")):
        return markup
    return f"scripts({_argument(element, display)})"


def _decorated(element: Element, base: Element, script: Element, display: bool) -> str:
    """The base with an accent, a line or a brace; empty where the script is none of these."""
    lines, mark = _LINES[element.tag], _text(script)
    if script.tag == "mo" and mark in lines:
        return f"{lines[mark]}({_argument(base, display)})"
    if script.tag == "mo" and mark in _ACCENTS and element.get("accent"):
        return f"{_ACCENTS[mark]}({_argument(base, display)})"
    inner = _unwrapped(base)
    if inner.tag == element.tag and _text(_children(inner)[1]) in lines:
        return f"{_write(inner, display)[:-1]}, {_argument(script)})"
    return ""


# Tables.


def _rows(table: Element) -> list[list[Element]]:
    return [_children(row) for row in _children(table)]


def _alignment(table: Element) -> list[str]:
    return table.get("columnalign", "").split() or ["center"]


def _is_tagged(table: Element) -> bool:
    r"""Whether it is what ``\tag`` makes: the formula between two empty cells."""
    return table.get("width") == "100%"


def _is_aligned(table: Element) -> bool:
    """Whether it is the lines of an equation, and no matrix."""
    alignment = _alignment(table)
    if _is_tagged(table) or _rules(table):
        return False
    return len(alignment) == 1 or alignment[:2] == ["right", "left"]


def _rules(table: Element) -> str:
    """The lines between rows and columns, as Typst's ``augment``; empty without any."""
    found = []
    for name, attribute in (("hline", "rowlines"), ("vline", "columnlines")):
        lines = table.get(attribute, "").split()
        places = [str(index) for index, line in enumerate(lines, 1) if line != "none"]
        if places:
            found.append(f"{name}: ({', '.join(places)},)")
    return f"#({', '.join(found)})" if found else ""


def _cell(cell: Element, display: bool) -> str:
    """What is in a cell, without the style that it has there anyway."""
    children = _children(cell)
    style = {"scriptlevel": "0", "displaystyle": "true" if display else "false"}
    if len(children) == 1 and dict(children[0].items()) == style:
        children = _children(children[0])
    return _row(children, display)


def _lines(table: Element) -> str:
    """The lines of an equation, aligned where their columns meet."""
    rows = ([_cell(cell, display=True) for cell in row] for row in _rows(table))
    return " \\ ".join(map(_aligned, rows))


def _aligned(cells: Sequence[str]) -> str:
    """Columns in pairs, the first of each to the right, the second to the left."""
    return " & ".join(
        f"#h(1em);{cell}" if index and not index % 2 else cell for index, cell in enumerate(cells)
    )


def _table(table: Element, display: bool) -> str:
    if _is_tagged(table):
        return _content(_rows(table)[0][1], display)
    alignment = _alignment(table)
    rows = [[_cell(cell, display=False) for cell in row] for row in _rows(table)]
    options = ["delim: #none", "row-gap: #0.35em", "column-gap: #1em"]
    if alignment[:2] == ["right", "left"]:
        rows = [[_aligned(row)] for row in rows]
    elif len(set(alignment)) == 1:
        options.append(f"align: #{alignment[0]}")
    else:
        rows = [list(map(_placed, row, alignment)) for row in rows]
    if rules := _rules(table):
        options.append(f"augment: {rules}")
    body = "; ".join(", ".join(cell or '""' for cell in row) for row in rows)
    return f"mat({', '.join(options)}, {body})"


def _placed(cell: str, alignment: str) -> str:
    return {"left": f"& {cell}", "right": f"{cell} &"}.get(alignment, cell)


# Styles.


def _style(element: Element, display: bool) -> str:
    if name := element.get("mathcolor"):
        return f"#text(fill: {color(name)}, ${_content(element, display)}$);"
    wants_display = element.get("displaystyle") == "true"
    content = _content(element, wants_display)
    if not content:
        return ""
    level = element.get("scriptlevel", "0")
    if level != "0":
        return f"{'script' if level == '1' else 'sscript'}({content})"
    if wants_display == display:
        return content
    return f"{'display' if wants_display else 'inline'}({content})"


def _hidden(element: Element, display: bool) -> str:
    return f"#hide(${_content(element, display)}$);"


def _enclosed(element: Element, display: bool) -> str:
    content = _content(element, display)
    if "strike" in element.get("notation", ""):
        return f"cancel({content})"
    return f"#box(stroke: 0.5pt, inset: 3pt, ${content}$);"


_LEAVES: dict[str, Callable[[Element], str]] = {
    "mi": _identifier,
    "mn": _number,
    "mspace": _space,
    "mtext": _words,
}
_WRITERS: dict[str, Callable[[Element, bool], str]] = {
    "menclose": _enclosed,
    "mfrac": _fraction,
    "mo": _sign,
    "mover": _scripts,
    "mpadded": _group,
    "mphantom": _hidden,
    "mroot": _root,
    "mrow": _group,
    "msqrt": _square_root,
    "mstyle": _style,
    "msub": _scripts,
    "msubsup": _scripts,
    "msup": _scripts,
    "mtable": _table,
    "munder": _scripts,
    "munderover": _scripts,
    "semantics": _group,
}
