"""Every key that d2lbook had, and what has become of it: read somewhere, or told about."""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from d2lbook.config import NO_LONGER_NEEDED, SECTIONS, SECTIONS_PER_TAB, parse_config, read_config

from tests.conftest import ROOT

PACKAGE = ROOT / "builder" / "d2lbook"

HONOURED = {
    "project": "name title author release copyright lang",
    "build": "index notebooks non-notebooks exclusions dependencies resources eval_notebook"
    " source_dir output_dir warning_is_error tabs sphinx_configs",
    "html": "header_links favicon html_logo include_css include_js",
    "pdf": "main_font sans_font mono_font latex_logo bibfile",
    "library": "version_file",
    "library-a": "lib_file lib_name simple_alias fluent_alias args_alias alias reverse_alias",
    "colab": "github_repo exclusions libs libs_header gpu_pattern replace_svg_url",
    "sagemaker": "github_repo libs libs_header kernel",
    "slides": "top_left top_right",
}
RETIRED = {
    "build": "rsts html_dir sphinx_extensions origin_repo",
    "pdf": "post_latex style latex_url",
    "library": "root_dir save_filename save_mark save_patterns version",
    "slides": "github_repo",
    "deploy": "google_analytics_tracking_id github_repo s3_bucket other_file_s3urls",
    "translation": "origin_repo origin_lang translator terminology",
}
"""All of d2lbook's keys, by section; ``a`` stands for any tab."""

MISSPELLED = {"build": "dependences", "html": "logo"}
"""Keys that d2lbook never had, though several of its books have them."""

NEW = {
    "project": "texts",
    "build": "untagged",
    "html": "address social_image discussions embed_discussions trust_outputs",
    "execute": "timeout notebook_timeout jobs fail_fast gpu without_gpu seed output_limit"
    " picture_limit cache cache_mode cache_size",
    "env a": "requirements python variables preload no_dependencies unlocked",
    "linkcheck": "ignore",
}
"""Keys that d2lbook didn't have."""


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(section, key) for section, keys in table.items() for key in keys.split()]


def fields_of(section: str) -> dict[str, dataclasses.Field[object]]:
    kinds = {f"{prefix}a": kind for prefix, (_, kind) in SECTIONS_PER_TAB.items()}
    kind = {**SECTIONS, **kinds}.get(section)
    fields = dataclasses.fields(kind) if kind else ()
    return {field.metadata["key"] or field.name: field for field in fields}


def test_these_are_all_keys_there_are() -> None:
    assert {*pairs(RETIRED), *pairs(MISSPELLED)} == set(NO_LONGER_NEEDED)
    sections = {*SECTIONS, *(f"{prefix}a" for prefix in SECTIONS_PER_TAB)}
    known = {(section, key) for section in sections for key in fields_of(section)}
    assert {*pairs(HONOURED), *pairs(NEW)} == known


@pytest.mark.parametrize(("section", "key"), pairs(RETIRED) + pairs(MISSPELLED))
def test_a_key_that_is_no_longer_needed_is_told_once(section: str, key: str) -> None:
    _, notes = parse_config(f"[{section}]\n{key} = x\n", ROOT)
    reason = NO_LONGER_NEEDED[section, key]
    assert [note.line("note") for note in notes] == [
        f"config.ini:2: note: [{section}] {key} is no longer needed: {reason}"
    ]


@pytest.mark.parametrize(("section", "key"), [*pairs(HONOURED), *pairs(NEW)])
def test_a_key_that_is_honoured_is_read(section: str, key: str) -> None:
    field = fields_of(section)[key].name
    attribute, class_name = owner_of(section)
    assert any(
        (attribute, field) in module.attributes
        or (class_name, field) in module.attributes
        or {attribute, field} <= module.words
        for module in MODULES
    ), f"nothing reads {attribute}.{field}"


def owner_of(section: str) -> tuple[str, str]:
    """The attribute of ``Config`` for a section, and its class."""
    for prefix, (attribute, kind) in SECTIONS_PER_TAB.items():
        if section.startswith(prefix):
            return attribute, kind.__name__
    return section, SECTIONS[section].__name__


class Module:
    """What a module reads.

    ``attributes`` has (A, field) for ``….A.field``, and for the field of a variable that
    is declared as an A or was assigned or taken from something with ``….A`` in it.
    ``words`` are its strings, for what is read by name.
    """

    def __init__(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = list(ast.walk(tree))
        is_config = path.is_relative_to(PACKAGE / "config")
        self.words = {
            node.value
            for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and not is_config
        }
        self.holders: dict[str, set[str]] = {}
        for name, owners in (pair for node in nodes for pair in bindings(node)):
            self.holders.setdefault(name, set()).update(owners)
        self.attributes = {
            (owner, node.attr)
            for node in nodes
            if isinstance(node, ast.Attribute)
            for owner in self.owners(node.value)
        }

    def owners(self, value: ast.expr) -> set[str]:
        return attributes_in(value) | self.holders.get(ast.unparse(value), set())


def bindings(node: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """Names that get a value here, and the sections that it can be or come from."""
    if isinstance(node, ast.arg) and node.annotation:
        yield (
            node.arg,
            {each.id for each in ast.walk(node.annotation) if isinstance(each, ast.Name)},
        )
    elif isinstance(node, ast.comprehension | ast.For):
        yield ast.unparse(node.target), attributes_in(node.iter)
    elif isinstance(node, ast.Assign):
        yield ast.unparse(node.targets[0]), attributes_in(node.value)
        if isinstance(node.targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            for target, value in zip(node.targets[0].elts, node.value.elts, strict=False):
                yield ast.unparse(target), attributes_in(value)


def attributes_in(expression: ast.expr) -> set[str]:
    return {node.attr for node in ast.walk(expression) if isinstance(node, ast.Attribute)}


MODULES = [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]


def test_a_whole_book_has_one_note_for_each_retired_key(corpus: Path) -> None:
    _, notes = read_config(corpus)
    keys = [note.what.split(" is no longer needed")[0] for note in notes]
    assert keys == [
        "[pdf] post_latex",
        "[pdf] latex_url",
        "[pdf] style",
        "[deploy] other_file_s3urls",
        "[deploy] google_analytics_tracking_id",
        "[slides] github_repo",
    ]
