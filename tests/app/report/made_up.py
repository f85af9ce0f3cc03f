"""A made-up plan: every frame of the contract, small, its numbers chosen by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from tradewind.core.counts import negative_binomial

FIRST = date(2026, 11, 16)
WEEKS = [FIRST + timedelta(weeks=i) for i in range(13)]
HOSTILE = '<script>alert("x")</script>'
PAIRS = [("MUG-RED", "US"), ("MUG-RED", "DE"), ("LAMP-S", "US"), ("LAMP-S", "FR"), (HOSTILE, "US"), ("=1+1", "DE")]


@dataclass(frozen=True)
class MadeUpRun:
    """What the report reads of a run."""

    tables: Mapping[str, pl.DataFrame]
    id: str = "20261116-0001"
    as_of: datetime = datetime(2026, 11, 16, tzinfo=UTC)
    seed: int = 7
    horizon_weeks: int = 13
    currency: str = "CNY"
    versions: Mapping[str, int] = field(default_factory=lambda: {"order_lines": 3, "stock": 2})

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]


def made_up_run(**replaced: pl.DataFrame) -> MadeUpRun:
    return MadeUpRun({**tables(), **replaced})


def orders_alone() -> MadeUpRun:
    """What is left when a seller has imported order lines and nothing else."""
    names = ("summary", "sales", "demand", "demand_totals", "past_totals")
    return MadeUpRun({n: f if n in names else f.clear() for n, f in tables().items()})


def healthy() -> dict[str, pl.DataFrame]:
    days = {"first": [date(2024, 11, 18)] * 5, "last": [date(2026, 11, 15)] * 5, "days_before_today": [1] * 5}
    loaded = {"table": ["order_lines", "products", "nodes", "stock", "parcels"], "rows": [48210, 300, 2, 600, 21000]}
    return {
        "loaded": pl.DataFrame({**loaded, **days}),
        "corrections": pl.DataFrame(
            {
                "table": ["order_lines"],
                "problem": ["made_up"],
                "column": ["market"],
                "rows": [12],
                "examples": ["a.csv:7"],
            }
        ),
        "capabilities": pl.DataFrame(
            {
                "capability": ["forecast", "delivery_promise", "margin"],
                "on": [True, False, False],
                "missing_tables": [[], ["events"], []],
                "missing_columns": [[], [], ["products.unit_cost"]],
            },
            schema_overrides={"missing_tables": pl.List(pl.String), "missing_columns": pl.List(pl.String)},
        ),
        "notes": pl.DataFrame({"note": ["cost_unknown"], "rows": [4], "example": [HOSTILE]}),
        "versions": pl.DataFrame({"table": ["order_lines", "stock"], "version": [3, 2]}),
    }


def books() -> dict[str, pl.DataFrame]:
    """What was earned, cash to come, a fine the record contradicts, a fee to recover and two of the shop's figures."""
    causes = ("fee_rates", "freight", "returns", "fines", "fx")
    earned = {
        "mode": ["semi_jit"],
        "orders": [40],
        "expected_margin": [900.0],
        "margin": [850.0],
        "difference": [-50.0],
    }
    flows = ("payouts_open", "payouts_ahead", "purchases_open", "purchases_planned", "purchases_later", "selling")
    amounts = {name: [100.0 - 20 * i] * 4 for i, name in enumerate((*flows, "running", "fx_spread", "net", "balance"))}
    bands = {"balance_p10": [-300.0, -500.0, 0.0, 90.0], "balance_p50": [10.0, 20.0, 80.0, 200.0]}
    appeal = datetime(2026, 11, 20, 16, tzinfo=UTC)
    fine = {"platform": ["ae"], "shop": ["yw"], "fine_id": ["F1"], "kind": ["late_inbound"], "money": [30.0]}
    fine |= {"appeal_by": [appeal], "days_left": [4.2], "open": [True], "status": ["open"], "verdict": ["against"]}
    fine |= {"reason": ["fine_record.late_inbound_against"], "received_at": ["2026-11-01 08:00"], "facts": [6]}
    fee = {"return_id": ["R1"], "fault": ["buyer"], "due": [5.2], "received": [0.0], "rest": [5.2], "currency": ["CNY"]}
    shop = {
        "shop": ["yw", "yw"],
        "figure": ["sell_through", "dsr_service"],
        "value": [0.7, None],
        "bound": ["least"] * 2,
    }
    shop |= {"threshold": [0.65, 4.5], "state": ["kept", "unknown"], "confidence": ["C", "assumed"]}
    return {
        "margin_actual": pl.DataFrame(earned | {c: [-10.0] for c in causes} | {"open_orders": [7]}),
        "cash_weeks": pl.DataFrame(
            {"week": WEEKS[:4]} | amounts | bands | {"balance_p90": [90.0, 400.0, 500.0, 900.0]}
        ),
        "cash_low": pl.DataFrame(
            {"opening_known": [True], "low_p10": [-500.0], "low_p50": [10.0], "low_p90": [90.0], "low_week": WEEKS[1:2]}
            | {"odds_short": [0.4], "short_money": [120.0]}
        ),
        "cash_notes": pl.DataFrame({"note": ["cash_note.overdue"], "rows": [3], "money": [420.0]}),
        "fines": pl.DataFrame(fine | {"due_at": ["2026-11-01 16:00"]}),
        "fees_back": pl.DataFrame(fee | {"reason": ["fee_back.claim"]}),
        "shop_health": pl.DataFrame(shop | {"reason": ["shop_figure.kept_least", "shop_figure.ask"]}),
    }


def tables() -> dict[str, pl.DataFrame]:
    return books() | forecasts() | modes() | beside_the_modes() | {
        "summary": summary(),
        "capacity": capacity(),
        "orders": orders(),
        "promises": promises(),
        "margin_by": margin_by(),
        "savings": savings(),
        "actions": actions(),
    }  # fmt: skip


def forecasts() -> dict[str, pl.DataFrame]:
    level = np.array([60.0, 35.0, 24.0, 11.0, 6.0, 0.4])
    season = 1 + 0.8 * np.exp(-((np.arange(13) - 4.0) ** 2) / 6)
    mean = (level[:, None] * season).ravel()
    keys = {"sku": [s for s, _ in PAIRS for _ in WEEKS], "market": [m for _, m in PAIRS for _ in WEEKS]}
    demand = pl.DataFrame(keys | {"week": WEEKS * len(PAIRS)}).with_columns(negative_binomial(mean, 4.0).columns())
    demand = demand.with_columns(demand_class=pl.lit("smooth"), size=4.0, basis=pl.lit("demand_basis.season"))
    total = demand.group_by("week").agg(pl.col("mean").sum()).sort("week")
    bands = [pl.lit("total").alias("group"), pl.lit("all").alias("key")]
    totals = [total.select(*bands, "week", "mean", p10=pl.col("mean") * 0.7, p90=pl.col("mean") * 1.35)]
    for market in ("DE", "FR", "US"):
        part = demand.filter(market=market).group_by("week").agg(pl.col("mean").sum()).sort("week")
        label = [pl.lit("market").alias("group"), pl.lit(market).alias("key")]
        totals.append(part.select(*label, "week", "mean", p10=pl.col("mean") * 0.6, p90=pl.col("mean") * 1.5))
    past_weeks = [FIRST - timedelta(weeks=i) for i in range(104, 0, -1)]
    wave = 1 + 0.3 * np.sin(np.arange(104) / 4)
    sales = pl.DataFrame(
        {
            "sku": [s for s, _ in PAIRS for _ in past_weeks],
            "market": [m for _, m in PAIRS for _ in past_weeks],
            "week": past_weeks * len(PAIRS),
            "units": np.round(level[:, None] * wave).astype(int).ravel(),
        }
    ).filter(pl.col("units") > 0)
    past = sales.group_by("week").agg(pl.col("units").sum()).sort("week")
    return {
        "sales": sales,
        "past_totals": past.select(*bands, "week", "units"),
        "demand": demand,
        "demand_totals": pl.concat(totals),
    }


def summary() -> pl.DataFrame:
    rows = [
        ("revenue", 1284330.5, "CNY", "last_13_weeks"),
        ("margin", 212400.0, "CNY", "last_13_weeks"),
        ("margin_share", 0.193, "share", "last_13_weeks"),
        ("expected_units", 2480.6, "units", "horizon"),
        ("plan_gain", 18250.0, "CNY", "horizon"),
        ("order_cost", None, "CNY", "now"),
        ("five_day_share", 0.62, "share", "now"),
        ("rows_to_correct", 12.0, "rows", "now"),
        ("made_up_metric", 3.0, "m3", "now"),
    ]
    return pl.DataFrame(rows, schema=["metric", "value", "unit", "window"], orient="row")


def modes() -> dict[str, pl.DataFrame]:
    return {
        "tiers": pl.DataFrame(
            {
                "sku": ["MUG-RED", "LAMP-S", HOSTILE, "=1+1"],
                "tier": ["hot", "potential", "potential", "long_tail"],
                "contribution": [9800.0, 3100.0, 400.0, -20.0],
                "predictability": [0.8, 0.5, 0.4, 0.1],
            }
        ),
        "modes": pl.DataFrame(
            {
                "sku": ["MUG-RED", "LAMP-S"],
                "mode": ["semi_stocked", "pop"],
                "previous_mode": ["semi_jit", "pop"],
                "monthly_margin": [9800.0, 3100.0],
                "runner_up": ["semi_jit", "semi_jit"],
                "runner_up_margin": [8800.0, 2700.0],
                "gain": [1000.0, 0.0],
                "reason": ["made_up_reason", "made_up_reason"],
            }
        ),
        "mode_options": pl.DataFrame(
            {
                "sku": ["MUG-RED", "MUG-RED"],
                "mode": ["semi_stocked", "pop"],
                "monthly_margin": [9800.0, 7000.0],
                "allowed": [True, True],
                "wrong_costs": [0.0, 2800.0],
                "best_odds": [0.85, 0.15],
                "break_even_multiplier": [0.4, 1.2],
            }
        ),
    }


def savings() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "kind": ["smaller_pack", "standard_box"],
            "sku": ["LAMP-S", HOSTILE],
            "market": [None, None],
            "money": [812.5, 30.0],
            "parcels": [65.0, 20.0],
            "per_parcel": [12.5, 1.5],
            "billed_g": [900.0, None],
            "actual_g": [400.0, None],
            "currency": ["CNY", "CNY"],
            "reason": ["saving.smaller_pack", "saving.standard_box"],
        },
        schema_overrides={"market": pl.String},
    )


def beside_the_modes() -> dict[str, pl.DataFrame]:
    offers = {
        "sku": ["MUG-RED", HOSTILE],
        "retail_price": [60.0, 30.0],
        "floor_price": [21.5, 25.0],
        "walk_away_price": [27.25, 29.0],
        "platform_limit": [39.0, 19.5],
        "counter_offer": [33.125, None],
        "best_other_mode": ["semi_stocked", "pop"],
        "best_other_margin": [9800.0, 40.0],
        "monthly_units": [1000.0, 12.0],
        "currency": ["CNY", "CNY"],
        "reason": ["supply_offer.room", "supply_offer.no_room"],
    }
    parity = {
        "sku": ["MUG-RED", "MUG-RED"],
        "market": ["ES", "ES"],
        "mode": ["semi_stocked", "pop"],
        "price": [60.0, 90.0],
        "units": [400, 20],
        "reference": [60.0, 60.0],
        "gap_share": [0.0, 0.5],
        "currency": ["CNY", "CNY"],
        "reason": ["parity.reference", "parity.apart"],
    }
    policies = {
        "tier": ["hot", "long_tail"],
        "policy": ["stock", "jit"],
        "cover_days": [30.0, 0.0],
        "review_days": [7.0, 30.0],
        "modes": [["semi_stocked", "pop"], ["semi_jit"]],
    }
    control = {
        "decision": ["retail_price", "retail_price"],
        "mode": ["full", "pop"],
        "decided_by": ["platform", "seller"],
        "source": ["made up", "made up"],
        "confidence": ["C", "assumed"],
    }
    return {
        "mode_offers": pl.DataFrame(offers),
        "price_parity": pl.DataFrame(parity),
        "tier_policies": pl.DataFrame(policies),
        "mode_control": pl.DataFrame(control),
    }


def capacity() -> pl.DataFrame:
    demand = [20 + 15 * np.exp(-((i - 4) ** 2) / 6) for i in range(13)]
    frames = [
        pl.DataFrame(
            {
                "node": [node] * 13,
                "week": WEEKS,
                "demand_m3": [d * scale for d in demand],
                "stock_m3": [min(d * scale * 3, room or 1e9) for d in demand],
                "capacity_m3": [room] * 13,
                "value_per_m3": [212.0 if room and d * scale * 3 > room else 0.0 for d in demand],
            },
            schema_overrides={"capacity_m3": pl.Float64},
        )
        for node, scale, room in (("义乌仓 HZ", 1.0, 90.0), ("LAX", 0.6, None))
    ]
    return pl.concat(frames)


def orders() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "node": ["义乌仓 HZ", "LAX", "LAX"],
            "sku": ["MUG-RED", HOSTILE, "LAMP-S"],
            "order_units": [240, 12, 0],
            "order_up_to": [400, 20, 30],
            "available_units": [150, 8, 60],
            "on_the_way_units": [0, 0, 10],
            "arrives_week": [date(2026, 11, 30)] * 3,
            "expected_gain": [16800.0, 1450.0, 0.0],
            "stockout_odds_before": [0.62, 0.3, 0.02],
            "stockout_odds_after": [0.04, 0.05, 0.02],
            "order_cost": [3120.0, 240.0, 0.0],
            "volume_m3": [0.9, 0.1, 0.0],
            "critical_ratio": [0.93, 0.9, 0.9],
            "reason": ["made_up_reason"] * 3,
        }
    )


def promises() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "service": ["Cainiao Express", "Cainiao Express", "Yanwen", "Yanwen"],
            "node": ["HZ"] * 4,
            "market": ["US", "DE", "US", "FR"],
            "promise_days": [9, 12, 18, None],
            "on_time_odds": [0.91, 0.92, 0.9, None],
            "odds_5_days": [0.42, 0.12, 0.01, None],
            "reachable_5_days": [False, False, False, None],
            "parcels": [4200, 900, 310, 6],
            "reason": ["promise_given", "promise_given", "promise_given", "promise_too_few_parcels"],
        }
    )


def margin_by() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "mode": ["semi_jit", "semi_jit", "pop", "pop"],
            "market": ["US", "DE", "US", "FR"],
            "orders": [4100, 900, 1200, 60],
            "units": [5200, 1000, 1300, 70],
            "revenue": [640000.0, 150000.0, 480330.5, 14000.0],
            "known_revenue": [640000.0, 150000.0, 400000.0, 0.0],
            "base_service_fee": [22400.0, 5250.0, 0.0, None],
            "operation_fee": [21320.0, 4680.0, 0.0, None],
            "oversize_fee": [400.0, 0.0, 0.0, None],
            "commission": [0.0, 0.0, 32000.0, None],
            "freight": [156000.0, 40000.0, 98000.0, None],
            "product_cost": [260000.0, 60000.0, 160000.0, None],
            "inbound_cost": [12000.0, 3000.0, 0.0, None],
            "late_cost": [2000.0, 500.0, 0.0, None],
            "returns_cost": [19000.0, 6000.0, 21000.0, None],
            "capital_cost": [2880.0, 570.0, 6000.0, None],
            "margin": [144000.0, 30000.0, 83000.0, None],
        }
    )


def actions() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "rank": [1, 2, 3],
            "action": ["order_stock", "free_space", "correct_rows"],
            "expected_money": [16800.0, 212.0, None],
            "currency": ["CNY"] * 3,
            "sku": ["MUG-RED", None, None],
            "market": pl.Series([None] * 3, dtype=pl.String),
            "node": ["义乌仓 HZ", "义乌仓 HZ", None],
            "service": pl.Series([None] * 3, dtype=pl.String),
            "reason": ["made_up_reason", "stock_space", "action.correct_rows.reason"],
            "args": [
                json.dumps({"sku": "MUG-RED"}),
                json.dumps({"node": "义乌仓 HZ", "week": "2026-12-14", "value_per_m3": 212.4, "currency": "CNY"}),
                json.dumps({"rows": 12, "table": "order_lines", "file": HOSTILE}),
            ],
            "evidence_table": ["orders", "capacity", "corrections"],
            "evidence": [
                json.dumps({"node": "义乌仓 HZ", "sku": "MUG-RED"}),
                json.dumps({"node": "义乌仓 HZ", "week": "2026-12-14"}),
                json.dumps({"table": "order_lines", "problem": "made_up"}),
            ],
        }
    )
