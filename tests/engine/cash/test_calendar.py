"""Cash week by week: what is certain to the cent, what is not with its odds, what is left out by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.engine.cash.test_lags import table
from tradewind.core.errors import ParameterError
from tradewind.engine.cash import (
    FLOWS,
    CashParams,
    Lags,
    Outlook,
    cash_calendar,
    later_purchases,
    open_purchases,
    planned_purchases,
)
from tradewind.engine.cash.lags import Lag

AS_OF = datetime(2026, 11, 2, tzinfo=UTC)  # a Monday
PARAMS = CashParams(weeks=3, scenarios=200, seed=1, fx_spread=0.01)
IN_TEN_DAYS = Lag(np.array([1.0] * 11 + [0.0]), 0.0, 100)
LAGS = Lags({("ordered", "*"): IN_TEN_DAYS, ("settled", "*"): IN_TEN_DAYS}, frozenset())
DUE = {"what": pl.String, "sku": pl.String, "due_on": pl.Date, "money": pl.Float64, "waits": pl.Boolean}


def waiting(*rows: tuple[str, str, int, float | None]) -> pl.DataFrame:
    dues = [(market, start, (AS_OF - timedelta(days=age)).date(), money) for market, start, age, money in rows]
    schema = {"market": pl.String, "start": pl.String, "since": pl.Date, "money": pl.Float64}
    return pl.DataFrame(dues, schema=schema, orient="row")


def dues(*rows: tuple[str, str, date | None, float | None, bool]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=DUE, orient="row")


OUTLOOK = Outlook(
    lags=LAGS,
    open_orders=waiting(("ES", "ordered", 5, 100.0), ("ES", "ordered", 0, 40.0)),
    purchases=dues(("open", "cup", date(2026, 11, 10), 70.0, False)),
    running={"rent": 7.0},
    opening=50.0,
)


def calendar(outlook: Outlook = OUTLOOK, params: CashParams = PARAMS) -> Any:
    return cash_calendar(outlook, as_of=AS_OF, base="CNY", params=params)


def test_what_is_certain_is_there_to_the_cent():
    # the order of five days ago is paid in five days (week 1), the one of today in ten (week 2); goods in week 2
    weeks = calendar().weeks
    assert weeks["payouts_open"].to_list() == [100.0, 40.0, 0.0]
    assert weeks["purchases_open"].to_list() == [0.0, -70.0, 0.0]
    assert weeks["running"].to_list() == [-7.0, -7.0, -7.0]
    assert weeks["balance_p50"].to_list() == pytest.approx([143.0, 106.0, 99.0])
    assert weeks["week"].to_list() == [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]


def test_money_comes_on_the_payday_after_it_is_settled():
    # Mondays: the sale settled last week is paid today; the order of three days ago is settled in seven, paid in 14
    until_cash = {("ordered", "*"): IN_TEN_DAYS, ("settled", "*"): replace(IN_TEN_DAYS, due=True)}
    lags = Lags({}, frozenset(), payday=0, until_settled=until_cash)
    waits = waiting(("ES", "settled", 4, 60.0), ("ES", "ordered", 3, 40.0))
    weeks = calendar(replace(OUTLOOK, lags=lags, open_orders=waits)).weeks
    assert weeks["payouts_open"].to_list() == [60.0, 0.0, 40.0]


def test_flows_add_up_to_the_balance_and_bands_are_in_order():
    odd = replace(OUTLOOK, lags=Lags({("ordered", "*"): Lag(np.linspace(1, 0, 30), 3.0, 50)}, frozenset()))
    weeks = calendar(odd).weeks
    assert weeks.select(pl.sum_horizontal(FLOWS)).to_series().to_list() == pytest.approx(weeks["net"].to_list())
    assert (50.0 + weeks["net"].cum_sum()).to_list() == pytest.approx(weeks["balance"].to_list())
    assert (weeks["balance_p10"] <= weeks["balance_p50"]).all()
    assert (weeks["balance_p50"] <= weeks["balance_p90"]).all()


def test_the_lowest_point_its_week_and_the_odds_of_running_short():
    short = replace(OUTLOOK, opening=-120.0)
    low = calendar(short).low.row(0, named=True)
    # -27, -64, -71: the low is in the third week, 71 short for certain
    assert (low["low_week"], low["odds_short"]) == (date(2026, 11, 16), 1.0)
    assert low["low_p50"] == pytest.approx(-71.0)
    assert low["short_money"] == pytest.approx(71.0)


def test_cash_not_stated_counts_from_nothing_and_says_so():
    plan = calendar(replace(OUTLOOK, opening=None))
    assert plan.low.select("opening", "opening_known").row(0) == (None, False)
    assert plan.notes.is_empty()


def test_what_is_not_known_is_left_out_by_name_never_zero():
    strange = replace(
        OUTLOOK,
        open_orders=waiting(("ES", "ordered", 99, 30.0), ("ES", "ordered", 1, None)),
        purchases=dues(("open", "cup", None, 5.0, True), ("planned", "cup", date(2026, 11, 3), None, False)),
    )
    plan = calendar(strange)
    assert plan.notes.rows() == [
        ("cash_note.order_money", 1, None), ("cash_note.overdue", 1, 30.0), ("cash_note.purchase_unknown", 2, None),
    ]  # fmt: skip
    assert plan.weeks["payouts_open"].sum() == 0.0


def test_sales_to_come_are_paid_by_the_lag_and_part_of_the_bank():
    sold = np.full((1, 3, 200), 70.0)
    plan = calendar(replace(OUTLOOK, markets=("ES",), income=sold, currencies={"ES": "EUR"}))
    # ten days after each of a week's seven days: 4 of 7 within the next week, 3 of 7 in the one after
    assert plan.weeks["payouts_ahead"].to_list() == pytest.approx([0.0, 40.0, 70.0])
    assert plan.weeks["fx_spread"].to_list() == pytest.approx([-1.0, -0.8, -0.7])


def test_what_is_paid_outside_the_platform_goes_out_in_the_week_of_its_sale():
    outside = np.array([[5.0] * 200, [6.0] * 200, [7.0] * 200])
    assert calendar(replace(OUTLOOK, outside=outside)).weeks["selling"].to_list() == [-5.0, -6.0, -7.0]
    assert calendar().weeks["selling"].to_list() == [0.0, 0.0, 0.0]


def test_a_week_begun_counts_only_its_days_ahead():
    saturday = datetime(2026, 11, 7, tzinfo=UTC)
    weeks = cash_calendar(replace(OUTLOOK, open_orders=waiting()), as_of=saturday, base="CNY", params=PARAMS).weeks
    assert weeks["running"].to_list() == pytest.approx([-2.0, -7.0, -7.0])


def test_goods_not_received_are_paid_as_late_as_past_deliveries_came():
    late = pl.DataFrame({"days": [0.0, 7.0]})
    bought = dues(("open", "cup", date(2026, 11, 3), 70.0, True))
    weeks = calendar(replace(OUTLOOK, purchases=bought, lateness=late)).weeks
    first, second, third = weeks["purchases_open"].to_list()
    assert (first + second, third) == (pytest.approx(-70.0), 0.0)
    assert 25.0 < -first < 45.0


def test_the_same_seed_gives_the_same_answer_whatever_the_order_and_the_other_markets():
    odd = Lags({("ordered", "*"): Lag(np.linspace(1, 0, 30), 3.0, 50)}, frozenset())
    rows = waiting(*(("ES", "ordered", age, 10.0 * age) for age in range(9)))
    a = calendar(replace(OUTLOOK, lags=odd, open_orders=rows))
    b = calendar(replace(OUTLOOK, lags=odd, open_orders=rows.reverse()))
    assert a.weeks.equals(b.weeks)
    other = pl.concat([rows, waiting(("FR", "ordered", 99, 5.0))])
    assert calendar(replace(OUTLOOK, lags=odd, open_orders=other)).weeks.equals(a.weeks)


@pytest.mark.parametrize("wrong", [{"weeks": 0}, {"fx_spread": 1.0}, {"scenarios": 1}])
def test_parameters_outside_their_range_are_refused(wrong):
    with pytest.raises(ParameterError):
        CashParams(**wrong)


SUPPLIERS = table("suppliers", {"supplier": "S", "deposit_share": 0.3, "balance_days": 15.0, "lead_time_days": 10.0})
PRODUCTS = table("products", {"sku": "cup", "supplier": "S", "unit_cost": 2.0, "currency": "CNY"})
NO_FX = table("fx")


def po(**more: Any) -> dict[str, Any]:
    row = {"purchase_id": "1", "supplier": "S", "sku": "cup", "ordered_at": datetime(2026, 10, 20, tzinfo=UTC)}
    row |= {"units": 100, "unit_cost": 2.0, "deposit_amount": 60.0, "currency": "CNY", "promised_on": date(2026, 11, 5)}
    return row | more


def owed(*rows: dict[str, Any], suppliers: pl.DataFrame = SUPPLIERS) -> list[tuple[Any, ...]]:
    found, _ = open_purchases(table("purchase_orders", *rows), suppliers, as_of=AS_OF, base="CNY", fx=NO_FX)
    return found.select("due_on", "money", "waits").rows()


def test_the_balance_is_due_its_days_after_the_goods_and_only_for_what_was_accepted():
    assert owed(po()) == [(date(2026, 11, 20), 140.0, True)]
    came = po(received_at=datetime(2026, 10, 25, tzinfo=UTC), received_units=100, rejected_units=20)
    assert owed(came) == [(date(2026, 11, 9), 100.0, False)]
    assert owed(po(deposit_amount=None)) == [(date(2026, 11, 20), 140.0, True)]


def test_what_is_paid_called_off_or_not_ordered_yet_is_not_owed():
    paid = po(received_at=datetime(2026, 10, 1, tzinfo=UTC), received_units=100)
    off = po(called_off_at=datetime(2026, 10, 30, tzinfo=UTC))
    later = po(ordered_at=AS_OF + timedelta(days=1), known_at=AS_OF + timedelta(days=1))
    assert owed(paid) == owed(off) == owed(later) == []
    assert owed(po(called_off_at=AS_OF + timedelta(days=3))) == owed(po())


def test_a_cost_or_a_date_not_known_is_null():
    assert owed(po(unit_cost=None)) == [(date(2026, 11, 20), None, True)]
    assert owed(po(promised_on=None, supplier=None)) == [(None, 140.0, True)]
    assert owed(po(promised_on=None)) == [(date(2026, 11, 17), 140.0, True)]


def test_a_planned_order_is_a_deposit_now_and_a_balance_later():
    orders = pl.DataFrame(
        {"node": ["HZ"], "sku": ["cup"], "order_units": [10], "order_cost": [20.0], "lead_time_days": [10.0]}
    )
    dues = planned_purchases(orders, PRODUCTS, SUPPLIERS, as_of=AS_OF)
    assert dues.select("due_on", "money").rows() == [
        (date(2026, 11, 2), 6.0),
        (date(2026, 11, 27), pytest.approx(14.0)),
    ]
    unknown = planned_purchases(orders, PRODUCTS, SUPPLIERS.clear(), as_of=AS_OF)
    assert unknown.select("due_on", "money").rows() == [(date(2026, 11, 2), 20.0)]


def test_sales_beyond_stock_and_orders_are_bought_a_lead_time_ahead():
    weeks = [date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)]
    demand = pl.DataFrame({"sku": ["cup"] * 3, "week": weeks, "mean": [10.0, 10.0, 10.0]})
    orders = pl.DataFrame({"sku": ["cup"], "available_units": [12], "on_the_way_units": [0], "order_units": [0]})
    dues = later_purchases(demand, orders, PRODUCTS, SUPPLIERS, as_of=AS_OF, base="CNY", fx=NO_FX)
    assert dues.select("due_on", "money").rows() == [
        (date(2026, 11, 2), pytest.approx(8 * 2.0 * 0.3)),  # a lead time before 9 November is over: today
        (date(2026, 11, 6), pytest.approx(10 * 2.0 * 0.3)),
        (date(2026, 11, 24), pytest.approx(8 * 2.0 * 0.7)),
        (date(2026, 12, 1), pytest.approx(10 * 2.0 * 0.7)),
    ]
