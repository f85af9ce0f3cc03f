"""The waterfall added up by mode and market, with what keeps part of it in the dark."""

import polars as pl
import pytest

from tests.data.lines import line, order_lines, rows
from tradewind.data.rules import load_rules
from tradewind.engine.margin import Costing, landed_margin
from tradewind.engine.margin.summary import blocked_money, margin_by, unknown_costs
from tradewind.engine.margin.value import COMPONENTS

COSTS = [c for c in COMPONENTS if c != "revenue"]


def waterfall() -> pl.DataFrame:
    """Three lines of two orders; the freight of one line, and so its margin, is not known."""
    lines = pl.DataFrame(
        {
            "platform": ["ae"] * 3,
            "shop": ["s"] * 3,
            "order_id": ["o1", "o1", "o2"],
            "line_no": [1, 2, 1],
            "mode": ["semi_jit"] * 3,
            "market": ["ES"] * 3,
            "units": [1, 2, 1],
            "revenue": [100.0, 50.0, 80.0],
            "margin": [30.0, 10.0, None],
            "unknown": [[], [], ["freight"]],
        },
        schema_overrides={"unknown": pl.List(pl.String)},
    )
    costs = {c: pl.lit(0.0) for c in COSTS} | {"product_cost": pl.Series([70.0, 40.0, 20.0])}
    known_freight = pl.when(pl.col("margin").is_not_null()).then(0.0)
    return lines.with_columns(**costs).with_columns(freight=known_freight)


def test_what_of_the_waterfall_is_not_kept_is_left_out_of_the_sums():
    """A plan keeps revenue and margin of every line, not its costs."""
    columns = ("mode", "market", "orders", "units", "revenue", "margin", "known_share")
    kept = waterfall().select("platform", "shop", "order_id", "mode", "market", "units", "revenue", "margin")
    assert margin_by(kept).select(columns).equals(margin_by(waterfall()).select(columns))
    assert not set(COSTS) & set(margin_by(kept).columns)


def test_costs_and_margin_are_of_the_lines_whose_margin_is_known():
    told = margin_by(waterfall()).row(0, named=True)
    assert (told["orders"], told["lines"], told["units"]) == (2, 3, 4)
    assert told["revenue"] == 230.0
    assert told["known_revenue"] - sum(told[c] for c in COSTS) == pytest.approx(told["margin"])
    assert told["known_share"] == pytest.approx(150 / 230)


def test_nothing_known_is_an_unknown_margin_not_zero():
    told = margin_by(waterfall().with_columns(margin=pl.lit(None, pl.Float64)))
    assert told["margin"].item() is None
    assert told["freight"].item() is None


def test_each_missing_component_is_listed_with_the_revenue_it_blocks():
    assert unknown_costs(waterfall()).rows() == [("freight", 1, 80.0)]
    assert unknown_costs(waterfall().head(2)).height == 0


def test_what_is_missing_is_listed_with_the_money_it_blocks():
    lines = order_lines(
        line("o1", sku="whole", mode="full", currency="CNY", paid_amount=10.0),
        line("o2", sku="no_cost", mode="full", currency="CNY", paid_amount=20.0),
        line("o3", sku="no_weight", mode="pop", currency="CNY", paid_amount=40.0, market="US"),
        line("o4", sku="whole", mode="full", currency="USD", paid_amount=80.0),
        line("o5", sku="whole", mode=None, currency="CNY", paid_amount=160.0),
    )
    size = {"length_mm": 100, "width_mm": 100, "height_mm": 100}
    products = rows(
        "products",
        [
            {"sku": "whole", "unit_cost": 1.0, "currency": "CNY", "weight_g": 50.0, **size},
            {"sku": "no_cost", "weight_g": 50.0, **size},
            {"sku": "no_weight", "unit_cost": 1.0, "currency": "CNY", **size},
        ],
    )
    waterfall = landed_margin(lines, load_rules(), Costing(products=products), in_full=True)
    found = {r["cause"]: r for r in blocked_money(waterfall, "CNY").iter_rows(named=True)}
    assert {c: (r["lines"], r["money"], r["currency"], r["example"]) for c, r in found.items()} == {
        "mode": (1, 160.0, "CNY", "o5"),
        "rate": (1, 80.0, "USD", "USD"),
        "card": (1, 40.0, "CNY", "US"),
        "weight": (1, 40.0, "CNY", "no_weight"),
        "unit_cost": (1, 20.0, "CNY", "no_cost"),
    }


def test_a_line_without_a_price_lacks_its_price_and_not_a_rate():
    lines = order_lines(line("o1", sku="whole", mode="full", currency=None, unit_price=None))
    products = rows("products", [{"sku": "whole", "unit_cost": 1.0, "currency": "CNY", "weight_g": 50.0}])
    waterfall = landed_margin(lines, load_rules(), Costing(products=products), in_full=True)
    found = blocked_money(waterfall, "CNY")
    assert found.filter(cause="price").select("lines", "money", "currency", "example").rows() == [(1, 0.0, "CNY", "o1")]
    assert "rate" not in found["cause"]
