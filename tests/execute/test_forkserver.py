"""What runs in the interpreters of environments, which may be older than this one."""

from __future__ import annotations

import ast
import sys
import typing
from pathlib import Path
from types import CodeType, SimpleNamespace

import pytest
from d2lbook.execute import forkserver
from d2lbook.execute.preparation import FILES

FOLDER = Path(forkserver.__file__).parent


@pytest.mark.parametrize("name", FILES)
def test_its_grammar_is_that_of_python_3_8(name: str) -> None:
    ast.parse((FOLDER / name).read_text("utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("name", FILES)
def test_it_imports_nothing_but_the_standard_library_and_ipython(name: str) -> None:
    tree = ast.parse((FOLDER / name).read_text("utf-8"))
    nodes = list(ast.walk(tree))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    roots = {name.partition(".")[0] for name in names}
    assert roots <= sys.stdlib_module_names | {"IPython", "ipykernel"}


@pytest.mark.parametrize(("system", "most"), [("linux", 2048), ("darwin", 2)])
def test_memory_is_told_in_bytes(monkeypatch: pytest.MonkeyPatch, system: str, most: int) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert forkserver.most_memory(SimpleNamespace(ru_maxrss=2)) == most


def test_annotations_that_are_text_are_compiled_once_for_all_imports() -> None:
    def compiled() -> CodeType:
        return typing.ForwardRef("list[int]").__forward_code__

    with forkserver.annotations_compiled_once():
        assert compiled() is compiled()
        with pytest.raises(SyntaxError):
            typing.ForwardRef("list[")
    assert compiled() is not compiled()
