"""What a kept plan was valued with, so that a question about it estimates nothing anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.core.rules import Rules

if TYPE_CHECKING:
    from tradewind.app.workspace import Snapshot
    from tradewind.data.runs import Run

ESTIMATES: Final = ("returns_rates", "returns_by_market", "ad_costs", "routes", "late_inbound")
READINGS: Final = {"rule": pl.String, "reading": pl.String}


def kept_facts(snapshot: Snapshot, plan: Run) -> Facts:
    """The facts of `plan`, with its own estimates and readings; each table is read when it is first asked for.

    `snapshot`: what the plan saw (`Workspace.snapshot_of`). What an earlier version did not keep is estimated again.
    """
    from tradewind.engine.margin.evidence import settled_readings

    rules = snapshot.rules()
    if "readings" in plan.tables:
        rules = read_as(rules, plan["readings"])
    else:
        rules = settled_readings(rules, snapshot["settlements"])
    return Facts(
        as_of=plan.as_of,
        tables=snapshot.tables,
        corrections=pl.DataFrame(),
        rules=rules,
        base=plan.currency,
        shop_file=snapshot.shop_profile,
        estimates={name: plan[name] for name in ESTIMATES if name in plan.tables},
    )


def readings(rules: Rules) -> pl.DataFrame:
    """Which ambiguous rules are not read by default (chosen by the seller, or settled by the record): READINGS."""
    taken = {id_: row.reading for id_, rows in rules.rows.items() for row in rows if row.reading != row.default}
    return pl.DataFrame(list(taken.items()), schema=READINGS, orient="row")


def read_as(rules: Rules, taken: pl.DataFrame) -> Rules:
    """`rules` read as `taken` (of `readings`) says; readings they no longer know are left out."""
    for rule, reading in taken.select("rule", "reading").iter_rows():
        known = {one.name for row in rules.rows.get(rule, ()) for one in row.readings}
        if reading in known:
            rules = rules.with_reading(rule, reading)
    return rules
