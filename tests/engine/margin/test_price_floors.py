"""To which price a unit that loses money has to be raised."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from tests.engine.margin.test_economics import AS_OF, RULES, TABLES_GIVEN, made, sale
from tradewind.engine.margin import Costing, unit_economics
from tradewind.engine.margin.price_floors import TARGET, _lowest, with_price_floors

COSTING = Costing("CNY", **TABLES_GIVEN)
SOLD = [sale("1", "cup", 1, 12.0), sale("2", "cup", 1, 14.0, market="FR"), sale("3", "pen", 1, 400.0)]


def floors(rows=SOLD, rules=RULES, costing=COSTING):
    lines = made("order_lines", rows)
    found = unit_economics(lines, rules, costing, as_of=AS_OF)
    return lines, with_price_floors(found, lines, rules, costing, as_of=AS_OF)


def again(lines, found, price: str):
    """What the units that lose leave at that price."""
    prices = found.drop_nulls(price).select("sku", "market", "mode", price=price)
    at = unit_economics(lines, RULES, COSTING, as_of=AS_OF, prices=prices)
    return at.join(prices.select("sku", "market", "mode"), on=["sku", "market", "mode"], how="semi")


def test_only_units_that_lose_have_a_price_to_be_raised_to():
    _, found = floors()
    loses = (pl.col("margin") < 0).fill_null(False)
    assert found.filter(loses).height > 0
    assert found.filter(loses & (pl.col("market") == "ES"))["target_price"].null_count() == 0
    assert (
        found.filter(~loses).select("break_even_price", "target_price").null_count().row(0)
        == (found.filter(~loses).height,) * 2
    )


@pytest.mark.parametrize(("price", "share"), [("break_even_price", 0.0), ("target_price", 0.15)])
def test_at_the_price_found_a_unit_earns_the_share_and_a_cent_lower_less(price, share):
    lines, found = floors()
    at = again(lines, found, price)
    assert at.height > 0
    assert (at["margin"] - share * at["price"] >= -1e-6).all()
    lower = found.with_columns(pl.col(price) - 0.01)
    below = again(lines, lower, price)
    assert (below["margin"] - share * below["price"] < 1e-6).all()


def test_the_share_aimed_at_is_the_rules():
    _, found = floors(rules=RULES.with_value(TARGET, 0.0))
    assert found["target_price"].equals(found["break_even_price"])


def test_where_nothing_loses_there_are_no_prices():
    _, found = floors([sale("3", "cup", 1, 400.0)])
    assert found.select("break_even_price", "target_price").null_count().row(0) == (found.height, found.height)


def test_orders_of_other_goods_do_not_change_the_price():
    more = [sale(str(n), "pen", 2, 400.0, days_ago=3) for n in range(10, 20)]
    key = ["sku", "market", "mode", "break_even_price", "target_price"]
    _, alone = floors(SOLD[:2])
    _, beside = floors([*SOLD[:2], *more])
    assert beside.filter(pl.col("sku") == "cup").select(key).equals(alone.select(key))


def test_later_orders_are_not_seen():
    later = sale("9", "cup", 1, 900.0, days_ago=-1, known_at=AS_OF + timedelta(days=1))
    _, now = floors()
    _, then = floors([*SOLD, later])
    assert then.equals(now)


@pytest.mark.parametrize(
    ("margin", "found"),
    [
        (lambda p: 0.8 * p - 20.0, 25.0),
        (lambda p: 0.8 * p - 20.001, 25.01),  # up to the next cent
        (lambda p: np.where(p > 40, 0.8 * p - 60.0, 0.8 * p - 20.0), 25.0),  # a jump beyond it
        (lambda p: np.where(p > 20, 0.8 * p - 40.0, 0.8 * p - 20.0), 50.0),  # a jump on the way
        (lambda p: np.where(p >= 30, 5.0, -5.0), 30.0),  # nothing but a jump: near it, and beyond
        (lambda p: 0.0 * p - 1.0, None),
    ],
)
def test_the_search_finds_where_a_margin_reaches_nothing(margin, found):
    now = np.array([10.0, 10.0])
    prices = _lowest(now, margin(now), margin, 0.0)
    assert prices[0] == prices[1] or np.isnan(prices).all()
    if found is None:
        assert np.isnan(prices).all()
    else:
        assert found - 1e-9 <= prices[0] <= found + 0.2
        assert (margin(prices) >= -1e-7).all()
