"""The forecast against the true rates of the generated seller, which only tests and benchmarks may see."""

from datetime import date

import polars as pl
import pytest

from tradewind.core.tables import TABLES
from tradewind.data.simulated.scales import scale_named
from tradewind.data.simulated.seller import generate
from tradewind.data.sku_mapping import map_skus
from tradewind.engine.demand import forecast, weekly_sales
from tradewind.engine.demand.baselines import baseline_demand

FIRST_WEEK = date(2026, 10, 19)
WANTED = (
    "order_lines", "stock", "nodes", "calendar", "products", "listings", "bundles", "returns", "settlements", "traffic",
    "reservations",
)  # fmt: skip


@pytest.fixture(scope="module")
def every_pair() -> pl.DataFrame:
    """Per pair of `small`: expected units a week, the climatology's, and the true rate of the 13 weeks ahead.

    The rate is null where the listing has ended, which the forecast is not told.
    """
    written = list(generate(scale_named("small"), 7))
    parts = {p.name: p.table for p in written if p.name in WANTED and not p.is_truth}
    facts = {
        n: parts[n].cast({c: t for c, t in TABLES[n].empty().schema.items() if c in parts[n].columns}) for n in WANTED
    }
    facts |= map_skus(facts)
    sales = weekly_sales(facts["order_lines"], facts["stock"], first_week=FIRST_WEEK, nodes=facts["nodes"])
    ours = forecast(sales, first_week=FIRST_WEEK, calendar=facts["calendar"], products=facts["products"])
    plain = baseline_demand("climatology", sales, first_week=FIRST_WEEK)
    rates = next(p.table for p in written if p.name == "rates").with_columns(pl.col("sku", "market").cast(pl.String))
    truth = rates.with_columns(rate=pl.col("rate").cast(pl.Float64) * pl.col("kept_share"))
    pair = ["sku", "market"]
    return (
        ours.join(truth.select(*pair, "week", "rate"), on=[*pair, "week"], how="left")
        .join(plain.select(*pair, "week", plain="mean"), on=[*pair, "week"], how="left")
        .group_by(pair)
        .agg(pl.col("mean").mean(), pl.col("plain").mean(), pl.col("rate").mean())
        .sort(pair)
    )


@pytest.fixture(scope="module")
def told(every_pair: pl.DataFrame) -> pl.DataFrame:
    """The pairs that can still be bought."""
    return every_pair.drop_nulls("rate")


def ratio(rows: pl.DataFrame, column: str = "mean") -> float:
    return rows[column].sum() / rows["rate"].sum()


def test_pairs_above_one_a_week_are_right_within_five_per_cent(told):
    assert ratio(told.filter(pl.col("mean") > 1)) == pytest.approx(1.0, abs=0.05)
    assert ratio(told.filter(pl.col("rate") > 1)) == pytest.approx(1.0, abs=0.05)


def test_pairs_from_a_tenth_a_week_are_right_within_fifteen_per_cent(told):
    assert ratio(told.filter(pl.col("mean").is_between(0.1, 1.0))) == pytest.approx(1.0, abs=0.15)


def test_pairs_that_truly_sell_from_a_tenth_a_week_come_out_too_high_by_less_than_two_fifths(told):
    """Sorted by what nobody can know; who knows all laws of the generator is 14 % too high (benchmarks/README.md)."""
    assert 1.0 < ratio(told.filter(pl.col("rate").is_between(0.1, 1.0))) < 1.4


def test_goods_that_faded_until_their_listing_ended_are_expected_to_sell_next_to_nothing(every_pair):
    gone = every_pair.filter(pl.col("rate").is_null())
    assert gone.height > 200
    assert gone["mean"].sum() < 0.0007 * every_pair["mean"].sum()


def test_no_pair_is_forecast_at_nothing(every_pair):
    assert every_pair["mean"].min() > 0


def test_the_plain_record_of_26_weeks_misses_the_peak_ahead_by_more(told):
    busy = told.filter(pl.col("mean") > 1)
    assert abs(ratio(busy) - 1) < abs(ratio(busy.drop_nulls("plain"), "plain") - 1)
