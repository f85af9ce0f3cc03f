"""The stock plan for many SKUs under scarce space: seconds, memory and the proven gap.

    python -m benchmarks.stock_plan [--skus 10000] [--nodes 2]

13 weeks, 200 scenarios; space at 90, 70 and 50 % of the peak an unlimited plan would fill. Bar: 50,000 SKUs x 3 nodes
<= 60 s, gap <= 0.5 %. The gap is against a bound no plan can exceed, so it stands in for a peer.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from benchmarks.measure import measured, report
from tradewind.engine.demand import DemandPaths
from tradewind.engine.stock import StockFacts, plan_stock

MONDAY = date(2026, 11, 16)
WEEKS, SCENARIOS = 13, 200


def world(skus: int, nodes: int) -> dict[str, Any]:
    """Demand, stock, products and margins drawn at random: one market a node, gamma-Poisson demand."""
    rng = np.random.default_rng(0)
    rows = skus * nodes
    mean = np.exp(rng.normal(0.3, 1.2, rows))
    draws = np.empty((rows, WEEKS, SCENARIOS), np.float32)
    for first in range(0, rows, 5000):
        part = mean[first : first + 5000, None, None]
        draws[first : first + 5000] = rng.poisson(
            rng.gamma(2, part / 2, (len(part), 1, SCENARIOS)).repeat(WEEKS, axis=1)
        )
    names = [f"s{i:06d}" for i in range(skus)]
    keys = pl.DataFrame({"sku": np.repeat(names, nodes), "market": np.tile([f"M{j}" for j in range(nodes)], skus)})
    network = keys.with_columns(node=pl.col("market").str.replace("M", "n"))
    return {
        "paths": DemandPaths(keys, [MONDAY + timedelta(weeks=i) for i in range(WEEKS)], draws),
        "network": network,
        "stock_position": network.select(
            "node",
            "sku",
            available_units=pl.Series(rng.poisson(mean * 3)),
            on_the_way_units=pl.Series(rng.poisson(mean)),
            on_the_way_due_on=pl.lit(date(2026, 11, 25)),
        ),
        "products": pl.DataFrame(
            {
                "sku": names,
                "length_mm": rng.uniform(50, 400, skus),
                "width_mm": rng.uniform(50, 300, skus),
                "height_mm": rng.uniform(20, 300, skus),
                "supplier_lead_time_days": rng.uniform(5, 25, skus),
                "moq_units": rng.choice([1, 10, 50], skus),
                "carton_units": rng.choice([1, 6, 20], skus),
            }
        ),
        "economics": keys.with_columns(
            margin=pl.Series(rng.uniform(5, 40, rows)),
            product_cost=pl.Series(rng.uniform(5, 60, rows)),
            inbound_cost=pl.lit(1.0),
            capital_cost=pl.lit(0.1),
        ),
    }


def warehouses(space: list[float | None]) -> pl.DataFrame:
    count = len(space)
    return pl.DataFrame(
        {
            "node": [f"n{j}" for j in range(count)],
            "market": ["CN"] * count,
            "capacity_m3": space,
            "storage_cost_per_m3_week": [5.0] * count,
            "inbound_days": [3.0] * count,
            "currency": ["CNY"] * count,
        },
        schema_overrides={"capacity_m3": pl.Float64},
    )


def plans(skus: int, nodes: int) -> list[dict[str, Any]]:
    """One row per share of space: seconds, units ordered, gap."""
    facts = world(skus, nodes)
    paths = facts.pop("paths")
    asked = {"as_of": datetime(2026, 11, 16, tzinfo=UTC), "first_week": MONDAY, "base": "CNY"}

    def plan(space: list[float | None]) -> tuple[float, Any]:
        start = time.perf_counter()
        made = plan_stock(paths, StockFacts(**facts, nodes=warehouses(space)), **asked)
        return time.perf_counter() - start, made

    plan([None] * nodes)  # the first call also compiles
    seconds, free = plan([None] * nodes)
    peak = free.capacity.group_by("node").agg(pl.col("stock_m3").max()).sort("node")["stock_m3"].to_list()
    rows = [{"space": "unlimited", "seconds": round(seconds, 2), "gap": free.gap}]
    for share in (0.9, 0.7, 0.5):
        seconds, made = plan([share * m3 for m3 in peak])
        rows.append({"space": f"{share:.0%} of peak", "seconds": round(seconds, 2), "gap": made.gap})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=10_000)
    parser.add_argument("--nodes", type=int, default=2)
    options = parser.parse_args()
    whole = measured(plans, options.skus, options.nodes)
    size = {"skus": options.skus, "nodes": options.nodes, "peak_mib": round(whole.peak_mib)}
    report("stock_plan", [size | row for row in whole.result])


if __name__ == "__main__":
    main()
