"""What is drawn of a calendar and what is counted from it: every flow by scenario, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from tests.engine.cash.test_calendar import AS_OF, IN_TEN_DAYS, LAGS, OUTLOOK, PARAMS, calendar, dues, waiting
from tradewind.engine.cash import (
    CashParams,
    CashPaths,
    CashTerms,
    Lags,
    Outlook,
    calendar_of,
    cash_calendar,
    cash_paths,
)
from tradewind.engine.cash.calendar import DRAWN
from tradewind.engine.cash.lags import Lag


def paths(payouts: list[list[float]], *, share: tuple[float, ...] = (1.0, 1.0), converted: float = 0.0) -> CashPaths:
    """Paths on which nothing flows but payouts, (weeks, scenarios), and rent of 10 a week."""
    flow = np.array(payouts)
    flows = {name: np.zeros(flow.shape) for name in DRAWN} | {"payouts_ahead": flow}
    weeks = (date(2026, 11, 2), date(2026, 11, 9))
    return CashPaths(weeks, flows, np.full(flow.shape, converted), np.array(share), {"rent": 10.0})


def test_the_lowest_balance_is_taken_of_every_scenario_by_itself():
    """Eleven scenarios: 0 to 10 is lacking in the first week, and in two of them all of it comes back and more."""
    lacking = [-float(n) for n in range(11)]
    later = [-1.0, -1.0] + [20.0] * 9
    calm = replace(paths([lacking, later]), running={})
    weeks, low = calendar_of(calm, CashTerms(opening=None))
    # lowest: -1, -2 (in the second week), then -2 .. -10 (in the first)
    row = low.row(0, named=True)
    assert (row["low_p10"], row["low_p50"], row["low_p90"]) == (-9.0, -5.0, -2.0)
    assert row["low_week"] == date(2026, 11, 2)
    assert (row["odds_short"], row["short_money"]) == (1.0, pytest.approx((1 + 2 + 54) / 11))
    assert weeks["balance_p10"].to_list() == [-9.0, -1.0]
    assert weeks["balance_p90"].to_list() == [-1.0, 17.0]
    assert weeks["odds_below_zero"].to_list() == pytest.approx([10 / 11, 2 / 11])  # nothing left is not below zero


def test_with_cash_enough_nothing_lacks_and_the_low_may_come_last():
    _, low = calendar_of(paths([[5.0, 5.0], [-5.0, 15.0]]), CashTerms(opening=20.0))
    row = low.row(0, named=True)  # 15, 0 and 15, 20: rent takes ten a week
    assert (row["opening"], row["opening_known"], row["low_p50"]) == (20.0, True, 7.5)
    assert (row["odds_short"], row["short_money"]) == (0.0, 0.0)


def test_stated_costs_are_added_to_learned_ones_for_the_days_still_ahead():
    weeks, _ = calendar_of(
        paths([[0.0], [0.0]], share=(0.5, 1.0), converted=100.0), CashTerms(stated={"wages": 4.0}, fx_spread=0.02)
    )
    assert weeks["running"].to_list() == [-7.0, -14.0]
    assert weeks["fx_spread"].to_list() == [-2.0, -2.0]
    assert weeks["net"].to_list() == [-9.0, -16.0]


def test_a_shorter_calendar_is_the_beginning_of_the_longer_one():
    drawn = paths([[1.0, 2.0], [3.0, 4.0]], converted=7.0)
    terms = CashTerms(opening=5.0)
    short, low = calendar_of(drawn, terms, 1)
    assert short.equals(calendar_of(drawn, terms)[0].head(1))
    assert low["low_week"].item() == date(2026, 11, 2)


def test_paths_come_back_from_their_frame_as_they_were():
    drawn = cash_paths(replace(OUTLOOK, running={"rent": 7.0, "ads": 2.0}), as_of=AS_OF, base="CNY", params=PARAMS)
    back = CashPaths.from_frame(drawn.frame())
    assert (back.weeks, back.running) == (drawn.weeks, {"rent": 7.0, "ads": 2.0})
    assert all((back.flows[name] == drawn.flows[name]).all() for name in DRAWN)
    assert (back.converted == drawn.converted).all()
    assert (back.days_share == drawn.days_share).all()


def drawn(outlook: Outlook, *, as_of: datetime = AS_OF, **params: int) -> CashPaths:
    settings = {"weeks": 3, "scenarios": 10, "seed": 1} | params
    return cash_paths(outlook, as_of=as_of, base="CNY", params=CashParams(**settings))


BARE = Outlook(lags=LAGS, open_orders=waiting())


def test_only_money_of_other_currencies_is_converted_and_its_rate_has_no_drift():
    """One order of 40 paid for certain in the first week: its worth is log-normal, with mean 40."""
    rows = waiting(("ES", "ordered", 9, 40.0), ("CN", "ordered", 9, 5.0))
    euros = replace(BARE, open_orders=rows, currencies={"ES": "EUR"}, weekly_volatility={"EUR": 0.2})
    worth = drawn(euros, weeks=2, scenarios=4000)
    assert worth.converted[0] == pytest.approx(worth.flows["payouts_open"][0] - 5.0)
    logs = np.log(worth.converted[0] / 40.0)
    assert logs.mean() == pytest.approx(-(0.2**2) / 2, abs=0.01)
    assert logs.std() == pytest.approx(0.2, rel=0.05)
    steady = drawn(replace(euros, weekly_volatility={}))
    assert set(steady.converted[0]) == {40.0}


def test_a_rate_wanders_further_every_week():
    income = np.full((1, 4, 1), 70.0)
    at_once = Lags({("ordered", "*"): Lag(np.array([1.0, 0.0]), 0.0, 100)}, frozenset())
    euros = Outlook(lags=at_once, open_orders=waiting(), markets=("ES",), income=income,
                    currencies={"ES": "EUR"}, weekly_volatility={"EUR": 0.1})  # fmt: skip
    ahead = drawn(euros, weeks=4, scenarios=4000).flows["payouts_ahead"]
    assert np.log(ahead / 70.0).std(axis=1) == pytest.approx(0.1 * np.sqrt([1, 2, 3, 4]), rel=0.08)


def test_a_whole_market_comes_early_or_late_together_by_three_weeks_at_most():
    """Ten days usually, 21 more in a late scenario: the orders of four and of three days ago fall in weeks 4 and 5."""
    wild = Lags({("ordered", "*"): replace(IN_TEN_DAYS, weekly_sd_days=1e4)}, frozenset())
    rows = waiting(("ES", "ordered", 4, 100.0), ("ES", "ordered", 3, 40.0))
    flow = drawn(replace(BARE, lags=wild, open_orders=rows), weeks=6, scenarios=50).flows["payouts_open"]
    late = flow[:, flow[3:].sum(axis=0) > 0]
    assert 10 <= late.shape[1] <= 40
    assert {tuple(column) for column in late.T} == {(0.0, 0.0, 0.0, 100.0, 40.0, 0.0)}
    early = flow[:, flow[0] > 0]
    assert early.shape[1] + late.shape[1] == 50
    assert {tuple(column) for column in early.T} == {(140.0, 0.0, 0.0, 0.0, 0.0, 0.0)}  # at once, never not at all


def test_how_early_or_late_a_market_pays_moves_money_and_loses_none():
    """Lags of 5 to 24 days and orders that have waited up to 24: within nine weeks all of them are paid."""
    lag = Lag(np.concatenate([np.ones(6), np.linspace(0.95, 0.0, 20)]), 4.0, 100)
    rows = waiting(*(("ES", "ordered", age, 10.0) for age in range(25)))
    wandering = replace(BARE, lags=Lags({("ordered", "*"): lag}, frozenset()), open_orders=rows)
    flow = drawn(wandering, weeks=9, scenarios=200).flows["payouts_open"]
    assert flow.sum(axis=0) == pytest.approx(np.full(200, 250.0))


def test_orders_of_one_day_bring_their_mean_each():
    rows = waiting(*(("ES", "ordered", 5, money) for money in (10.0, 30.0, 50.0)), ("ES", "settled", 5, 1.0))
    assert drawn(replace(BARE, open_orders=rows)).flows["payouts_open"].tolist() == [
        [91.0] * 10,
        [0.0] * 10,
        [0.0] * 10,
    ]


def test_every_market_is_paid_by_a_lag_of_its_own_and_one_without_any_by_none():
    soon = Lag(np.array([1.0, 0.0]), 0.0, 100)
    own = Lags({("ordered", "ES"): IN_TEN_DAYS, ("ordered", "FR"): soon}, frozenset())
    income = np.stack([np.full((3, 1), 70.0), np.full((3, 1), 7.0), np.full((3, 1), 1000.0)])
    rows = waiting(("FR", "ordered", 0, 2.0), ("SA", "ordered", 0, 3.0))
    flows = drawn(Outlook(lags=own, open_orders=rows, markets=("ES", "FR", "SA"), income=income)).flows
    assert flows["payouts_open"][:, 0].tolist() == [2.0, 0.0, 0.0]
    assert flows["payouts_ahead"][:, 0] == pytest.approx([7.0, 40.0 + 7.0, 70.0 + 7.0])


def test_sales_of_a_week_begun_are_spread_over_its_days_ahead():
    """From Saturday on: sold on two days, paid ten days later on days 10 and 11, in the third week; then 4 of 7."""
    saturday = datetime(2026, 11, 7, tzinfo=UTC)
    selling = replace(BARE, markets=("ES",), income=np.full((1, 3, 1), 70.0))
    assert drawn(selling, as_of=saturday).flows["payouts_ahead"][:, 0] == pytest.approx([0.0, 0.0, 70.0 + 40.0])


def test_draws_that_are_short_are_repeated_and_weeks_beyond_them_are_empty():
    flow = drawn(replace(BARE, outside=np.array([[5.0, 7.0]])), scenarios=11).flows["selling"]
    assert flow[0].tolist() == [-5.0, -7.0] * 5 + [-5.0]
    assert (flow[1:] == 0.0).all()
    longer = np.arange(8.0)[:, None]
    assert drawn(replace(BARE, outside=longer)).flows["selling"][:, 0].tolist() == [0.0, -1.0, -2.0]


def test_later_purchases_follow_what_is_sold_in_a_scenario():
    bought = dues(("later", "cup", AS_OF.date(), 70.0, False), ("open", "cup", AS_OF.date(), 10.0, False))
    income = np.array([[[30.0, 10.0], [20.0, 0.0]], [[10.0, 10.0], [0.0, 0.0]]])  # 60 in one, 20 in the other
    flows = drawn(replace(BARE, purchases=bought, markets=("ES", "FR"), income=income)).flows
    assert flows["purchases_later"][0].tolist() == pytest.approx([-105.0, -35.0] * 5)
    assert set(flows["purchases_open"][0]) == {-10.0}
    for nothing in (None, np.zeros((1, 3, 2)), np.zeros((0, 3, 2))):
        still = drawn(replace(BARE, purchases=bought, markets=("ES",) if nothing is not None and len(nothing) else (),
                              income=nothing))  # fmt: skip
        assert set(still.flows["purchases_later"][0]) == {-70.0}


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 10, 20), 0),
        (date(2026, 11, 8), 0),
        (date(2026, 11, 9), 1),
        (date(2026, 11, 22), 2),
        (date(2026, 11, 23), None),
    ],
)
@pytest.mark.parametrize("waits", [False, True])
def test_what_is_due_is_paid_in_its_week_what_is_overdue_at_once(day, week, waits):
    flow = drawn(replace(BARE, purchases=dues(("planned", "cup", day, 70.0, waits)))).flows["purchases_planned"]
    assert flow[:, 0].tolist() == [-70.0 if n == week else 0.0 for n in range(3)]
    assert (flow == flow[:, :1]).all()


def test_two_purchases_that_wait_add_up():
    bought = dues(*(("open", "cup", date(2026, 11, 3), money, True) for money in (70.0, 30.0)))
    early = replace(BARE, purchases=bought, lateness=pl.DataFrame({"days": [-30.0, -30.0]}))
    assert drawn(early).flows["purchases_open"][:, 0].tolist() == [-100.0, 0.0, 0.0]


def test_an_order_is_overdue_from_the_day_after_the_longest_lag_seen():
    rows = waiting(("ES", "ordered", 10, 1.0), ("ES", "ordered", 11, 20.0), ("ES", "settled", 12, 300.0))
    assert calendar(Outlook(lags=LAGS, open_orders=rows)).notes.rows() == [("cash_note.overdue", 2, 320.0)]
    no_lag = Outlook(lags=Lags({}, frozenset()), open_orders=rows)
    assert calendar(no_lag).notes.rows() == [("cash_note.overdue", 3, 321.0)]
    assert calendar(no_lag).weeks["payouts_open"].sum() == 0.0


def test_another_seed_draws_anew():
    odd = Lags({("ordered", "*"): Lag(np.linspace(1, 0, 30), 3.0, 50)}, frozenset())
    one = replace(BARE, lags=odd, open_orders=waiting(*(("ES", "ordered", age, 10.0) for age in range(9))))
    first, again, other = (drawn(one, seed=seed).flows["payouts_open"] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_without_parameters_it_looks_thirteen_weeks_ahead():
    assert cash_calendar(OUTLOOK, as_of=AS_OF, base="CNY").weeks.height == 13
