"""The named cases of tests/cases/margin*.yaml: date, input, expected lines, to the cent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tradewind.core.rules import Rules
from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin import Costing, landed_margin, statement
from tradewind.engine.margin.cards import BRACKETS

FOLDER = Path(__file__).parents[2] / "cases"
CASES = [
    case
    for file in ("margin.yaml", "margin_border.yaml", "margin_outcomes.yaml")
    for case in yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
]
LEFT_OUT = ("surcharge.remote_odds", "fx.spread", "returns.seller_fault_share")
"""Assumed costs a case leaves out, so that its sum can be read, unless it says `whole: true` or sets them itself."""

PRODUCTS = {
    "cup": {"weight_g": 89, "sides_cm": [12, 8, 5], "cost": 10},
    "pen": {"weight_g": 20, "sides_cm": [3, 2, 5], "cost": 1},
}
CARDS = [{"service": "std", "node": "HZ", "market": "ES", "per_kg": 60.0, "per_parcel": 17.26}]
NODES = [{"node": "HZ", "kind": "preferred", "market": "CN"}]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    waterfall = landed_margin(order_lines(case), rules_of(case, tmp_path), costing(case), outcomes=outcomes(case))
    assert waterfall.height == len(case["expect"])
    for line, expected in zip(waterfall.iter_slices(1), case["expect"], strict=True):
        assert seen(line, expected) == wanted(expected)
    if "expect_order" in case:
        assert seen(waterfall, case["expect_order"]) == wanted(case["expect_order"])


def costing(case: dict[str, Any]) -> Costing:
    tiers = [{"service": "std", "node": "HZ", "market": "ES", **t} for t in case.get("tiers", [])]
    own = [{"sku": sku, "market": m, "duty_rate": r} for sku, m, r in case.get("duty_rates", [])]
    ads = [{"sku": sku, "market": m, "ad_per_unit": r} for sku, m, r in case.get("ads", [])]
    return Costing(
        case.get("base", "CNY"),
        products=products({**PRODUCTS, **case.get("products", {})}),
        services=services(case.get("cards", CARDS)),
        nodes=table("nodes", case.get("nodes", NODES)),
        fx=fx(case.get("fx", [])),
        parcels=parcels(case),
        returns_rate=rates(case),
        brackets=pl.DataFrame(tiers, schema=BRACKETS) if tiers else None,
        duty_rates=pl.DataFrame(own, orient="row") if own else None,
        ad_costs=pl.DataFrame(ads) if ads else None,
    )


def rules_of(case: dict[str, Any], folder: Path) -> Rules:
    overlay = folder / "rules.yaml"
    overlay.write_text(yaml.safe_dump(case.get("rules", [])), encoding="utf-8")
    rules = load_rules(overrides=overlay)
    said = {row["id"] for row in case.get("rules", []) if "id" in row}
    for rule in [] if case.get("whole") else LEFT_OUT:
        rules = rules if rule in said else rules.with_value(rule, 0.0)
    for rule, reading in case.get("readings", {}).items():
        rules = rules.with_reading(rule, reading)
    return rules


def seen(lines: pl.DataFrame, expected: dict[str, Any]) -> dict[str, Any]:
    whole = statement(lines)
    out: dict[str, Any] = {}
    for name in expected:
        if name == "unknown":
            out[name] = lines["unknown"][0].to_list()
        elif name == "margin_known_part":
            out[name] = Decimal(str(round(lines[name][0], 2)))
        elif name == "margin":
            # the exact margin, rounded once; the statement's may be half a cent per component away
            out[name] = None if lines[name][0] is None else Decimal(str(round(lines[name][0], 2)))
        else:
            out[name] = whole[name]
    return out


def wanted(expected: dict[str, Any]) -> dict[str, Any]:
    return {k: Decimal(str(v)) if isinstance(v, int | float) else v for k, v in expected.items()}


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = TABLES[name].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def order_lines(case: dict[str, Any]) -> pl.DataFrame:
    return table(
        "order_lines",
        [
            {
                "platform": "aliexpress", "shop": "s", "order_id": "1", "line_no": i, "sku": line["sku"],
                "market": line.get("market", "ES"), "mode": line["mode"], "ordered_at": at(case["day"]),
                "units": line["units"], "unit_price": float(line.get("price", 0)), "discount": line.get("discount"),
                "paid_amount": line.get("paid"), "currency": line.get("currency", "CNY"),
                "status": "cancelled" if line.get("cancelled") else "paid", "known_at": at(case["day"]),
            }
            for i, line in enumerate(case["lines"], start=1)
        ],
    )  # fmt: skip


def products(rows: dict[str, dict[str, Any]]) -> pl.DataFrame:
    made = []
    for sku, row in rows.items():
        sides = [side * 10.0 for side in row["sides_cm"]] if "sides_cm" in row else [None] * 3
        made.append(
            {
                "sku": sku, "unit_cost": row.get("cost"), "currency": row.get("currency", "CNY"),
                "weight_g": row.get("weight_g"), "hs_code": row.get("hs"), "carton_units": row.get("carton"),
                "length_mm": sides[0], "width_mm": sides[1], "height_mm": sides[2],
            }
        )  # fmt: skip
    return table("products", made)


def services(cards: list[dict[str, Any]]) -> pl.DataFrame:
    return table(
        "services",
        [
            {
                **card, "service_class": card.get("class", "standard"), "freight_per_kg": card["per_kg"],
                "freight_per_parcel": card["per_parcel"], "currency": "CNY",
                "volumetric_divisor_cm3_per_kg": card.get("divisor"),
            }
            for card in cards
        ],
    )  # fmt: skip


def parcels(case: dict[str, Any]) -> pl.DataFrame:
    return table(
        "parcels",
        [
            {
                "platform": "aliexpress", "shop": "s", "parcel_id": str(i), "order_id": "1",
                "service": row.get("service", "std"), "node": "HZ", "market": "ES",
                "created_at": at(row.get("day", case["day"])),
                "freight_amount": row["freight"], "currency": row.get("currency", "CNY"), "known_at": at(case["day"]),
            }
            for i, row in enumerate(case.get("parcels", []))
        ],
    )  # fmt: skip


def fx(rows: list[list[Any]]) -> pl.DataFrame:
    return table(
        "fx",
        [
            {"currency": c, "on_date": day, "rate": rate, "quote": quote[0] if quote else "CNY", "known_at": at(day)}
            for c, day, rate, *quote in rows
        ],
    )


def rates(case: dict[str, Any]) -> pl.DataFrame | None:
    """A SKU's rate, or its rate and its category's."""
    if "returns_rate" not in case:
        return None
    said = {sku: rate if isinstance(rate, list) else [rate, None] for sku, rate in case["returns_rate"].items()}
    return pl.DataFrame(
        {
            "sku": list(said),
            "returns_rate": [own for own, _ in said.values()],
            "category_rate": [mean for _, mean in said.values()],
        },
        schema={"sku": pl.String, "returns_rate": pl.Float64, "category_rate": pl.Float64},
    )


def outcomes(case: dict[str, Any]) -> pl.DataFrame | None:
    if "outcome" not in case:
        return None
    return pl.DataFrame([{"platform": "aliexpress", "shop": "s", "order_id": "1", **case["outcome"]}])
