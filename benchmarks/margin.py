"""The margin of many order lines with all rules, and the table of modes; lines and rows a second.

    python -m benchmarks.margin [--lines 1000000] [--skus 50000 --markets 8]

Bars: 1,000,000 lines <= 3 s; 50,000 SKUs x 8 markets x 5 modes, margins and choice, <= 20 s. The peer is what such a
sum is usually done with: pandas, merges and NumPy, for five of the sixteen costs and undated rules (fees, freight by
weight or volume, cost, inbound, returns); pandas row by row (`apply`) is timed on a fiftieth and scaled. `cpu` is the
processor time of all threads.
"""

from __future__ import annotations

import argparse
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from benchmarks.measure import measured, report
from tradewind.core.rules import Rules
from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin import Costing, EconomicsParams, landed_margin, late_inbound_odds, unit_economics
from tradewind.engine.modes import ModeFacts, MonthDemand, choose_mode, present_modes

MARKETS = ("ES", "FR", "DE", "PL", "US", "GB", "KR", "SA")
MODES = ("semi_stocked", "semi_jit", "pop", "overseas")
START = datetime(2026, 1, 1, tzinfo=UTC)
AS_OF = datetime(2026, 11, 20, tzinfo=UTC)


def filled(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = TABLES[table].empty().schema
    absent = [pl.lit(None, dtype=t).alias(c) for c, t in schema.items() if c not in frame.columns]
    return frame.with_columns(absent).select(pl.col(c).cast(t) for c, t in schema.items())


def world(lines: int, skus: int, markets: int) -> dict[str, pl.DataFrame]:
    """Order lines of most of 2026, one in ten in a two-line order, in euro and dollars; every fact known."""
    rng = np.random.default_rng(0)
    names = np.array([f"s{i:06d}" for i in range(skus)])
    day = rng.integers(0, (AS_OF - START).days, lines)
    order = np.arange(lines) - (rng.random(lines) < 0.1)
    market = np.array(MARKETS[:markets])[rng.integers(0, markets, lines)]
    mode = np.array(MODES[:3])[rng.integers(0, 3, lines)]
    orders = pl.DataFrame(
        {
            "platform": "a", "shop": "s", "order_id": pl.Series(order).cast(pl.String), "line_no": np.arange(lines) + 1,
            "sku": names[rng.integers(0, skus, lines)], "market": market[order], "mode": mode[order],
            "ordered_at": pl.Series(day[order]) * 86_400_000_000 + int(START.timestamp() * 1e6),
            "units": rng.integers(1, 4, lines), "unit_price": 0.0, "paid_amount": rng.uniform(5, 60, lines).round(2),
            "currency": np.where(np.isin(market[order], ("ES", "FR", "DE", "PL")), "EUR", "USD"), "status": "paid",
        }
    )  # fmt: skip
    orders = orders.with_columns(pl.from_epoch("ordered_at", "us").dt.replace_time_zone("UTC"))
    sides = {f"{s}_mm": rng.uniform(20, 320, skus) for s in ("length", "width", "height")}
    products = {
        "sku": names, "unit_cost": rng.uniform(2, 60, skus), "currency": "CNY", "weight_g": rng.uniform(20, 1800, skus),
        "hs_code": pl.Series(rng.integers(610000, 620000, skus)).cast(pl.String), **sides,
    }  # fmt: skip
    ways = (("std", "HZ"), ("fast", "HZ"), ("own", "YW"), ("fast", "YW"))
    lanes = [(s, n, m) for m in MARKETS[:markets] for s, n in (*ways, ("local", f"W-{m}"))]
    services = {
        "service": [s for s, _, _ in lanes], "node": [n for _, n, _ in lanes], "market": [m for *_, m in lanes],
        "service_class": "standard", "freight_per_kg": [90.0 if s == "fast" else 60.0 for s, _, _ in lanes],
        "freight_per_parcel": 17.26, "currency": "CNY",
    }  # fmt: skip
    nodes = {
        "node": ["HZ", "YW", *(f"W-{m}" for m in MARKETS[:markets])], "market": ["CN", "CN", *MARKETS[:markets]],
        "kind": ["preferred", "seller", *["overseas"] * markets], "currency": "CNY",
        "inbound_cost_per_unit": [0.3, None, *[6.0] * markets],
    }  # fmt: skip
    days = [START.date() + timedelta(days=i) for i in range(-5, 400)]
    rates = {"EUR": 7.8, "USD": 7.1, "GBP": 9.1, "SAR": 1.9, "AED": 1.93}
    fx = pl.DataFrame(
        {
            "currency": [c for c in rates for _ in days], "quote": "CNY", "on_date": days * len(rates),
            "rate": [r for r in rates.values() for _ in days],
        }
    )  # fmt: skip
    made = {"order_lines": orders.with_columns(known_at="ordered_at"), "products": pl.DataFrame(products)}
    made |= {"services": pl.DataFrame(services), "nodes": pl.DataFrame(nodes), "fx": fx}
    return {name: filled(name, frame) for name, frame in made.items()}


def record(facts: dict[str, pl.DataFrame], rules: Rules) -> Costing:
    """The facts; four just-in-time consignments of a SKU, one in ten late; one parcel in five by the fast service."""
    rng = np.random.default_rng(2)
    sku = np.tile(facts["products"]["sku"].to_numpy(), 4)
    booked = pl.Series([AS_OF - timedelta(days=40)] * len(sku)).dt.cast_time_unit("us")
    took = pl.Series(np.where(rng.random(len(sku)) < 0.1, 5, 2)) * timedelta(days=1)
    sent = pl.DataFrame({"sku": sku, "mode": "semi_jit", "booked_at": booked, "booked_units": 3, "known_at": booked})
    sent = sent.with_columns(received_at=pl.Series(booked + took), due_at=pl.col("booked_at") + timedelta(days=3))
    share = pl.when(service="fast").then(0.2).when(service="local").then(1.0).otherwise(0.8)
    modes = pl.DataFrame({"mode": [*MODES, "full"], "node": ["HZ", "HZ", "YW", None, "HZ"]})
    ways = facts["services"].select("market", "service", "node", share=share)
    home = modes.drop_nulls().join(ways, on="node").select("mode", "market", "service", "node", "share")
    abroad = ways.filter(service="local").select(pl.lit("overseas").alias("mode"), "market", "service", "node", "share")
    late = late_inbound_odds(filled("inbounds", sent), rules, as_of=AS_OF)
    return Costing("CNY", **facts, late_odds=late, routes=pl.concat([home, abroad]))


def lines_valued(lines: int) -> dict[str, Any]:
    facts, rules = world(lines, 50_000, 8), load_rules()
    order_lines = facts.pop("order_lines")
    costing = record(facts, rules)
    start, cpu = time.perf_counter(), time.process_time()
    waterfall = landed_margin(order_lines, rules, costing)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    return {
        "seconds": seconds,
        "cpu": cpu,
        "lines_a_second": round(lines / seconds),
        "known": waterfall["margin"].is_not_null().mean(),
    }


def modes_chosen(skus: int, markets: int) -> dict[str, Any]:
    """Every SKU sold once in every market; a month of 200 scenarios."""
    facts, rules = world(skus * markets, skus, markets), load_rules()
    lines = facts.pop("order_lines").with_columns(
        sku=pl.Series(np.repeat(facts["products"]["sku"].to_numpy(), markets)),
        market=pl.Series(np.tile(MARKETS[:markets], skus)),
        order_id=pl.int_range(pl.len()).cast(pl.String),
    )
    rng = np.random.default_rng(1)
    keys = lines.select("sku", "market").sort("sku", "market")
    draws = rng.poisson(rng.gamma(1.0, 8.0, (keys.height, 1)), (keys.height, 200)).astype(np.float32)
    month, costing = MonthDemand(keys, draws), record(facts, rules)
    start, cpu = time.perf_counter(), time.process_time()
    offered = EconomicsParams(modes=(*MODES, "full"))
    quoted = facts["products"].select("sku", mode=pl.lit("full"), price=pl.col("unit_cost") * 1.5)
    economics = unit_economics(lines, rules, costing, as_of=AS_OF, params=offered, prices=quoted)
    middle = time.perf_counter()
    sold = ModeFacts(economics, month, present_modes(lines, as_of=AS_OF, weeks=60), fx=facts["fx"])
    choice = choose_mode(sold, rules, on=date(2026, 11, 20))
    end, cpu = time.perf_counter(), time.process_time() - cpu
    return {
        "seconds": end - start,
        "cpu": cpu,
        "economics": middle - start,
        "rows": economics.height,
        "chosen": choice.modes.height,
    }


def plain_pandas(lines: int) -> dict[str, Any]:
    """Fees, freight, cost, inbound and returns by merges; then row by row on a fiftieth."""
    import pandas as pd

    facts = world(lines, 50_000, 8)
    orders = (
        facts["order_lines"].select("order_id", "sku", "market", "mode", "units", "paid_amount", "currency").to_pandas()
    )
    products, services = facts["products"].to_pandas(), facts["services"].to_pandas()
    start = time.perf_counter()
    rate = orders["currency"].map({"EUR": 7.8, "USD": 7.1})
    frame = orders.merge(products[["sku", "unit_cost", "weight_g", "length_mm", "width_mm", "height_mm"]], on="sku")
    frame = frame.merge(
        services[services["service"] == "std"][["market", "freight_per_kg", "freight_per_parcel"]], on="market"
    )
    pieces = frame.groupby("order_id")["units"].transform("sum")
    paid = frame["paid_amount"] * rate
    volumetric = frame["length_mm"] * frame["width_mm"] * frame["height_mm"] / 1000 / 6000
    billed = np.maximum(frame["weight_g"] / 1000, volumetric) * frame["units"]
    share = frame["units"] / pieces
    semi = frame["mode"].str.startswith("semi")
    margin = (
        paid * (1 - np.where(semi, 0.035, 0.08) - 0.03)
        - np.where(semi, 5.2, 0.0) * share
        - billed * frame["freight_per_kg"]
        - frame["freight_per_parcel"] * share
        - (frame["unit_cost"] + 1.5) * frame["units"]
    )
    merged = time.perf_counter() - start
    few = frame.head(lines // 50)
    start = time.perf_counter()
    few.apply(_one, axis=1)
    return {
        "seconds": merged,
        "apply_seconds": (time.perf_counter() - start) * 50,
        "mean": float(pd.Series(margin).mean()),
    }


def _one(row: Any) -> float:
    semi = row["mode"].startswith("semi")
    volumetric = row["length_mm"] * row["width_mm"] * row["height_mm"] / 1000 / 6000
    billed = max(row["weight_g"] / 1000, volumetric) * row["units"]
    return float(
        row["paid_amount"] * 7.8 * (1 - (0.035 if semi else 0.08) - 0.03)
        - (5.2 if semi else 0.0)
        - billed * row["freight_per_kg"]
        - row["freight_per_parcel"]
        - (row["unit_cost"] + 1.5) * row["units"]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--skus", type=int, default=50_000)
    parser.add_argument("--markets", type=int, default=8)
    asked = parser.parse_args()
    rows = []
    for name, work, size in (
        ("landed_margin", lines_valued, (asked.lines,)),
        ("modes", modes_chosen, (asked.skus, asked.markets)),
        ("plain pandas", plain_pandas, (asked.lines,)),
    ):
        done = measured(work, *size)
        rows.append({"case": name, "size": size, "peak_mib": round(done.peak_mib), **done.result})
    report("margin", rows)


if __name__ == "__main__":
    main()
