"""What a month brings in one mode, by hand: sold as demanded, or bought ahead with what is left over."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from tradewind.data.rules import load_rules
from tradewind.engine.modes.earning import MonthlyEarnings, earnings_in, is_stocked, leftover_loss, unit_terms

RULES = load_rules()
DAY = date(2026, 11, 20)
DEMAND = np.array([[10.0, 20.0, 30.0, 40.0], [2.0, 0.0, 4.0, 2.0]])
"""Two markets of one SKU in four scenarios."""
ONE_SKU, TWO_SKUS = np.array([0]), np.array([0, 1])
"""Both rows are one SKU's, or each its own."""


def unit(margin: float | None = 3.0, outlay: float | None = 10.0, storage: float | None = 0.0) -> pl.DataFrame:
    schema = {"margin": pl.Float64, "outlay": pl.Float64, "storage": pl.Float64, "months_tied": pl.Float64,
              "late_cost": pl.Float64}  # fmt: skip
    return pl.DataFrame([(margin, outlay, storage, 0.5, 0.1)] * 2, schema=schema, orient="row")


def month(
    mode: str, terms: pl.DataFrame, demand: np.ndarray = DEMAND, starts: np.ndarray = ONE_SKU,
    loss: float | None = None, where: tuple[bool, bool] = (True, True),
) -> MonthlyEarnings:  # fmt: skip
    return earnings_in(mode, terms, demand, starts, loss, np.array(where))


def test_what_is_sold_as_demanded_earns_its_margin_in_every_scenario():
    found = month("pop", unit())
    assert found.profit.tolist() == [[36.0, 60.0, 102.0, 126.0]]
    assert (found.units.tolist(), found.known.tolist()) == ([27.0], [True])
    assert found.capital_tied.tolist() == [27 * 10 * 0.5]
    assert found.late_fines == pytest.approx([2.7])


def test_each_sku_is_added_up_by_itself():
    found = month("pop", unit(), starts=TWO_SKUS)
    assert found.profit.tolist() == [[30.0, 60.0, 90.0, 120.0], [6.0, 0.0, 12.0, 6.0]]
    assert found.units.tolist() == [25.0, 2.0]


def test_markets_that_are_left_out_bring_nothing():
    found = month("pop", unit(), where=(False, True))
    assert found.profit.tolist() == [[6.0, 0.0, 12.0, 6.0]]
    assert found.units.tolist() == [2.0]


@pytest.mark.parametrize(
    ("mode", "terms", "loss", "known"),
    [
        ("pop", unit(margin=None), None, False),
        ("pop", unit(outlay=None, storage=None), None, True),
        ("semi_stocked", unit(outlay=None), 0.1, False),
        ("semi_stocked", unit(storage=None), 0.1, False),
    ],
)
def test_a_missing_figure_leaves_what_rests_on_it_unknown(mode, terms, loss, known):
    assert month(mode, terms, loss=loss).known.tolist() == [known]
    assert month(mode, terms, loss=loss, where=(False, False)).known.tolist() == [True]


def test_goods_bought_ahead_are_the_newsvendors_and_leftovers_cost():
    """Demanded: 12, 20, 34, 42. Margin 3, a unit left over loses 1: three of four scenarios are served, 34 units."""
    found = month("semi_stocked", unit(), loss=0.1)
    assert found.profit.tolist() == [[3 * 12 - 22, 3 * 20 - 14, 3 * 34, 3 * 34]]
    assert found.capital_tied.tolist() == [27 * 10 * 0.5 + 10 * (22 + 14 + 0 + 0) / 4]


def test_storage_is_paid_for_what_lies_there_on_average():
    """Storage 0.5 beside a loss of 0.5: the same 34 units, half of what sells lies there on average."""
    found = month("semi_stocked", unit(storage=0.5), loss=0.05)
    assert found.profit[0].tolist() == pytest.approx(
        [3 * s - 0.5 * (34 - s / 2) - 0.5 * (34 - s) for s in (12, 20, 34, 34)]
    )


def test_overseas_has_a_stock_of_its_own_in_each_market():
    """30 of 10, 20, 30, 40 and 2 of 0, 2, 2, 4, three of four scenarios each."""
    found = month("overseas", unit(), loss=0.1)
    first = [3 * 10 - 20, 3 * 20 - 10, 3 * 30, 3 * 30]
    second = [3 * 2 - 0, 0 - 2, 3 * 2, 3 * 2]
    assert found.profit[0].tolist() == [a + b for a, b in zip(first, second, strict=True)]


def test_goods_that_earn_nothing_are_bought_for_the_expected_demand_so_that_the_loss_shows():
    found = month("semi_stocked", unit(margin=-1.0), loss=0.1)
    assert found.profit[0].tolist() == pytest.approx([-12 - 15, -20 - 7, -27, -27])


def test_where_a_unit_left_over_costs_nothing_all_that_may_sell_is_bought():
    found = month("semi_stocked", unit(), loss=0.0)
    assert found.profit[0].tolist() == [36.0, 60.0, 102.0, 126.0]


def test_units_of_two_markets_are_weighed_by_how_many_are_demanded():
    """Margins 4 and 0 of 25 and 2 units: 3.70 on average, so that 78.7 %, four of four scenarios, are served."""
    terms = unit().with_columns(margin=pl.Series([4.0, 0.0]))
    found = month("semi_stocked", terms, loss=0.1)
    assert found.profit[0].tolist() == pytest.approx([4 * 10 - 30, 4 * 20 - 22, 4 * 30 - 8, 4 * 40])


def test_what_is_earned_elsewhere_is_added_to_the_skus_it_belongs_to():
    total = MonthlyEarnings.none(2, 4)
    part = month("pop", unit(), starts=ONE_SKU)
    total.add(part, np.array([False, True]))
    assert total.profit.tolist() == [[0.0] * 4, part.profit[0].tolist()]
    assert (total.units.tolist(), total.capital_tied.tolist(), total.late_fines[1]) == (
        [0.0, 27.0],
        [0.0, 135.0],
        part.late_fines[0],
    )
    total.add(month("pop", unit(margin=None)), np.array([True, False]))
    assert total.known.tolist() == [False, True]


def test_full_managed_is_stocked_where_its_contract_leaves_the_seller_with_what_is_unsold():
    assert is_stocked(RULES.with_reading("full.stock_risk", "seller"), "full", DAY)
    assert not is_stocked(RULES.with_reading("full.stock_risk", "platform"), "full", DAY)
    assert [is_stocked(RULES, mode, DAY) for mode in ("semi_stocked", "overseas", "semi_jit", "pop")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_leftover_loses_its_value_and_a_months_capital():
    rules = RULES.with_value("semi_stocked.leftover_loss", 0.2).with_value("capital.annual_rate", 0.12)
    assert leftover_loss(rules, "semi_stocked", DAY) == pytest.approx(0.21)


def test_terms_of_a_unit_are_those_of_the_mode_alone():
    economics = pl.DataFrame(
        {"sku": ["a", "a"], "market": ["ES", "ES"], "mode": ["pop", "own"], "margin": [1.0, 2.0],
         "product_cost": [5.0, 5.0], "inbound_cost": [0.5, 0.5], "storage_month": [0.2, 0.2]}
    )  # fmt: skip
    rules = RULES.with_value("pop.capital_days", 365 / 12)
    found = unit_terms(economics, "pop", rules, DAY)
    assert found.rows(named=True) == [
        {"sku": "a", "market": "ES", "margin": 1.0, "outlay": 5.5, "storage": 0.2, "late_cost": None,
         "months_tied": pytest.approx(1.0), "offered": True}
    ]  # fmt: skip
