"""The waterfall added up by mode and market, with what keeps part of it in the dark."""

import polars as pl
import pytest

from tradewind.engine.margin.summary import margin_by, unknown_costs
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


def test_each_missing_component_is_told_with_the_revenue_it_blocks():
    assert unknown_costs(waterfall()).rows() == [("freight", 1, 80.0)]
    assert unknown_costs(waterfall().head(2)).height == 0
