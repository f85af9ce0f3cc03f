"""What the plan says a piece will leave, and the weeks' payouts, against what came, on the generated seller.

At each origin the plan is made from what was known then. What a month's pieces left is compared with `economics` (per
SKU, market and mode) at the units that came, so that money is judged and not demand; beside it what such a piece left
in the month before. Four weeks' payouts are compared with `cash_weeks`, beside it the mean of the last four weeks.

    python -m benchmarks.month_in_money [--scale small] [--origins 6]
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.measure import report
from tradewind.app.planning import cycle
from tradewind.app.python import Workspace
from tradewind.core.money import convert
from tradewind.engine.margin import landed_margin

MONTH = timedelta(days=365 / 12)
PAIR = ["sku", "market", "mode"]
STEP, PAYOUT_WEEKS = timedelta(weeks=4), 4


def main() -> None:
    from tradewind.data.simulated import write_seller

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="small")
    parser.add_argument("--origins", type=int, default=6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = write_seller(Path(folder) / "files", scale=asked.scale, seed=1)
        shop = Workspace.create(Path(folder) / "shop")
        shop.import_file(files.folder)
        rows = judged(shop, asked.origins)
    report("month_in_money", [*rows, whole(rows)])


def judged(shop: Workspace, origins: int) -> list[dict[str, Any]]:
    facts = cycle.gather(shop.snapshot())
    lines = landed_margin(facts["order_lines"], facts.rules, facts.costing)
    paid = facts["settlements"].filter(pl.col("kind").cast(pl.String) == "payout")
    paid = paid.with_columns(money=convert(paid, "amount", "currency", "settled_at", facts.base, facts["fx"]))
    last = facts.as_of - MONTH - timedelta(days=facts.as_of.weekday())
    return [judge(shop, last - n * STEP, lines, paid) for n in reversed(range(origins))]


def judge(shop: Workspace, origin: datetime, lines: pl.DataFrame, paid: pl.DataFrame) -> dict[str, Any]:
    origin = origin.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=origin.weekday())
    plan = shop.run(as_of=origin)
    before = left(lines, origin - MONTH).select(*PAIR, last=pl.col("margin") / pl.col("units"))
    both = (
        left(lines, origin)
        .join(plan["economics"].select(*PAIR, said="margin").drop_nulls(), on=PAIR)
        .join(before, on=PAIR)
        .with_columns(said=pl.col("said") * pl.col("units"), last=pl.col("last") * pl.col("units"))
    )
    weeks = plan["cash_weeks"].head(PAYOUT_WEEKS).select(money=pl.col("payouts_open") + pl.col("payouts_ahead"))
    came = [payouts(paid, origin + timedelta(weeks=n)) for n in range(PAYOUT_WEEKS)]
    usual = sum(payouts(paid, origin - timedelta(weeks=n + 1)) for n in range(PAYOUT_WEEKS)) / PAYOUT_WEEKS
    return {
        "origin": origin.date().isoformat(),
        "pairs": both.height,
        "margin": round(both["margin"].sum()),
        "said": round(both["said"].sum()),
        "last_month": round(both["last"].sum()),
        "off": round((both["said"] - both["margin"]).abs().sum()),
        "last_month_off": round((both["last"] - both["margin"]).abs().sum()),
        "payouts": round(sum(came)),
        "payouts_off": round(sum(abs(a - b) for a, b in zip(weeks["money"], came, strict=True))),
        "usual_payouts_off": round(sum(abs(usual - c) for c in came)),
    }


def left(lines: pl.DataFrame, start: datetime) -> pl.DataFrame:
    """What the sales of the month from `start` on left, by SKU, market and mode: margin, units."""
    month = lines.filter((pl.col("ordered_at") >= start) & (pl.col("ordered_at") < start + MONTH))
    return month.drop_nulls("margin").group_by(PAIR).agg(pl.col("margin", "units").sum())


def payouts(paid: pl.DataFrame, week: datetime) -> float:
    came = paid.filter((pl.col("settled_at") >= week) & (pl.col("settled_at") < week + timedelta(weeks=1)))
    return float(came["money"].sum())


def whole(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All origins together: how far the totals are off, and the pairs' and weeks' errors as shares of what came."""
    total = {name: sum(row[name] for row in rows) for name in rows[0] if name != "origin"}
    return {
        "origin": "all",
        "total_off": round(total["said"] / total["margin"] - 1, 4),
        "last_month_total_off": round(total["last_month"] / total["margin"] - 1, 4),
        "wape": round(total["off"] / total["margin"], 4),
        "last_month_wape": round(total["last_month_off"] / total["margin"], 4),
        "payouts_wape": round(total["payouts_off"] / total["payouts"], 4),
        "usual_payouts_wape": round(total["usual_payouts_off"] / total["payouts"], 4),
    }


if __name__ == "__main__":
    main()
