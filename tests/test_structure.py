"""The structure of the source: no module needs itself, not even through an import inside a function."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src"


def imports(tree: ast.AST) -> list[ast.ImportFrom]:
    """Every `from ... import` that runs, at import time or later; those for the type checker alone do not."""
    out: list[ast.ImportFrom] = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        out += [node] if isinstance(node, ast.ImportFrom) else imports(node)
    return out


def test_no_module_needs_itself():
    files = {
        ".".join(p.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__"): p for p in SOURCE.rglob("*.py")
    }
    needs = {}
    for name, path in files.items():
        found = imports(ast.parse(path.read_text(encoding="utf-8")))
        named = {f"{one.module}.{alias.name}" for one in found for alias in one.names}
        whole = {n if n in files else n.rpartition(".")[0] for n in named}
        needs[name] = {n for n in whole if n in files} - {name}
    order = list(TopologicalSorter(needs).static_order())
    assert set(order) == set(files)
