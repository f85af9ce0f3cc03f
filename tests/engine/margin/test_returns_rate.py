from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tradewind.core.errors import ParameterError
from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin import Costing, ReturnsParams, landed_margin, returns_by_market, returns_rates

RULES = load_rules().with_value("returns.assumed_rate", 0.04)
AS_OF = datetime(2026, 3, 2, tzinfo=UTC)
PRODUCTS = pl.DataFrame({"sku": ["a", "b", "new"], "category": ["toys", "toys", "lamps"]})


def made(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = TABLES[table].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def sale(order: str, sku: str, units: int, days_ago: int, **more: object) -> dict[str, object]:
    at = AS_OF - timedelta(days=days_ago)
    return {
        "platform": "p", "shop": "s", "order_id": order, "line_no": 1, "sku": sku, "market": "ES", "ordered_at": at,
        "units": units, "unit_price": 1.0, "currency": "CNY", "status": "paid", "known_at": at, **more,
    }  # fmt: skip


def back(order: str | None, sku: str, units: int, days_ago: int, kind: str = "return") -> dict[str, object]:
    at = AS_OF - timedelta(days=days_ago)
    return {
        "platform": "p", "shop": "s", "return_id": f"{order}{sku}{days_ago}", "line_no": 1, "order_id": order,
        "sku": sku, "market": "ES", "kind": kind, "units": units, "opened_at": at, "known_at": at,
    }  # fmt: skip


LINES = made("order_lines", [sale("1", "a", 100, 90), sale("2", "b", 100, 90), sale("3", "new", 5, 10)])
RETURNS = made("returns", [back("1", "a", 20, 60)])


def rate(lines: pl.DataFrame, returns: pl.DataFrame, sku: str = "a") -> float:
    rates = returns_rates(lines, returns, PRODUCTS, RULES, as_of=AS_OF)
    return float(rates.filter(sku=sku)["returns_rate"].item())


def test_a_record_is_drawn_towards_its_category_and_that_to_the_shop():
    # shop (20 + 50 x 0.04) / (200 + 50) = 0.088; toys (20 + 50 x 0.088) / 250 = 0.0976; a (20 + 4.88) / 150
    assert rate(LINES, RETURNS) == pytest.approx(0.165866666)
    assert rate(LINES, RETURNS, "b") == pytest.approx((0 + 4.88) / 150)


def test_a_sale_that_may_still_come_back_is_not_counted():
    assert "new" not in returns_rates(LINES, RETURNS, PRODUCTS, RULES, as_of=AS_OF)["sku"]


def test_a_return_opened_later_changes_nothing():
    later = back("2", "b", 90, -1)
    for seen_at in (later["known_at"], None):
        returns = pl.concat([RETURNS, made("returns", [{**later, "known_at": seen_at}])])
        assert rate(LINES, returns) == rate(LINES, RETURNS)


def test_a_return_reported_later_changes_nothing():
    told_later = {**back("2", "b", 90, 60), "known_at": AS_OF + timedelta(days=1)}
    assert rate(LINES, pl.concat([RETURNS, made("returns", [told_later])])) == rate(LINES, RETURNS)


def test_a_return_of_a_recent_sale_is_not_set_against_old_sales():
    lines = pl.concat([LINES, made("order_lines", [sale("4", "a", 50, 20)])])
    returns = pl.concat([RETURNS, made("returns", [back("4", "a", 50, 5)])])
    assert rate(lines, returns) == rate(LINES, RETURNS)


def test_a_cancellation_before_shipping_is_no_return():
    called_off = pl.concat([RETURNS, made("returns", [back("2", "b", 90, 80, "cancellation")])])
    assert rate(LINES, called_off) == rate(LINES, RETURNS)


def test_more_returns_than_sales_are_cut_to_the_sales():
    assert rate(LINES, made("returns", [back("1", "a", 10_000, 60)])) < 0.95


def test_without_a_returns_table_there_is_no_record():
    assert returns_rates(LINES, None, PRODUCTS, RULES, as_of=AS_OF).is_empty()


def test_a_prior_without_weight_is_refused():
    with pytest.raises(ParameterError, match="weight_units"):
        ReturnsParams(weight_units=0)


TWO_MARKETS = made(
    "order_lines", [sale("1", "a", 400, 90), sale("2", "a", 400, 90, market="US"), sale("3", "a", 9, 10, market="US")]
)
MORE_FROM_THERE = made("returns", [back("1", "a", 20, 60), back("2", "a", 60, 60)])


def factors(returns: pl.DataFrame = MORE_FROM_THERE) -> dict[str, float]:
    rates = pl.DataFrame({"sku": ["a"], "returns_rate": [0.1]})
    return dict(returns_by_market(TWO_MARKETS, returns, rates, as_of=AS_OF).iter_rows())


def test_a_market_that_sends_back_more_than_its_goods_do_elsewhere_is_counted_dearer():
    assert factors() == pytest.approx({"ES": (20 + 50) / (40 + 50), "US": (60 + 50) / (40 + 50)})
    assert returns_by_market(TWO_MARKETS, None, pl.DataFrame(), as_of=AS_OF).is_empty()


def test_returns_of_a_market_opened_later_change_nothing():
    assert factors(pl.concat([MORE_FROM_THERE, made("returns", [back("2", "a", 90, -1)])])) == factors()


def test_the_factor_of_the_market_moves_what_returns_cost_there():
    products = pl.DataFrame({"sku": ["a"], "unit_cost": [0.1], "currency": ["CNY"], "weight_g": [10.0]})
    lines = TWO_MARKETS.with_columns(mode=pl.lit("pop"), paid_amount=pl.lit(100.0)).cast(
        {"mode": TABLES["order_lines"].empty().schema["mode"]}
    )
    rates = pl.DataFrame({"sku": ["a"], "returns_rate": [0.5]})
    plain = Costing(products=products, returns_rate=rates)
    dearer = replace(plain, returns_factors=pl.DataFrame({"market": ["US"], "returns_factor": [3.0]}))
    by = [landed_margin(lines, RULES, costing)["returns_cost"].to_list() for costing in (plain, dearer)]
    assert by[0][0] == by[1][0]
    assert by[1][1] / by[0][1] == pytest.approx(0.95 / 0.5)  # never surer than that


@pytest.mark.parametrize(
    "said", [{"weight_units": -1}, {"weight_returns": 0}, {"weight_returns": -1}, {"settled_after_days": -1}]
)
def test_settings_outside_their_range_are_refused_by_name(said):
    with pytest.raises(ParameterError, match=next(iter(said))):
        ReturnsParams(**said)


def test_settings_at_the_edge_of_their_range_and_the_usual_ones():
    ReturnsParams(weight_units=0.5, weight_returns=0.5, settled_after_days=0)
    assert ReturnsParams() == ReturnsParams(weight_units=50.0, weight_returns=50.0, settled_after_days=45)


@pytest.mark.parametrize(("ago", "counted"), [(44, 100), (45, 100), (46, 150)])
def test_a_sale_counts_once_it_is_older_than_forty_five_days(ago, counted):
    lines = pl.concat([LINES, made("order_lines", [sale("4", "a", 50, ago)])])
    found = returns_rates(lines, RETURNS, PRODUCTS, RULES, as_of=AS_OF).filter(sku="a").row(0, named=True)
    assert (found["sold_units"], found["returned_units"]) == (counted, 20)


@pytest.mark.parametrize(
    ("returned", "units"),
    [
        (back("1", "a", 5, 0), 25),  # opened and known this very moment
        ({**back("1", "a", 5, 9), "known_at": None}, 25),
        (back(None, "a", 5, 46), 25),  # an order nobody named, opened when sales of that time count
        (back(None, "a", 5, 45), 20),
        (back("9", "a", 5, 60), 20),  # an order that is not on record
        (back("1", "a", 500, 60), 100),  # no more than was sold
    ],
)
def test_which_returns_count(returned, units):
    found = returns_rates(LINES, pl.concat([RETURNS, made("returns", [returned])]), PRODUCTS, RULES, as_of=AS_OF)
    assert found.filter(sku="a")["returned_units"].item() == units


def test_what_a_sku_is_compared_with_is_its_categorys_rate():
    found = returns_rates(LINES, RETURNS, PRODUCTS, RULES, as_of=AS_OF)
    assert found.select("sku", "sold_units", "returned_units").rows() == [("a", 100, 20), ("b", 100, 0)]
    assert found["category_rate"].to_list() == pytest.approx([0.0976, 0.0976])


def test_a_return_counts_in_the_market_its_order_was_sold_to():
    """Returned from an address in ES, sold to the US."""
    assert factors(made("returns", [back("2", "a", 60, 60)])) == pytest.approx({"ES": 50 / 90, "US": 110 / 90})
    unnamed = made("returns", [{**back(None, "a", 60, 60), "market": "ES"}])
    assert factors(unnamed) == pytest.approx({"ES": 110 / 90, "US": 50 / 90})
