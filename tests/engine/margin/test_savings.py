"""Savings are differences of the freight the margin counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin import Costing
from tradewind.engine.margin.cards import BRACKETS
from tradewind.engine.margin.savings import savings
from tradewind.engine.margin.waterfall import landed_margin

RULES = load_rules()
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def made(table: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = TABLES[table].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def order(
    no: int, sku: str, mode: str = "pop", hours: float = 0, buyer: str | None = None, market: str = "ES"
) -> dict[str, Any]:
    at = NOON + timedelta(hours=hours)
    return {
        "platform": "p", "shop": "s", "order_id": str(no), "line_no": 1, "sku": sku, "market": market, "mode": mode,
        "ordered_at": at, "units": 1, "unit_price": 100.0, "paid_amount": 100.0, "currency": "CNY", "status": "paid",
        "buyer_key": buyer, "known_at": at,
    }  # fmt: skip


def product(sku: str, weight_g: float, *sides_mm: float) -> dict[str, Any]:
    sides = dict(zip(("length_mm", "width_mm", "height_mm"), sides_mm, strict=True))
    return {"sku": sku, "unit_cost": 10.0, "currency": "CNY", "weight_g": weight_g, **sides}


PRODUCTS = made("products", [product("cup", 310.0, 50.0, 50.0, 50.0), product("pillow", 200.0, 300.0, 200.0, 120.0)])
NODES = made("nodes", [{"node": "YW", "kind": "seller", "market": "CN"}])


def card(service: str, per_kg: float, per_parcel: float, market: str = "ES") -> dict[str, Any]:
    return {
        "service": service, "node": "YW", "market": market, "service_class": "standard", "freight_per_kg": per_kg,
        "freight_per_parcel": per_parcel, "currency": "CNY",
    }  # fmt: skip


def found(orders: list[dict[str, Any]], tiers: list[dict[str, Any]] | None = None, **more: Any) -> pl.DataFrame:
    lines = made("order_lines", orders)
    services = made("services", [card("std", 60.0, 17.0), card("slow", 50.0, 10.0), card("std", 60.0, 17.0, "FR")])
    parcels = made(
        "parcels",
        [
            {"platform": "p", "shop": "s", "parcel_id": "1", "order_id": "x", "service": "std", "node": "YW",
             "market": "ES", "created_at": NOON, "known_at": NOON}
        ],
    )  # fmt: skip
    lane = {"service": "std", "node": "YW", "market": "ES"}
    brackets = pl.DataFrame([{**lane, **t} for t in tiers], schema=BRACKETS) if tiers else None
    wide = landed_margin(
        lines, RULES, in_full=True,
        costing=Costing("CNY", products=PRODUCTS, services=services, nodes=NODES, parcels=parcels, brackets=brackets),
    )  # fmt: skip
    buyers = lines.select("platform", "shop", "order_id", "buyer_key")
    return savings(wide, months=2.0, services=services, brackets=brackets, buyers=buyers, **more)


def test_a_parcel_ten_grams_above_a_step_shows_what_the_step_would_cost():
    tiers = [
        {"up_to_g": 300.0, "tier_per_kg": 70.0, "tier_per_parcel": 19.0},
        {"up_to_g": 2000.0, "tier_per_kg": 63.0, "tier_per_parcel": 23.0},
    ]
    row = found([order(1, "cup"), order(2, "cup")], tiers).filter(kind="below_tier").row(0, named=True)
    assert row["per_parcel"] == pytest.approx(0.310 * 63 + 23 - (0.300 * 70 + 19))
    assert (row["step_g"], row["over_g"], row["parcels"]) == pytest.approx((300.0, 10.0, 1.0))
    assert row["money"] == pytest.approx(row["per_parcel"])


def test_goods_that_pay_for_their_volume_save_by_a_smaller_pack():
    row = found([order(1, "pillow")]).filter(kind="smaller_pack").row(0, named=True)
    assert row["per_parcel"] == pytest.approx(1.2 * (1 - 0.729) * 60)
    assert row["money"] == pytest.approx(row["per_parcel"] / 2)
    assert found([order(1, "cup")]).filter(kind="smaller_pack").is_empty()


def test_a_pack_is_made_smaller_once_for_all_markets():
    one = found([order(1, "pillow")]).filter(kind="smaller_pack")
    both = found([order(1, "pillow"), order(2, "pillow", market="FR")]).filter(kind="smaller_pack")
    assert both.select("sku", "market", "mode").rows() == [("pillow", None, None)]
    assert both["money"].item() == pytest.approx(2 * one["money"].item())


def test_a_cheaper_service_counts_only_where_its_promise_is_no_later():
    lane = {"node": ["YW"] * 2, "market": ["ES"] * 2, "service": ["std", "slow"]}
    as_sure = pl.DataFrame({**lane, "promise_days": [12, 12]})
    later = pl.DataFrame({**lane, "promise_days": [12, 13]})
    unknown = pl.DataFrame({**lane, "promise_days": [12, None]})
    row = found([order(1, "cup")], promises=as_sure).filter(kind="cheaper_service").row(0, named=True)
    assert row["other"] == "slow"
    assert row["per_parcel"] == pytest.approx(0.310 * 10 + 7)
    for promises in (later, unknown):
        assert found([order(1, "cup")], promises=promises).filter(kind="cheaper_service").is_empty()


def test_the_late_fee_and_nothing_else_is_saved_by_being_in_time():
    row = found([order(1, "cup", "semi_jit"), order(2, "cup", "semi_jit")]).filter(kind="on_time").row(0, named=True)
    assert row["money"] == pytest.approx(2 * 0.15 / 2)


def test_orders_of_one_buyer_within_two_days_could_share_a_parcel():
    orders = [order(1, "cup", buyer="b"), order(2, "cup", hours=47, buyer="b"), order(3, "cup", hours=120, buyer="b")]
    row = found([*orders, order(4, "cup", hours=1, buyer="c")]).filter(kind="consolidate").row(0, named=True)
    assert row["money"] == pytest.approx(17.0 / 2)
    assert row["parcels"] == pytest.approx(0.5)


def test_the_order_of_lines_does_not_matter_and_none_is_fine():
    orders = [order(i, sku, hours=i) for i, sku in enumerate(["cup", "pillow", "cup"])]
    assert found(orders).equals(found(orders[::-1]))
    assert found([]).is_empty()
    assert found([]).schema == found(orders).schema
