"""What the text of a key can be.

Each function takes the text and returns the value, or raises ValueError with
the values that are allowed.
"""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any

Convert = Callable[[str], Any]


def text(value: str) -> str:
    return value


def file_name(value: str) -> str:
    """The name of a file, without a folder."""
    if value in {"", ".", ".."} or set(value) & set("/\\\0"):
        raise ValueError("the name of a file, without folders")
    return value


def language(value: str) -> str:
    """The code of a language as BCP 47 writes it: ``zh-CN``, for ``zh_cn`` too."""
    code = value.replace("_", "-")
    if not re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", code):
        raise ValueError("the code of a language, such as id or zh-CN")
    first, *others = code.lower().split("-")
    written = {2: str.upper, 4: str.capitalize}  # a region, a script
    return "-".join([first, *(written.get(len(part), str)(part) for part in others)])


def boolean(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise ValueError("True or False")
    return value.lower() == "true"


def address(value: str) -> str:
    """A URL; empty when there is none."""
    if value and not re.fullmatch(r"file:///.+|(?!file:)[a-z][a-z0-9+.-]*://[^/\s].*", value):
        raise ValueError("a URL, such as s3://bucket/folder or file:///absolute/folder")
    return value


def web_address(value: str) -> str:
    """The address of a folder in the web, with a slash at its end; empty when there is none."""
    if value and not re.fullmatch(r"https?://[^/\s?#]+(?:/[^\s?#]*)?", value):
        raise ValueError("an address, such as https://book.example/")
    return value if not value or value.endswith("/") else f"{value}/"


def size(value: str) -> int | None:
    """A number of bytes, as in ``1.5 GB``; None: without limit."""
    if value == "unlimited":
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?", value, re.IGNORECASE)
    if not match:
        raise ValueError("a size, such as 500MB or 1.5GB, or 'unlimited'")
    unit: int = 1000 ** ("b", "kb", "mb", "gb", "tb").index((match[2] or "b").lower())
    return round(float(match[1]) * unit)


def count(value: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", value):
        raise ValueError("a whole number from 0 to 999999999")
    return int(value)


def words(value: str) -> tuple[str, ...]:
    """Words separated by white space."""
    return tuple(value.split())


def names(value: str) -> tuple[str, ...]:
    """Names separated by commas, in lower case."""
    found = tuple(name.strip().lower() for name in value.split(",") if name.strip())
    for name in found:
        if not re.fullmatch(r"\w+", name):
            raise ValueError("names of letters, digits and _, separated by commas")
    if "all" in found:
        raise ValueError("names other than 'all', which means all tabs")
    if len(set(found)) != len(found):
        raise ValueError("names that differ from each other")
    return found


def rows(value: str) -> tuple[tuple[str, ...], ...]:
    """One tuple per line, its members separated by commas."""
    lines = (line.strip().rstrip(",") for line in value.splitlines())
    return tuple(tuple(part.strip() for part in line.split(",")) for line in lines if line)


def links(value: str) -> tuple[tuple[str, ...], ...]:
    """One link per line: its text, its address and perhaps the name of an icon, as books had it."""
    found = rows(value)
    if not all(len(row) in {2, 3} and all(row[:2]) for row in found):
        raise ValueError("one 'text, address' or 'text, address, icon' per line")
    return found


def lines(value: str) -> tuple[str, ...]:
    """One item per line."""
    return tuple(line.strip() for line in value.splitlines() if line.strip())


def items(value: str) -> tuple[str, ...]:
    """Items separated by commas or lines."""
    return tuple(item.strip() for item in re.split(r"[,\n]", value) if item.strip())


def assignments(value: str) -> Mapping[str, str]:
    """One ``NAME=value`` per line."""
    pairs: dict[str, str] = {}
    for line in lines(value):
        name, equals, content = line.partition("=")
        if not equals or not re.fullmatch(r"[A-Za-z_]\w*", name.strip()):
            raise ValueError("one NAME=value per line")
        pairs[name.strip()] = content.strip()
    return pairs


def number_formats(value: str) -> Mapping[str, str]:
    """``numfig_format`` among settings for Sphinx, which are Python: where ``%s`` stood for the
    number, ``{number}`` does. Empty where it is not there or not written out as a dictionary."""
    text = value.splitlines()
    begin = next((at for at, line in enumerate(text) if re.match(_NUMFIG_FORMAT, line)), len(text))
    for end in range(begin, len(text)):
        written = re.sub(_NUMFIG_FORMAT, "", "\n".join(text[begin : end + 1]), count=1)
        try:
            found = ast.literal_eval(written)
            return {kind: _number_format(found[kind]) for kind in _NUMBERED if kind in found}
        except (SyntaxError, TypeError, ValueError):
            continue  # It may go on in the next line.
    return {}


_NUMFIG_FORMAT = r"\s*numfig_format\s*=\s*"
_NUMBERED = ("figure", "table", "section")


def _number_format(text: object) -> str:
    """ValueError where this doesn't say once where the number stands."""
    before, number, after = str(text).replace("{number}", "%s").partition("%s")
    if not number or set(before + after) & set("{}%"):
        raise ValueError("one place for the number")
    return f"{before}{{number}}{after}"


def choice(*allowed: str) -> Convert:
    def convert(value: str) -> str:
        if value not in allowed:
            raise ValueError(" or ".join(allowed))
        return value

    return convert


def inside(value: str) -> str:
    """A path in the book's folder, with forward slashes; empty when there is none."""
    if not value:
        return ""
    # Without "..", so that no symbolic link on the way can lead out.
    path = posixpath.normpath(value.replace("\\", "/"))
    if path.startswith("/") or path.split("/")[0] == ".." or "\0" in path:
        raise ValueError("a path inside the book's folder")
    return path


def module_file(value: str) -> str:
    """The path of a Python module in the book's folder; empty when there is none."""
    if value and not value.endswith(".py"):
        raise ValueError("the path of a .py file")
    return inside(value)


def insides(value: str) -> tuple[str, ...]:
    """Paths or patterns in the book's folder, separated by white space."""
    found = tuple(inside(word) for word in value.split())
    # Where ** has company between slashes it is one star, to Python's glob as to the shell.
    found = tuple(re.sub(r"\*{2,}(?=[^/*])|(?<=[^/*])\*{2,}", "*", pattern) for pattern in found)
    # What stands for the whole folder is, as a pattern, all that is in it.
    return tuple("*" if pattern == "." else pattern for pattern in found)


def preloads(value: str) -> tuple[str, ...] | None:
    """Modules to import before the fork: None = those the notebooks import, () = none."""
    if value in {"", "auto"}:
        return None
    return () if value == "no" else items(value)


def page_patterns(value: str) -> tuple[str, ...] | None:
    """Patterns of pages, as of ``--only``: None = whatever the code shows, () = none."""
    if value in {"", "auto"}:
        return None
    return () if value == "no" else insides(value)
