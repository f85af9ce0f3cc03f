"""Which test files are about a module: its mirror, those that import it, and the rest of its room, in this order."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

PACKAGE = "tradewind"
FLOORS = ("core", "data", "engine")
"""Whose tests may be about a module; those of the doors and of crashes pass through it by the way, and slowly."""


def related_tests(root: Path, module: Path, seconds: Mapping[str, float]) -> list[str]:
    """Test files for `module` (a path under `root`/src), as paths under `root`; within a kind the fastest first.

    A module is imported directly where it is named, or where a name is taken from a package that takes it from the
    module. The room is the folder of tests that mirrors the module's, or the nearest above it that exists.
    """
    inside = module.relative_to(root / "src" / PACKAGE)
    mirror = root / "tests" / inside.parent / f"test_{inside.stem}.py"
    tests = [path for floor in FLOORS for path in sorted((root / "tests" / floor).rglob("test_*.py"))]
    importing = [path for path in tests if _imports(root, path, module)]
    room = root / "tests" / inside.parent
    while not any(room.glob("test_*.py")):
        room = room.parent
    kinds = [[mirror] if mirror.exists() else [], importing, sorted(room.glob("test_*.py"))]
    named = [[str(path.relative_to(root)) for path in kind] for kind in kinds]
    ordered = [name for kind in named for name in sorted(kind, key=lambda name: (seconds.get(name, 0.0), name))]
    return list(dict.fromkeys(ordered))


def _imports(root: Path, test: Path, module: Path) -> bool:
    name = _dotted(root, module)
    for package, names in _imported(test):
        if package == name or any(f"{package}.{one}" == name for one in names):
            return True
        init = root / "src" / Path(*package.split(".")) / "__init__.py"
        if names and package.startswith(PACKAGE) and init.exists() and init != module:
            taken = [one for source, given in _imported(init) if source == name for one in given]
            if set(taken) & set(names):
                return True
    return False


def _dotted(root: Path, module: Path) -> str:
    parts = module.relative_to(root / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _imported(path: Path) -> list[tuple[str, list[str]]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, [alias.name for alias in node.names]))
        elif isinstance(node, ast.Import):
            found += [(alias.name, []) for alias in node.names]
    return found
