"""Tables of formulas: matrices, cases, the lines of an equation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from d2lbook.pdf.math.elements import children_of
from d2lbook.pdf.math.writer import Rule, Writer


def _rows(table: Element) -> list[list[Element]]:
    return [children_of(row) for row in children_of(table)]


def _alignment(table: Element) -> list[str]:
    return table.get("columnalign", "").split() or ["center"]


def _is_tagged(table: Element) -> bool:
    r"""Whether it is what ``\tag`` makes: the formula between two empty cells."""
    return table.get("width") == "100%"


def is_aligned(table: Element) -> bool:
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


def _cell(writer: Writer, cell: Element, display: bool) -> str:
    """What is in a cell, without the style that it has there anyway."""
    children = children_of(cell)
    style = {"scriptlevel": "0", "displaystyle": "true" if display else "false"}
    if len(children) == 1 and dict(children[0].items()) == style:
        children = children_of(children[0])
    return writer.row(children, display)


def aligned_lines(writer: Writer, table: Element) -> str:
    """The lines of an equation, aligned where their columns meet."""
    rows = ([_cell(writer, cell, display=True) for cell in row] for row in _rows(table))
    return " \\ ".join(map(_aligned, rows))


def _table(writer: Writer, table: Element, display: bool) -> str:
    if _is_tagged(table):
        return writer.content(_rows(table)[0][1], display)
    alignment = _alignment(table)
    rows = [[_cell(writer, cell, display=False) for cell in row] for row in _rows(table)]
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


def _aligned(cells: Sequence[str]) -> str:
    """Columns in pairs, the first of each to the right, the second to the left."""
    return " & ".join(
        f"#h(1em);{cell}" if index and not index % 2 else cell for index, cell in enumerate(cells)
    )


def _placed(cell: str, alignment: str) -> str:
    return {"left": f"& {cell}", "right": f"{cell} &"}.get(alignment, cell)


RULES: Mapping[str, Rule] = {"mtable": _table}
