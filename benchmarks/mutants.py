"""The places where a file can be broken by one small change, and what each change is.

A mutant is a piece of text put in the place of another, so that the rest of the file stays as it is. Left out, because
no test can or should see them: docstrings, annotations, imports, decorators, texts, f-strings, `__all__`, and options
that decide speed and order alone (`_UNSEEN`).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

Variants = Iterator[tuple[str, ast.AST, ast.AST, int]]
"""Label, the node replaced, what replaces it, the line where it shows."""


@dataclass(frozen=True)
class Mutant:
    """`text` in the place of the characters from `start` to `end` (in UTF-8 bytes); `line` is where it shows."""

    line: int
    start: int
    end: int
    text: str
    label: str

    def applied(self, source: str) -> str:
        raw = source.encode()
        return (raw[: self.start] + self.text.encode() + raw[self.end :]).decode()


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a file's text, by line and place; the order is the same each time. Not all of them compile."""
    tree = ast.parse(source)
    starts = _line_starts(source)
    found = []
    for node in _live(tree):
        for label, place, changed, line in _variants(node):
            start = starts[place.lineno - 1] + place.col_offset
            end = starts[place.end_lineno - 1] + place.end_col_offset
            text = ast.unparse(changed)
            found.append(Mutant(line, start, end, f"({text})" if isinstance(place, ast.expr) else text, label))
    return sorted(found, key=lambda m: (m.line, m.start, m.label, m.text))


def compiles(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


def _live(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes under `node` that a test could see changed."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_dead(child):
                if isinstance(node, ast.FunctionDef) and isinstance(child, ast.Return):
                    child.function = node  # type: ignore[attr-defined]
                yield child
                yield from _live(child)


def _is_dead(node: ast.AST) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.JoinedStr() | ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")) | ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.keyword(arg=str(arg)):
            return arg in _UNSEEN
        case ast.Assign(value=ast.Subscript(value=ast.Name(id="Callable" | "Annotated" | "Literal"))):
            return True
        case ast.Call(func=ast.Name(id="cast" | "TypeVar" | "ParamSpec")):
            return True
    return False


_UNSEEN: Final = frozenset(
    (
        "maintain_order",
        "cache",
        "parallel",
        "compression",
        "rechunk",
        "stacklevel",
        "chunksize",
        "inline",
        "check_same_thread",
    )
)


def _variants(node: ast.AST) -> Variants:
    for kind, change in _CHANGES:
        if isinstance(node, kind):
            yield from change(node)


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


_COMPARED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip


def _compare(node: ast.Compare) -> Variants:
    for i, op in enumerate(node.ops):
        for other in _COMPARED[type(op)]:
            ops = [*node.ops[:i], other(), *node.ops[i + 1 :]]
            label = f"{_sign(op)} -> {_sign(other())}"
            yield label, node, _with(node, ops=ops), node.comparators[i].lineno


def _sign(op: ast.cmpop | ast.operator) -> str:
    a, b = ast.Name("a"), ast.Name("b")
    whole = ast.BinOp(a, op, b) if isinstance(op, ast.operator) else ast.Compare(a, [op], [b])
    return ast.unparse(whole)[2:-2]


_CALCULATED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_JOINED: Final = (ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.DictComp, ast.JoinedStr)


def _calculate(node: ast.BinOp) -> Variants:
    if type(node.op) in _CALCULATED and not any(_is_joined(side) for side in (node.left, node.right)):
        other = _CALCULATED[type(node.op)]()
        yield f"{_sign(node.op)} -> {_sign(other)}", node, _with(node, op=other), node.right.lineno


def _is_joined(side: ast.expr) -> bool:
    """Texts, lists and dictionaries: any other operator is an error at once, which tells nothing about the tests."""
    match side:
        case ast.Constant(value=str()) | ast.Attribute(attr="schema"):
            return True
        case ast.Call(func=ast.Attribute(attr="fromkeys" | "items" | "format" | "join")):
            return True
        case ast.BinOp(op=ast.Add() | ast.BitOr()):
            return _is_joined(side.left) or _is_joined(side.right)
    return isinstance(side, _JOINED)


def _augmented(node: ast.AugAssign) -> Variants:
    if type(node.op) in _CALCULATED and not _is_joined(node.value):
        other = _CALCULATED[type(node.op)]()
        yield f"{_sign(node.op)}= -> {_sign(other)}=", node, _with(node, op=other), node.lineno


def _boolean(node: ast.BoolOp) -> Variants:
    other, label = (ast.Or(), "and -> or") if isinstance(node.op, ast.And) else (ast.And(), "or -> and")
    yield label, node, _with(node, op=other), node.values[1].lineno


def _unary(node: ast.UnaryOp) -> Variants:
    yield f"{ast.unparse(_with(node, operand=ast.Name('a')))[:-1].strip()} removed", node, node.operand, node.lineno


def _constant(node: ast.Constant) -> Variants:
    value = node.value
    others: list[bool | int | float] = []
    if isinstance(value, bool):
        others = [not value]
    elif isinstance(value, int):
        others = [value + 1, value - 1]
    elif isinstance(value, float):
        others = [value + 1.0, value / 2.0] if abs(value) > _GUARD else [value + 1.0]
    for other in others:
        yield f"{value} -> {other}", node, ast.Constant(other), node.lineno


_GUARD: Final = 1e-6
"""Numbers below keep a division from failing: half of one is as good."""

_WORDS: Final = {
    "how": {"left": "inner", "inner": "left", "anti": "semi", "semi": "anti", "full": "left", "cross": "inner"},
    "closed": {"left": "right", "right": "left", "both": "none", "none": "both"},
    "strategy": {"backward": "forward", "forward": "backward", "nearest": "backward"},
    "keep": {"first": "last", "last": "first", "any": "none", "none": "any"},
    "side": {"left": "right", "right": "left"},
}
_DROPPED: Final = frozenset(
    ("descending", "nulls_last", "nulls_equal", "closed", "axis", "ignore_nulls", "reverse", "default", "side",
     "default_value", "lower_bound", "upper_bound", "initial", "key", "where", "strategy", "fill_value", "min_samples")
)  # fmt: skip


def _call(node: ast.Call) -> Variants:
    zipped = isinstance(node.func, ast.Name) and node.func.id == "zip"
    for i, keyword in enumerate(node.keywords):
        rest, line = (node.keywords[:i], node.keywords[i + 1 :]), keyword.value.lineno
        if keyword.arg in _DROPPED and not zipped:
            yield f"{keyword.arg}= dropped", node, _with(node, keywords=[*rest[0], *rest[1]]), line
        word = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
        other = _WORDS.get(keyword.arg or "", {}).get(word) if isinstance(word, str) else None
        if other is not None:
            changed = ast.keyword(keyword.arg, ast.Constant(other))
            label = f"{keyword.arg}={word} -> {other}"
            yield label, node, _with(node, keywords=[*rest[0], changed, *rest[1]]), line
    yield from _called(node)


_SWAPPED: Final = {
    "first": "last", "min": "max", "minimum": "maximum", "min_horizontal": "max_horizontal", "any": "all",
    "any_horizontal": "all_horizontal", "ceil": "floor", "is_null": "is_not_null", "head": "tail", "arg_min": "arg_max",
    "argmin": "argmax", "forward_fill": "backward_fill", "starts_with": "ends_with", "startswith": "endswith",
    "cum_min": "cum_max", "floor": "ceil", "mean": "sum", "sum": "max", "median": "max", "cum_sum": "cum_max",
    "sum_horizontal": "max_horizontal", "removeprefix": "removesuffix", "to_lowercase": "to_uppercase",
    "lower": "upper", "strip": "lstrip", "log1p": "log", "argsort": "argmax", "cumsum": "cumprod",
}  # fmt: skip
_SWAPPED_BACK: Final = {other: name for name, other in _SWAPPED.items() if other not in _SWAPPED and name != "sum"}
_REMOVED: Final = frozenset(
    ("filter", "unique", "fill_null", "fill_nan", "abs", "clip", "drop_nulls", "round", "over", "shift", "strip_chars",
     "not_", "diff", "sorted", "reversed", "upper", "casefold")
)  # fmt: skip


def _called(node: ast.Call) -> Variants:
    func, line = node.func, node.func.end_lineno or node.lineno
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    other = _SWAPPED.get(name) or _SWAPPED_BACK.get(name)
    if other is not None and not (isinstance(func, ast.Name) and name not in ("min", "max", "any", "all", "sum")):
        renamed = _with(func, attr=other) if isinstance(func, ast.Attribute) else ast.Name(other)
        yield f"{name} -> {other}", node, _with(node, func=renamed), line
    if name in _REMOVED and isinstance(func, ast.Attribute) and not _is_module(func.value):
        yield f".{name}() removed", node, func.value, line


def _is_module(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("np", "pl", "nb", "math")


def _subscript(node: ast.Subscript) -> Variants:
    if isinstance(node.slice, ast.Slice) and node.slice.step is None and isinstance(node.ctx, ast.Load):
        yield "slice removed", node, node.value, node.lineno


def _branch(node: ast.If) -> Variants:
    if len(node.body) and not node.orelse and node.lineno == node.test.lineno:
        yield "if: body never runs", node.test, ast.Constant(False), node.lineno
    yield "if negated", node.test, ast.UnaryOp(ast.Not(), node.test), node.lineno


def _choice(node: ast.IfExp) -> Variants:
    yield "if-else swapped", node, _with(node, body=node.orelse, orelse=node.body), node.test.lineno


def _comprehension(node: ast.expr) -> Variants:
    for i, part in enumerate(node.generators):  # type: ignore[attr-defined]
        if part.ifs:
            without = _with(part, ifs=[])
            generators = [*node.generators[:i], without, *node.generators[i + 1 :]]  # type: ignore[attr-defined]
            yield "condition of the comprehension dropped", node, _with(node, generators=generators), part.ifs[0].lineno


def _statement(node: ast.Expr) -> Variants:
    if isinstance(node.value, ast.Call):
        yield "statement removed", node, ast.Pass(), node.lineno


def _jump(node: ast.Continue | ast.Break) -> Variants:
    other, label = (
        (ast.Break(), "continue -> break") if isinstance(node, ast.Continue) else (ast.Continue(), "break -> continue")
    )
    yield label, node, other, node.lineno


def _returned(node: ast.Return) -> Variants:
    function = getattr(node, "function", None)
    if function is None or node.value is None or isinstance(node.value, ast.Name):
        return
    given = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
    if given:
        yield f"returns its argument {given[0]}", node, _with(node, value=ast.Name(given[0])), node.lineno


_CHANGES: Final[tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Variants]], ...]] = (
    (ast.Compare, _compare),
    (ast.BinOp, _calculate),
    (ast.AugAssign, _augmented),
    (ast.BoolOp, _boolean),
    (ast.UnaryOp, _unary),
    (ast.Constant, _constant),
    (ast.Call, _call),
    (ast.Subscript, _subscript),
    (ast.If, _branch),
    (ast.IfExp, _choice),
    ((ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp), _comprehension),
    (ast.Expr, _statement),
    ((ast.Continue, ast.Break), _jump),
    (ast.Return, _returned),
)
