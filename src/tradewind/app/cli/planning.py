"""Plan, plan again, test the planning on the past, and write the plan down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.loading import grid_of
from tradewind.app.wording.figures import named, quantity, share
from tradewind.core.text import catalogue


def run(ask: Ask) -> Answer:
    """One planning run over what is loaded."""
    from tradewind.app.python import Workspace

    plan = Workspace(ask.folder, busy_timeout_s=ask["wait"]).run(
        as_of=ask["as_of"], horizon_weeks=ask["horizon_weeks"], seed=ask["seed"], progress=ask.progress
    )
    return Answer(
        run_data(plan), [run_line(plan, ask.lang), summary_grid(plan, ask.lang), words(ask.lang)("said.next")]
    )


def rerun(ask: Ask) -> Answer:
    """The same plan again from the data versions it saw, and whether it came out the same."""
    from tradewind.app.python import Workspace

    again = Workspace(ask.folder).rerun(ask["run_id"], progress=ask.progress)
    changed = sorted(again.changed)
    say = words(ask.lang)
    line = say("said.same_plan") if not changed else say("said.other_plan", tables=", ".join(changed))
    data = run_data(again) | {"same": not changed, "changed_tables": changed}
    return Answer(data, [run_line(again, ask.lang), line])


def backtest(ask: Ask) -> Answer:
    """The past replayed with what was known then, beside simple rules."""
    from tradewind.app.planning.backtest import BacktestParams
    from tradewind.app.planning.backtest import backtest as replay
    from tradewind.app.python import Workspace
    from tradewind.engine.stock.policy_simulation import PolicyCosts

    money = PolicyCosts(
        unit_margin=ask["unit_margin"],
        holding_cost_per_week=ask["holding_cost"],
        lost_sale_cost=ask["lost_sale_cost"],
        lead_time_weeks=ask["lead_time_weeks"],
    )
    params = BacktestParams(money=money)
    frames = replay(Workspace(ask.folder), weeks=ask["weeks"], params=params, progress=ask.progress)
    stated = asdict(money)
    data: dict[str, Any] = {n: f.to_dicts() for n, f in frames.items()} | {"weeks": ask["weeks"], "stated": stated}
    return Answer(data, _backtest_parts(frames, stated, ask.lang))


def _backtest_parts(frames: Mapping[str, pl.DataFrame], stated: Mapping[str, float], lang: str) -> list[str | Grid]:
    say = words(lang)
    parts: list[str | Grid] = [say("said.backtest_note")]
    for name, frame in frames.items():
        shown = frame.with_columns(pl.Series("method", [named("method", m, lang) for m in frame["method"]]))
        rates = [c for c in ("bias", "coverage") if c in frame.columns]
        told = shown.with_columns(pl.Series(c, [share(v, lang) for v in frame[c]], dtype=pl.String) for c in rates)
        numbers = frozenset(i for i, c in enumerate(frame.columns) if frame[c].dtype.is_numeric())
        parts += [replace(grid_of(told, lang, say(f"backtest_part.{name}")), numbers=numbers)]
        parts += [say(f"backtest_how.{name}", **stated)]
    return parts


def report(ask: Ask) -> Answer:
    """The page and the workbook of a plan."""
    from tradewind.app.python import Workspace
    from tradewind.app.report import write_report

    workspace = Workspace(ask.folder)
    plan = workspace.load_run(ask["run"])
    folder = ask["to"] or ask.folder / "report"
    ask.progress("report")
    paths = write_report(plan, folder, ask.lang, health=workspace.health())
    data = {"run": plan.id, "page": str(paths.page), "workbook": str(paths.workbook)}
    return Answer(data, report_lines(paths, ask.lang))


def report_lines(paths: Any, lang: str) -> list[str]:
    say = words(lang)
    return [
        say("said.page", path=Path(paths.page).resolve()),
        say("said.workbook", path=Path(paths.workbook).resolve()),
    ]


def run_data(plan: Any) -> dict[str, Any]:
    """What `--json` says of a run."""
    return {
        "run": plan.id,
        "as_of": plan.as_of,
        "seed": plan.seed,
        "horizon_weeks": plan.horizon_weeks,
        "currency": plan.currency,
        "summary": plan.tables["summary"].to_dicts() if "summary" in plan.tables else [],
        "tables": {name: frame.height for name, frame in sorted(plan.tables.items())},
    }


def run_line(plan: Any, lang: str) -> str:
    return words(lang)("said.run", run=plan.id, as_of=plan.as_of.strftime("%Y-%m-%d"), weeks=plan.horizon_weeks)


def summary_grid(plan: Any, lang: str) -> Grid:
    """The plan's figures, each with the time it is counted over."""
    known = catalogue(lang)
    rows = [
        [
            known.get(f"metric.{r['metric']}", r["metric"].replace("_", " ")),
            quantity(r["value"], r["unit"], lang),
            known.get(f"window.{r.get('window')}", str(r.get("window") or "")),
        ]
        for r in plan.tables.get("summary", pl.DataFrame()).iter_rows(named=True)
    ]
    say = words(lang)
    return Grid(
        [say("summary_head.figure"), say("summary_head.value"), say("summary_head.when")], rows, "", frozenset({1})
    )
