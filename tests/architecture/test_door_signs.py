"""Every package says at its door what lives there, what it may import, what it must never know; and nothing else."""

from __future__ import annotations

import ast

from tests.architecture.sources import ROOT, SOURCE, product_modules, tree

DOORS = [path for path in product_modules() if path.name == "__init__.py" and path.parent != SOURCE]


def test_every_folder_with_modules_has_a_door():
    folders = {path.parent for path in product_modules()}
    assert folders - {path.parent for path in DOORS} == {SOURCE}


def test_a_door_holds_its_sign_and_nothing_else():
    wrong = {}
    for path in DOORS:
        sign = ast.get_docstring(tree(path)) or ""
        lines = [line for line in sign.splitlines() if line.strip()]
        if len(tree(path).body) != 1 or not 2 <= len(lines) <= 5:
            wrong[str(path.relative_to(ROOT))] = f"{len(tree(path).body)} statements, a sign of {len(lines)} lines"
    assert wrong == {}


def test_every_module_says_what_it_is():
    silent = [str(path.relative_to(ROOT)) for path in product_modules() if not ast.get_docstring(tree(path))]
    assert silent == []


def test_no_room_has_a_name_that_could_hold_anything():
    vague = {"common", "core", "helpers", "lib", "managers", "misc", "shared", "util", "utils"}
    named = [str(path.relative_to(ROOT)) for path in product_modules() if {*path.parts, path.stem} & vague]
    assert named == []
