"""A function that asks for more than seven things asks for a params object."""

import ast
from pathlib import Path

import pytest

import tradewind

MOST = 7
FLOORS = ("core", "data", "engine")
SOURCE = Path(tradewind.__file__).parent
MODULES = [path for floor in FLOORS for path in sorted((SOURCE / floor).rglob("*.py"))]


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names a caller may give; neither self nor cls."""
    of = function.args
    names = [arg.arg for arg in (*of.posonlyargs, *of.args, *of.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


def public_functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f for f in functions if not f.name.startswith("_")]


@pytest.mark.parametrize("floor", FLOORS)
def test_no_public_function_has_more_than_seven_parameters(floor):
    many = {
        f"{path.relative_to(SOURCE)}: {function.name}": len(parameters(function))
        for path in MODULES
        if path.relative_to(SOURCE).parts[0] == floor
        for function in public_functions(ast.parse(path.read_text(encoding="utf-8")))
        if len(parameters(function)) > MOST
    }
    assert many == {}


def test_parameters_are_counted_whatever_their_kind_and_without_self():
    one, two = public_functions(ast.parse("class A:\n    def f(self, a, /, b, *c, d, **e): ...\ndef g(a=1): ...\n"))[
        ::-1
    ]
    assert (parameters(one), parameters(two)) == (["a", "b", "d"], ["a"])
