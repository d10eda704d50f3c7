"""Reduces ``tab.selected(...)`` in a code cell to what one tab sees.

    if tab.selected('a', 'b'):   # also elif, else, not, and, or, nested
        x = 1                    # for a and b: stays, moved to the left
    y = 2 if tab.selected('a') else 3

Conditions are decided on the syntax tree, one construct at a time, outermost
first; the text is then cut, so that comments and layout of what stays are
untouched. A branch takes along the blank lines and deeper comments below it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, cast

from d2lbook.book import Cell
from d2lbook.errors import SourceError
from d2lbook.source.magics import mask_magics, parse_code

CALL = "tab.selected"

Verdict = bool | str
"""Whether a condition holds, where that is decided; else the text that is left of it."""

Line = tuple[str, int]
"""A line of the cell and its number in the page's file."""


def reduce_cell(cell: Cell, tab: str, path: str) -> Cell:
    """The cell as this tab sees it; the same cell where it never asks for the tab.

    ``path`` is the page's file, for messages. Raises SourceError, with the line,
    where a condition can't be decided or the cell is not Python.
    """
    if CALL not in cell.source:
        return cell
    reduction = _Reduction(cell.source.split("\n"), list(cell.lines), tab, path)
    try:
        while reduction.step():
            pass
    except RecursionError:
        what = f"this cell uses {CALL} but is nested too deep"
        raise SourceError.at(path, cell.line_of(0), what, "make it simpler") from None
    numbers = tuple(reduction.numbers) or cell.lines[:1]
    return replace(cell, source="\n".join(reduction.lines), lines=numbers)


@dataclass(frozen=True, slots=True)
class _Branch:
    """``if``, ``elif`` or ``else`` with its body."""

    verdict: Verdict
    changed: bool
    """Whether the condition asks for the tab, so that its line has to be written anew."""
    first: int
    """Index of its first line."""
    colon: int
    """Index of the line with the colon; the body begins behind it or on the next."""
    tail: str
    """What follows the colon on that line."""
    end: int
    """Index of the line after its last."""
    body: list[ast.stmt]


class _Reduction:
    def __init__(self, lines: list[str], numbers: list[int], tab: str, path: str) -> None:
        self.lines = lines
        self.numbers = numbers
        self.tab = tab
        self.path = path

    def step(self) -> bool:
        """Reduce the outermost constructs that ask for the tab; False when there are none."""
        if not any(CALL in line for line in self.lines):
            return False
        code = mask_magics("\n".join(self.lines))
        self.code = code.split("\n")
        try:
            tree = parse_code(code)
        except SyntaxError as error:
            what = f"this cell uses {CALL} but is not valid Python"
            self.fail(error.lineno or 1, what, "mend its syntax")
        self.asking = _asking(tree)
        return self.reduce_statements(tree) or self.reduce_expressions(tree)

    def reduce_statements(self, tree: ast.Module) -> bool:
        # From the end on, so that the lines of those before stay where they are.
        found = list(self.outermost(tree, tree.body))
        for node, must_stay, owner in reversed(found):
            self.reduce_if(node, must_stay, self.indent(owner))
        return bool(found)

    def outermost(
        self, parent: ast.AST, block: Sequence[ast.stmt]
    ) -> Iterator[tuple[ast.If, bool, ast.stmt]]:
        """The arguments of ``reduce_if`` for each ``if`` that asks and is in no other."""
        for index, node in enumerate(block):
            if isinstance(node, ast.If) and any(map(self.asks, self.tests(node))):
                must_stay = len(block) == 1 and not isinstance(parent, ast.Module)
                yield node, must_stay, _method_meant(node, block[index - 1]) if index else node
            else:
                for owner, inner in _blocks(node):
                    yield from self.outermost(owner, inner)

    def reduce_if(self, node: ast.If, must_stay: bool, indent: str) -> None:
        """Cut one ``if … elif … else``, and indent like this what stays without a condition.

        ``must_stay``: it is all that its block holds, so something has to stand there.
        """
        branches = list(self.branches(node))
        first, end = branches[0].first, branches[-1].end
        if first and self.lines[first - 1].endswith("\\"):
            self.fail(first, "a backslash joins this line to an if that goes away", "delete it")
        kept: list[_Branch] = []
        for branch in branches:
            if branch.verdict is not False:
                kept.append(branch)
            if branch.verdict is True:
                break
        if kept and kept[0].verdict is True:
            new = self.moved(kept[0], indent)
        else:
            new = [
                line for branch in kept for line in self.written(branch, self.indent(node), kept[0])
            ]
        if not new and must_stay:
            new = [(f"{indent}pass", self.numbers[first])]
        self.lines[first:end] = [line for line, _ in new]
        self.numbers[first:end] = [number for _, number in new]

    def branches(self, node: ast.If) -> Iterator[_Branch]:
        """The branches of an ``if`` with all that hang on it."""
        first = node.lineno - 1
        otherwise: list[ast.stmt] = []
        for part in self.chain(node):
            last = part.body[-1].end_lineno or part.lineno
            test = part.test
            colon, tail = self.find_colon(test.end_lineno or 1, test.end_col_offset or 0)
            end = self.find_otherwise(last) if part.orelse else self.with_trailing(last, part)
            verdict = self.condition(test)
            yield _Branch(verdict, self.asks(test), first, colon, tail, end, part.body)
            first, otherwise = end, part.orelse
        if otherwise:
            column = self.lines[first].index("else") + len("else")
            colon, tail = self.find_colon(first + 1, column)
            end = self.with_trailing(otherwise[-1].end_lineno or 1, node)
            yield _Branch(True, False, first, colon, tail, end, otherwise)

    def moved(self, branch: _Branch, indent: str) -> list[Line]:
        """The branch's body alone, at this indentation."""
        new: list[Line] = []
        if statement := _without_comment(branch.tail):
            new.append((indent + statement, self.numbers[branch.colon]))
        start = branch.body[0]
        deeper = "" if statement else self.indent(start)
        fixed = inner_lines_of_strings(branch.body)
        for index in range(branch.colon + 1, branch.end):
            line = self.lines[index]
            keep = bool(statement) or index in fixed
            new.append((line if keep else _shift(line, deeper, indent), self.numbers[index]))
        return new

    def written(self, branch: _Branch, indent: str, first: _Branch) -> list[Line]:
        """The branch as it stands, its first line with the keyword and condition it needs now."""
        below = range(branch.colon + 1, branch.end)
        body = [(self.lines[index], self.numbers[index]) for index in below]
        keyword = "if" if branch is first else "elif"
        head = "else" if branch.verdict is True else f"{keyword} {branch.verdict}"
        lines = self.lines[branch.first : branch.colon + 1]
        if branch.changed or not lines[0].lstrip().startswith(head.partition(" ")[0]):
            lines = f"{indent}{head}:{branch.tail}".split("\n")
        numbers = [min(branch.first + index, branch.colon) for index in range(len(lines))]
        return [*zip(lines, (self.numbers[index] for index in numbers), strict=True), *body]

    def find_colon(self, line: int, column: int) -> tuple[int, str]:
        """Index of the line of the colon behind this place (as in ``ast``), and what follows it."""
        index = line - 1
        rest = self.code[index].encode()[column:].decode()
        while ":" not in _without_comment(rest):
            index += 1
            rest = self.code[index]
        return index, rest.partition(":")[2]

    def find_otherwise(self, index: int) -> int:
        """Index of the ``elif`` or ``else`` line at or below this one."""
        while not re.match(r"\s*(elif|else)\b", self.lines[index]):
            index += 1
        return index

    def with_trailing(self, end: int, node: ast.If) -> int:
        """``end``, moved past the blank lines and the deeper comments that follow."""
        while end < len(self.lines):
            line = self.lines[end]
            stripped = line.lstrip()
            deeper = len(line) - len(stripped) > self.column(node)
            if stripped and not (stripped.startswith("#") and deeper):
                break
            end += 1
        return end

    def reduce_expressions(self, tree: ast.Module) -> bool:
        found = sorted(
            self.outermost_questions(tree), key=lambda node: (node.lineno, node.col_offset)
        )
        # All are decided before any is cut, and from the end on, so that all stay where they are.
        for place, text in reversed([self.replacement(node) for node in found]):
            self.put(place, text)
        return bool(found)

    def outermost_questions(self, parent: ast.AST) -> Iterator[ast.expr]:
        """The expressions that the tab decides, but none within another."""
        for node in ast.iter_child_nodes(parent):
            if not self.asks(node):
                continue
            is_choice = isinstance(node, ast.IfExp) and self.asks(node.test)
            if is_choice or isinstance(node, ast.BoolOp | ast.UnaryOp) or _is_question(node):
                yield cast(ast.expr, node)
            else:
                yield from self.outermost_questions(node)

    def replacement(self, node: ast.expr) -> tuple[ast.expr, str]:
        """The part of this expression that goes, and the text in its place."""
        if not isinstance(node, ast.IfExp):
            return node, str(self.decide(node))
        verdict = self.decide(node.test)
        if isinstance(verdict, str):
            return node.test, verdict
        return node, self.text(node.body if verdict else node.orelse)

    def put(self, node: ast.expr, text: str) -> None:
        """Write the text in the place of this expression."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        before = self.lines[first].encode()[: node.col_offset].decode()
        after = self.lines[last].encode()[node.end_col_offset :].decode()
        new = (before + text + after).split("\n")
        self.lines[first : last + 1] = new
        self.numbers[first : last + 1] = [self.numbers[first]] * len(new)

    def decide(self, node: ast.expr) -> Verdict:
        """What a condition is for this tab."""
        if not self.asks(node):
            return self.text(node)
        if _is_question(node):
            return self.tab in self.names(cast(ast.Call, node))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            verdict = self.decide(node.operand)
            return f"not {verdict}" if isinstance(verdict, str) else not verdict
        if isinstance(node, ast.BoolOp):
            verdict = self.condition(node)
            return f"({verdict})" if _is_joined(verdict) else verdict
        self.fail(
            node.lineno,
            f"{CALL} stands where it can't be decided when the notebook is made",
            "use it in if, elif, not, and, or",
        )

    def condition(self, node: ast.expr) -> Verdict:
        """As ``decide``, without parentheses around what is left of it."""
        if not isinstance(node, ast.BoolOp) or not self.asks(node):
            return self.decide(node)
        certain = isinstance(node.op, ast.Or)
        left: list[str] = []
        for value in node.values:
            verdict = self.decide(value)
            if verdict is certain:
                return certain
            if isinstance(verdict, str):
                left.append(verdict)
        return (" or " if certain else " and ").join(left) if left else not certain

    def names(self, node: ast.Call) -> set[str]:
        found: set[str] = set()
        for argument in node.args:
            try:
                value = ast.literal_eval(argument)
            except (ValueError, TypeError):
                value = None
            many = value if isinstance(value, (list, tuple, set)) else [value]
            if node.keywords or not all(isinstance(name, str) for name in many):
                self.fail(node.lineno, f"{CALL} takes names of tabs", "write them out, in quotes")
            found.update(name.lower() for name in many)
        if not found:
            self.fail(node.lineno, f"{CALL} without a tab", "name one, in quotes")
        return found

    def text(self, node: ast.expr) -> str:
        segment = self.segment(node)
        loose = isinstance(node, (ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr))
        spans = "\n" in segment and not isinstance(node, ast.Tuple)
        return f"({segment})" if loose or spans else segment

    def segment(self, node: ast.expr) -> str:
        """The text of this expression, as ``ast.get_source_segment`` finds it."""
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        lines = [line.encode() for line in self.code[first : last + 1]]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return b"\n".join(lines).decode()

    def chain(self, node: ast.If) -> Iterator[ast.If]:
        """This ``if`` and the ``elif``s that hang on it."""
        yield node
        while len(node.orelse) == 1 and isinstance(following := node.orelse[0], ast.If):
            # An ``else`` that holds an ``if`` looks the same in the tree.
            line = self.code[following.lineno - 1].encode()
            if not line[following.col_offset :].startswith(b"elif"):
                return
            node = following
            yield node

    def tests(self, node: ast.If) -> Iterator[ast.expr]:
        """The conditions of an ``if`` and of the ``elif``s that hang on it."""
        return (part.test for part in self.chain(node))

    def asks(self, node: ast.AST) -> bool:
        """Whether anything in it asks for the tab."""
        return node in self.asking

    def indent(self, node: ast.stmt) -> str:
        return self.lines[node.lineno - 1][: self.column(node)]

    def column(self, node: ast.stmt) -> int:
        """The column in characters, where ``ast`` counts UTF-8 bytes."""
        line = self.lines[node.lineno - 1]
        return len(line.encode()[: node.col_offset].decode())

    def fail(self, line: int, what: str, remedy: str) -> NoReturn:
        number = self.numbers[min(line, len(self.numbers)) - 1]
        raise SourceError.at(self.path, number, what, remedy)


def _is_joined(verdict: Verdict) -> bool:
    """Whether the condition that is left needs parentheses beside another operator."""
    if isinstance(verdict, bool):
        return False
    node = ast.parse(verdict, mode="eval").body
    return isinstance(node, ast.BoolOp) and node.col_offset == 0


def _asking(tree: ast.AST) -> set[ast.AST]:
    """The nodes of a tree in which something asks for the tab."""
    found: set[ast.AST] = set()
    for node in reversed(list(ast.walk(tree))):  # children before their parents
        if _is_question(node) or not found.isdisjoint(ast.iter_child_nodes(node)):
            found.add(node)
    return found


def _is_question(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="tab"), attr="selected")):
            return True
    return False


def _method_meant(node: ast.If, before: ast.stmt) -> ast.stmt:
    """The statement whose indentation the reduced ``node`` gets.

    It is ``node`` itself, except below a method, where books indent a branch as
    d2lbook took it, one level less than Python needs: at class level ``self``
    can only mean that the branch belongs to the method.
    """
    if not isinstance(before, ast.FunctionDef) or before.args.args[:1] == []:
        return node
    first = before.args.args[0].arg
    inner = [statement for statement in node.body if not isinstance(statement, ast.FunctionDef)]
    uses = any(
        isinstance(name, ast.Name) and name.id == first == "self"
        for statement in inner
        for name in ast.walk(statement)
    )
    return before.body[0] if uses else node


def _blocks(node: ast.AST) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
    """The lists of statements right below this one, with their owners."""
    for name in ("body", "handlers", "cases", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield node, block
        elif isinstance(block, list):
            for clause in block:
                yield from _blocks(clause)


def inner_lines_of_strings(body: Sequence[ast.stmt]) -> set[int]:
    """Indices of the lines that begin inside a string which is a value (not a docstring)."""
    module = ast.Module(body=list(body), type_ignores=[])
    documentation = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    return {
        index
        for node in ast.walk(module)
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in documentation
        for index in range(node.lineno, node.end_lineno or node.lineno)
    }


def _shift(line: str, deeper: str, indent: str) -> str:
    """The line moved from one indentation to a smaller one."""
    if line.startswith(deeper):
        return indent + line[len(deeper) :]
    surplus = len(deeper) - len(indent)
    return line[min(surplus, len(line) - len(line.lstrip())) :]


def _without_comment(text: str) -> str:
    """Code that holds no string, without its comment and outer blanks."""
    return "" if text.lstrip().startswith("#") else text.strip()
