"""The library that a book's notebooks import, made from their ``#@save`` cells.

A mark on the first line of a function or class, on its decorator, or on any
other statement saves that statement. A mark on a line of its own saves the
statements below it, up to the next blank line:

    def f(x):  #@save            #@save
        return x                 A = 1
                                 B = 2

A method that ``@d2l.add_to_class(C)`` adds to a saved class becomes part of it.
Functions and classes say in their docstring in which section they are defined.

The file keeps what stands above its WARNING line; all below is made anew. It is
the same for the same book.
"""

from __future__ import annotations

import ast
import copy
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from d2lbook.book import Cell, Notebook, Page
from d2lbook.errors import SourceError
from d2lbook.notebooks.aliases import Aliases, library_lines
from d2lbook.source.code_marks import SAVE
from d2lbook.source.magics import comments_of, parse_code, parse_python
from d2lbook.source.selected import inner_lines_of_strings

WARNING = "#################   WARNING   ################"
HEADER = f"""{WARNING}
# All below is made by `d2lbook build lib` from the cells marked #@save: change it there.
"""
ALIAS_HEADER = "# Aliases of config.ini"

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)

MARK = re.compile(f"{SAVE}.*")
LABEL = re.compile(r":label:`([^`]*sec_[^`]*)`")
TRIPLE_QUOTED = re.compile(r"""[rRuU]?(\"{3}|'{3})(?:(?!\1).)*\1""", re.DOTALL)
PLAINLY_QUOTED = re.compile(r"""(["'])[^"'\\\n]*\1""")
ADD_TO_CLASS = re.compile(r"@(?:d2l\.)?add_to_class\((?:d2l\.)?(\w+)\)")


@dataclass
class _Saved:
    """A definition, or other statements saved together."""

    name: str
    """Of a class, to which methods may be added later; else empty."""
    text: str
    methods: list[str] = field(default_factory=list)

    def whole(self) -> str:
        return "\n\n".join([self.text, *self.methods])


def library_text(notebooks: Sequence[Notebook], top: str, aliases: Aliases | None) -> str:
    """The text of one tab's library.

    ``notebooks`` are the tab's, in reading order; ``top`` is the text of the
    file as it is, of which only what stands above the WARNING line is kept.
    Raises SourceError, with file and line, for a mark that saves nothing whole.
    """
    saved: list[_Saved] = []
    for notebook in notebooks:
        for cell, section in _marked_cells(notebook):
            _save(cell, notebook.page, section, saved)
    parts = [_kept(top) + HEADER, *(f"\n{item.whole()}\n" for item in saved)]
    if aliases and (lines := list(library_lines(aliases))):
        parts.append("\n".join(["", ALIAS_HEADER, *lines, ""]))
    return "\n".join(parts)


def check_library(text: str, path: str) -> None:
    """Raise SourceError, with the line, where this text of the library's file is no Python."""
    try:
        parse_python(text)
    except SyntaxError as error:
        shown = f" in '{error.text.strip()}'" if error.text else ""
        what = f"the library would not be valid Python: {error.msg}{shown}"
        remedy = "mend what stands above its WARNING line, or the cells marked #@save"
        raise SourceError.at(path, error.lineno or 0, what, remedy) from None


def with_version(text: str, version: str) -> str:
    """The text of a module with its ``__version__`` set."""
    return re.sub(r"^__version__\s*=.*$", f'__version__ = "{version}"', text, flags=re.MULTILINE)


def _kept(top: str) -> str:
    above = top.partition(WARNING)[0].rstrip()
    return f"{above}\n\n\n" if above else ""


def _marked_cells(notebook: Notebook) -> Iterator[tuple[Cell, str]]:
    """The cells that save something, each with the label of the section it stands in."""
    section = ""
    for cell in notebook.cells:
        if cell.kind == "prose":
            section = next(reversed(LABEL.findall(cell.source)), section)
        elif "@save" in cell.source:
            yield cell, section


def _save(cell: Cell, page: Page, section: str, saved: list[_Saved]) -> None:
    try:
        tree = parse_code(cell.source)
        comments = comments_of(cell.source)
    except (SyntaxError, tokenize.TokenError) as error:
        line = getattr(error, "lineno", None) or 1
        raise SourceError.at(
            page.path, cell.line_of(line - 1), "a cell marked #@save is not valid Python"
        ) from None
    marks = {number for number, comment in comments.items() if MARK.match(comment)}
    lines = [
        MARK.sub("", line).rstrip() if number in marks else line
        for number, line in enumerate(cell.source.split("\n"), 1)
    ]
    done: set[int] = set()
    for mark in sorted(marks):
        chosen = _chosen(tree, mark, lines)
        if not chosen:
            raise SourceError.at(
                page.path,
                cell.line_of(mark - 1),
                "this #@save marks nothing that can be saved whole",
                "put it on the first line of a function, class or statement, or above it",
            )
        for group in _groups([node for node in chosen if node.lineno not in done]):
            done.update(statement.lineno for statement in group)
            _add(group, lines, section, saved, page, cell)


def _chosen(tree: ast.Module, mark: int, lines: Sequence[str]) -> list[ast.stmt]:
    """The statements that a mark on this line (from 1) saves."""
    for statement in tree.body:
        body = getattr(statement, "body", None)
        last = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
        if _first(statement) <= mark <= max(last, statement.lineno):
            return [statement]
    if lines[mark - 1].strip():
        return []
    below: list[ast.stmt] = []
    next_line = mark + 1
    for statement in tree.body:
        if _first(statement) >= next_line:
            between = lines[next_line - 1 : _first(statement) - 1]
            if below and not all(line.strip() for line in between):
                break
            below.append(statement)
            next_line = (statement.end_lineno or statement.lineno) + 1
    inside = any(_first(statement) < mark <= (statement.end_lineno or 0) for statement in tree.body)
    return [] if inside else below


def _groups(statements: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Definitions one by one; what is none of them, in runs."""
    run: list[ast.stmt] = []
    for statement in statements:
        if isinstance(statement, DEFINITIONS):
            if run:
                yield run
            run = []
            yield [statement]
        else:
            run.append(statement)
    if run:
        yield run


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _add(
    group: Sequence[ast.stmt],
    lines: Sequence[str],
    section: str,
    saved: list[_Saved],
    page: Page,
    cell: Cell,
) -> None:
    statement = group[0]
    first = _first(statement)
    own = list(lines[first - 1 : group[-1].end_lineno])
    if section:
        own = _with_section(own, statement, first, section)
    text = "\n".join(own).strip("\n")
    if not (match := ADD_TO_CLASS.search(text.split("\n", 1)[0])):
        name = statement.name if isinstance(statement, ast.ClassDef) else ""
        saved.append(_Saved(name, text))
        return
    owner = next((item for item in reversed(saved) if item.name == match[1]), None)
    if owner is None:
        raise SourceError.at(
            page.path,
            cell.line_of(first - 1),
            f"this method is added to class {match[1]}, which is not saved before it",
            f"mark class {match[1]} with #@save too",
        )
    owner.methods.append(_indented(text.split("\n", 1)[1]))


def _indented(definition: str) -> str:
    """The definition a step further in; strings keep their values."""
    fixed = inner_lines_of_strings(parse_code(definition).body)
    lines = enumerate(definition.split("\n"))
    return "\n".join(
        f"    {line}" if line.strip() and number not in fixed else line for number, line in lines
    )


def _with_section(lines: list[str], statement: ast.stmt, first: int, section: str) -> list[str]:
    """The statement's lines, its docstring (made if there is none) naming the section."""
    if not isinstance(statement, DEFINITIONS):
        return lines
    note = f"Defined in :numref:`{section}`"
    start = statement.body[0]
    if start.lineno == statement.lineno:
        return lines
    indent = " " * start.col_offset
    documentation = _docstring(start)
    if documentation is None:
        at = _first(start) - first
        return [*lines[:at], f'{indent}"""{note}"""', *lines[at:]]
    last = (documentation.end_lineno or 0) - first
    source = ast.get_source_segment("\n".join(lines), _moved(documentation, 1 - first)) or ""
    end = lines[last].encode()[: documentation.end_col_offset].decode()  # ast counts bytes
    rest = lines[last][len(end) :]
    if TRIPLE_QUOTED.fullmatch(source):
        before, after = end[:-3].rstrip(), end[-3:] + rest
        kept = [before] if before.strip() else []
        return [*lines[:last], *kept, "", f"{indent}{note}{after}", *lines[last + 1 :]]
    if PLAINLY_QUOTED.fullmatch(source):
        begun = f'{end.removesuffix(source)}"""{source[1:-1]}'
        return [*lines[:last], begun, "", f'{indent}{note}"""{rest}', *lines[last + 1 :]]
    return lines


def _moved(node: ast.Constant, lines: int) -> ast.Constant:
    """The node so many lines further down."""
    return ast.increment_lineno(copy.copy(node), lines)


def _docstring(statement: ast.stmt) -> ast.Constant | None:
    """The statement's string, if it is one."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        constant = statement.value
        if isinstance(constant.value, str):
            return constant
    return None
