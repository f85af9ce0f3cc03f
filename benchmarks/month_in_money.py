"""What the plan says the month ahead will leave, and the weeks' payouts, against what came, on the generated seller.

At each origin the plan is made from what was known then: `modes.present_margin` (a SKU's month as it is sold now)
and `cash_weeks`. Beside it: the month before over again, and the mean of the last four weeks' payouts.

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
from tradewind.app import cycle
from tradewind.app.workspace import Workspace
from tradewind.core.money import convert
from tradewind.engine.margin import landed_margin

MONTH = timedelta(days=365 / 12)
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
    facts = cycle.gather(shop, shop.snapshot())
    lines = landed_margin(facts["order_lines"], facts.rules, **facts.costing())
    paid = facts["settlements"].filter(pl.col("kind").cast(pl.String) == "payout")
    paid = paid.with_columns(money=convert(paid, "amount", "currency", "settled_at", facts.base, facts["fx"]))
    last = facts.as_of - MONTH - timedelta(days=facts.as_of.weekday())
    return [judge(shop, last - n * STEP, lines, paid) for n in reversed(range(origins))]


def judge(shop: Workspace, origin: datetime, lines: pl.DataFrame, paid: pl.DataFrame) -> dict[str, Any]:
    origin = origin.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=origin.weekday())
    plan = shop.run(as_of=origin)
    ahead, before = (left(lines, day).rename({"margin": n}) for day, n in ((origin, "came"), (origin - MONTH, "last")))
    expected = plan["modes"].select("sku", expected="present_margin").drop_nulls()
    skus = expected.join(ahead, on="sku", how="left").join(before, on="sku", how="left").fill_null(0.0)
    weeks = plan["cash_weeks"].head(PAYOUT_WEEKS).select(money=pl.col("payouts_open") + pl.col("payouts_ahead"))
    came = [payouts(paid, origin + timedelta(weeks=n)) for n in range(PAYOUT_WEEKS)]
    usual = sum(payouts(paid, origin - timedelta(weeks=n + 1)) for n in range(PAYOUT_WEEKS)) / PAYOUT_WEEKS
    return {
        "origin": origin.date().isoformat(),
        "margin": round(skus["came"].sum()),
        "expected": round(skus["expected"].sum()),
        "last_month": round(skus["last"].sum()),
        "off": round((skus["expected"] - skus["came"]).abs().sum()),
        "last_month_off": round((skus["last"] - skus["came"]).abs().sum()),
        "payouts": round(sum(came)),
        "payouts_off": round(sum(abs(a - b) for a, b in zip(weeks["money"], came, strict=True))),
        "usual_payouts_off": round(sum(abs(usual - c) for c in came)),
    }


def left(lines: pl.DataFrame, start: datetime) -> pl.DataFrame:
    """What each SKU's sales of the month from `start` on left."""
    month = lines.filter((pl.col("ordered_at") >= start) & (pl.col("ordered_at") < start + MONTH))
    return month.group_by("sku").agg(pl.col("margin").sum())


def payouts(paid: pl.DataFrame, week: datetime) -> float:
    came = paid.filter((pl.col("settled_at") >= week) & (pl.col("settled_at") < week + timedelta(weeks=1)))
    return float(came["money"].sum())


def whole(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All origins together: how far the totals are off, and the SKUs' and weeks' errors as shares of what came."""
    total = {name: sum(row[name] for row in rows) for name in rows[0] if name != "origin"}
    return {
        "origin": "all",
        "total_off": round(total["expected"] / total["margin"] - 1, 4),
        "last_month_total_off": round(total["last_month"] / total["margin"] - 1, 4),
        "wape": round(total["off"] / total["margin"], 4),
        "last_month_wape": round(total["last_month_off"] / total["margin"], 4),
        "payouts_wape": round(total["payouts_off"] / total["payouts"], 4),
        "usual_payouts_wape": round(total["usual_payouts_off"] / total["payouts"], 4),
    }


if __name__ == "__main__":
    main()
