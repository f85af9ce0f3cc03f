"""Look at what is loaded and what was planned; take it elsewhere."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.choosing import chosen_rows, nearest
from tradewind.app.cli.console import words
from tradewind.app.cli.loading import grid_of
from tradewind.app.wording.figures import cell, money
from tradewind.app.wording.number_formats import number_formats
from tradewind.core.errors import RequestError, TradewindError, UnknownRunError
from tradewind.core.tables import TABLES


def actions(ask: Ask) -> Answer:
    """What to do today, most money first."""
    from tradewind.app.wording.plan.actions import action_title
    from tradewind.app.wording.sentences import action_sentences
    from tradewind.app.workspace import Workspace

    plan = Workspace(ask.folder).load_run(ask["run"])
    frame = plan["actions"]
    top = frame.head(ask["limit"])
    said = action_sentences(top, ask.lang)
    data = {
        "run": plan.id,
        "rows": frame.height,
        "data": [
            r | {"sentence": s, "args": _json(r["args"]), "evidence": _json(r["evidence"])}
            for r, s in zip(top.to_dicts(), said, strict=True)
        ],
    }
    say = words(ask.lang)
    rows = [
        [
            str(r["rank"]),
            money(r["expected_money"], r["currency"], ask.lang),
            action_title(r, ask.lang),
            s,
        ]
        for r, s in zip(top.iter_rows(named=True), said, strict=True)
    ]
    headings = ["#", say("column.expected_money"), say("column.action"), say("column.reason")]
    parts: list[str | Grid] = [Grid(headings, rows, "", frozenset({0, 1}))] if rows else [say("said.no_actions")]
    if frame.height > top.height:
        parts.append(say("said.more_rows", shown=top.height, rows=f"{frame.height:,}"))
    return Answer(data, parts)


def show(ask: Ask) -> Answer:
    """The first rows of a table of the workspace or of a plan; without a name, the tables there are."""
    from tradewind.app.workspace import Workspace

    workspace = Workspace(ask.folder)
    if ask["table"] is None:
        return _contents(workspace, ask)
    frame = chosen_rows(find_table(workspace, ask["table"], ask["run"]), ask["where"], ask["columns"])
    head = frame.head(ask["limit"])
    data = {"rows": frame.height, "data": head.to_dicts()}
    readable = head.select(c for c in head.columns if not isinstance(head[c].dtype, (pl.Array, pl.Struct)))
    say = words(ask.lang)
    if not frame.height:
        nothing = "said.none_such" if ask["where"] else "said.nothing_in"
        return Answer(data, [say(nothing, table=ask["table"], where=", ".join(ask["where"] or []))])
    grid = grid_of(readable, ask.lang)
    raw = Grid(list(readable.columns), grid.rows, "", grid.numbers, cut=True)
    return Answer(data, [raw, say("said.shown", shown=head.height, rows=f"{frame.height:,}", table=ask["table"])])


def export(ask: Ask) -> Answer:
    """A whole table as a file."""
    from tradewind.app.report import write_table
    from tradewind.app.workspace import Workspace

    frame = find_table(Workspace(ask.folder), ask["table"], ask["run"])
    frame = chosen_rows(frame, ask["where"], ask["columns"])
    path = write_table(frame, ask["to"], sheet=ask["table"], formats=number_formats(ask["table"]))
    data = {"table": ask["table"], "rows": frame.height, "path": str(path)}
    return Answer(data, [words(ask.lang)("said.exported", rows=f"{frame.height:,}", path=path)])


def runs(ask: Ask) -> Answer:
    """The plans kept."""
    from tradewind.app.workspace import Workspace

    kept = Workspace(ask.folder).kept_runs()
    frame = kept if isinstance(kept, pl.DataFrame) else pl.DataFrame([_fields(r) for r in kept])
    parts: list[str | Grid] = [grid_of(frame, ask.lang)] if frame.height else [words(ask.lang)("said.no_runs")]
    return Answer({"rows": frame.height, "data": frame.to_dicts()}, parts)


def find_table(workspace: Any, name: str, run: str | None) -> pl.DataFrame:
    """A table of the plan `run` (the latest), or of the workspace. Raises RequestError for a name neither has."""
    if run is None and name in TABLES:
        return _collected(workspace.table(name))
    if run is None and name == "corrections":
        return workspace.corrections()
    if run is None and name == "unmatched":
        return workspace.unmatched()
    try:
        tables = workspace.load_run(run).tables
    except UnknownRunError:
        if run is not None:
            raise
        tables = {}
    if name not in tables:
        known = sorted({*TABLES, "corrections", "unmatched", *tables})
        near = nearest(name, known)
        code = "unknown_table" if tables else "unknown_table_no_plan"
        if near is None:
            raise RequestError(f"{code}_far", table=name, known=", ".join(known))
        raise RequestError(code, table=name, near=near, known=", ".join(known))
    return tables[name]


def _contents(workspace: Any, ask: Ask) -> Answer:
    loaded = {name: _collected(workspace.table(name)).height for name in TABLES}
    try:
        plan = {name: frame.height for name, frame in sorted(workspace.load_run(ask["run"]).tables.items())}
    except TradewindError:
        plan = {}
    say = words(ask.lang)
    headings = [say("column.table"), say("column.rows")]
    parts = [
        Grid(headings, [[n, cell(h, ask.lang)] for n, h in tables.items()], say(title), frozenset({1}))
        for title, tables in (("said.tables_loaded", loaded), ("said.tables_planned", plan))
        if tables
    ]
    return Answer({"loaded": loaded, "plan": plan}, parts)


def _collected(frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    return frame.collect() if isinstance(frame, pl.LazyFrame) else frame


def _fields(record: Any) -> dict[str, Any]:
    names = getattr(record, "__dataclass_fields__", None)
    return dict(record) if names is None else {n: getattr(record, n) for n in names if n != "tables"}


def _json(given: str | None) -> Any:
    return None if given is None else json.loads(given)
