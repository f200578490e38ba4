"""Functions, modules and rooms stay small enough to be read."""

from __future__ import annotations

import ast

from tests.architecture.sources import CORE, ROOT, SOURCE, product_modules, tracked, tree

LINES_OF_A_FUNCTION = 60
LINES_OF_A_MODULE = 600
MODULES_OF_A_CORE_ROOM = 9


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None and first.end_lineno:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def test_no_function_is_longer_than_60_lines():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length(node)}"
        for path in product_modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > LINES_OF_A_FUNCTION
    ]
    assert long == []


def test_no_module_is_longer_than_600_lines():
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in tracked(".py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LINES_OF_A_MODULE
    ]
    assert long == []


def test_no_room_of_the_core_holds_more_than_9_modules():
    folders = {path.parent for path in product_modules() if path.relative_to(SOURCE).parts[0] in CORE}
    sizes = {
        str(folder.relative_to(ROOT)): sum(path.parent == folder and path.name != "__init__.py" for path in product_modules())
        for folder in folders
    }
    assert {folder: size for folder, size in sizes.items() if size > MODULES_OF_A_CORE_ROOM} == {}


def test_the_length_of_a_function_does_not_count_its_docstring():
    node = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n').body[0]
    assert isinstance(node, ast.FunctionDef)
    assert length(node) == 2
