"""How long money takes: estimated from orders paid and from those that still wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.core.tables import TABLES
from tradewind.engine.cash import payout_lags
from tradewind.engine.cash.lags import Lag, Lags

DAY = timedelta(days=1)
START = datetime(2026, 9, 1, tzinfo=UTC)
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


def table(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    schema = TABLES[name].empty().schema
    always = {"platform": "ae", "shop": "yw", "known_at": None, "line_no": 1, "currency": "EUR", "status": "settled"}
    return pl.DataFrame([{c: {**always, **row}.get(c) for c in schema} for row in rows], schema=schema)


def orders(*days: int, market: str = "ES") -> pl.DataFrame:
    rows = [("ae", "yw", f"{market}{n}", market, START + d * DAY) for n, d in enumerate(days)]
    return pl.DataFrame(rows, schema=["platform", "shop", "order_id", "market", "ordered_at"], orient="row")


def sale(order: str, day: int, market: str = "ES") -> dict[str, Any]:
    row = {"settlement_id": order, "order_id": order, "market": market, "kind": "sale", "amount": 9.0}
    return row | {"settled_at": START + day * DAY}


def payout(day: int, market: str = "ES") -> dict[str, Any]:
    row = {"settlement_id": f"P{market}{day}", "market": market, "kind": "payout", "amount": 9.0}
    return row | {"settled_at": START + day * DAY}


NONE_DELIVERED = pl.DataFrame(
    schema={"platform": pl.String, "shop": pl.String, "order_id": pl.String, "delivered_at": pl.Datetime("us", "UTC")}
)


def test_cash_comes_with_the_next_payout_of_the_same_market_and_else_when_settled():
    sold = pl.concat([orders(0, 1), orders(0, market="FR")])
    rows = table("settlements", sale("ES0", 10), sale("ES1", 15), sale("FR0", 20, "FR"), payout(14), payout(13, "SA"))
    _, dates = payout_lags(sold, rows, NONE_DELIVERED, as_of=AS_OF)
    assert dates.select("order_id", "settled_on", "cash_on").rows() == [
        ("ES0", date(2026, 9, 11), date(2026, 9, 15)),
        ("ES1", date(2026, 9, 16), None),
        ("FR0", date(2026, 9, 21), date(2026, 9, 21)),
    ]


def test_orders_that_still_wait_make_the_lag_longer_than_those_paid_alone():
    # five orders of one day: paid after 10, 10 and 20 days, two of them unpaid after 15 days (Kaplan and Meier by hand)
    sold = orders(0, 0, 0, 46, 46)
    rows = table("settlements", sale("ES0", 10), sale("ES1", 10), sale("ES2", 20))
    lags, _ = payout_lags(sold, rows, NONE_DELIVERED, as_of=AS_OF)
    lag = lags.of("ordered", "ES")
    assert lag.paid == 3
    # at day 10 five are at risk and two are paid: 3/5 go on; at day 20 one is left and is paid
    assert lag.survival[[0, 10, 11, 20, 21]] == pytest.approx([1.0, 1.0, 0.6, 0.6, 0.0])


def test_a_market_with_few_payouts_takes_the_lag_of_all():
    sold = pl.concat([orders(0, 0, 0), orders(0, market="FR")])
    rows = table("settlements", *(sale(f"ES{n}", 10) for n in range(3)), sale("FR0", 30, "FR"))
    lags, _ = payout_lags(sold, rows, NONE_DELIVERED, as_of=AS_OF, min_payouts=3)
    assert lags.frame().filter(start="ordered")["market"].to_list() == ["*", "ES"]
    assert lags.of("ordered", "FR") is lags.of("ordered", "SA")
    assert lags.of("ordered", "ES").days(0.5) == 10.0


def test_nothing_ever_paid_gives_no_lag():
    lags, _ = payout_lags(orders(0), table("settlements"), NONE_DELIVERED, as_of=AS_OF)
    assert lags.of("ordered", "ES") is None
    assert lags.frame().height == 0


def test_hiding_the_future_changes_nothing():
    later = table("settlements", sale("ES0", 10), sale("ES1", 70))
    before = table("settlements", sale("ES0", 10))
    a, b = (payout_lags(orders(0, 1), rows, NONE_DELIVERED, as_of=AS_OF) for rows in (later, before))
    assert a[0].frame().equals(b[0].frame())
    assert a[1].equals(b[1])


def test_odds_of_the_weeks_given_what_has_waited():
    lag = Lag(np.array([1.0] * 8 + [0.5] * 7 + [0.0]), 0.0, 100)  # paid after 7 or 14 days, even odds
    assert lag.weekly(np.array([0]), np.array([7, 14, 21])).tolist() == [[0.0, 0.5, 0.5, 0.0]]
    assert lag.weekly(np.array([8]), np.array([7, 14])).tolist() == [[1.0, 0.0, 0.0]]
    assert lag.weekly(np.array([7]), np.array([7, 14]), shift=7).tolist() == [[0.0, 0.5, 0.5]]
    assert np.isnan(lag.weekly(np.array([15]), np.array([7]))).all()


MONDAYS = [payout(6 + 7 * week) for week in range(7)]  # 1 September 2026 is a Tuesday


def test_where_payouts_keep_to_a_day_of_the_week_the_time_until_settled_is_what_counts():
    rows = table("settlements", sale("ES0", 10), sale("ES1", 12), *MONDAYS)
    lags, _ = payout_lags(orders(0, 0), rows, NONE_DELIVERED, as_of=AS_OF)
    assert lags.payday == 0
    assert lags.of("ordered", "ES").days(0.5) == 10.0  # until settled
    assert lags.frame().filter(start="ordered", market="*")["days_p50"].item() == 13.0  # until the Monday after
    assert lags.of("settled", "ES").due


def test_what_is_settled_on_a_payday_comes_with_the_one_after():
    rows = table("settlements", sale("ES0", 13), sale("ES1", 12), *MONDAYS)
    _, dates = payout_lags(orders(0, 0), rows, NONE_DELIVERED, as_of=AS_OF)
    assert dates["cash_on"].to_list() == [date(2026, 9, 21), date(2026, 9, 14)]


def test_payouts_on_any_day_have_no_payday_and_neither_have_a_few():
    daily = table("settlements", sale("ES0", 10), *(payout(11 + n) for n in range(9)))
    few = table("settlements", sale("ES0", 10), *MONDAYS[:3])
    for rows in (daily, few):
        assert payout_lags(orders(0), rows, NONE_DELIVERED, as_of=AS_OF)[0].payday is None


@pytest.mark.parametrize(
    ("today", "cut_offs"),
    [
        (date(2026, 11, 2), [0, 7, 14]),  # a Monday: paid today, and every Monday after
        (date(2026, 11, 3), [-1, 6, 13]),  # this week's payday is over
        (date(2026, 11, 8), [-1, 1, 8]),
    ],
)
def test_the_last_payday_of_each_week_is_what_still_counts(today, cut_offs):
    ends = np.array([7 - today.weekday() + 7 * n for n in range(3)])
    assert Lags({}, frozenset(), payday=0).cut_offs(ends, today).tolist() == cut_offs
    assert Lags({}, frozenset()).cut_offs(ends, today).tolist() == ends.tolist()


def test_a_payday_that_has_paid_already_pays_again_a_week_later():
    monday, ends = date(2026, 11, 2), np.array([7, 14])
    assert Lags({}, frozenset(), payday=0, last_paid=monday).cut_offs(ends, monday).tolist() == [-1, 7]
    rows = table("settlements", sale("ES0", 10), *MONDAYS, payout(62))  # the 2nd of November
    for hour, paid in ((0, date(2026, 10, 19)), (9, monday)):
        lags, _ = payout_lags(orders(0), rows, NONE_DELIVERED, as_of=AS_OF + timedelta(days=1, hours=hour))
        assert (lags.payday, lags.last_paid) == (0, paid)


def test_what_is_settled_comes_on_the_next_payday():
    lag = Lag(np.ones(8), 0.0, 100, due=True)
    assert lag.weekly(np.array([0, 3]), np.array([0, 7])).tolist() == [[1.0, 0.0, 0.0]] * 2
    assert lag.weekly(np.array([3]), np.array([-1, 6])).tolist() == [[0.0, 1.0, 0.0]]
    assert np.isnan(lag.weekly(np.array([8]), np.array([0, 7]))).all()


def test_an_order_not_delivered_yet_waits_longer_than_its_age_alone_says():
    """Two orders are delivered on day 5 and paid on 15, two on day 12 and paid on 22."""
    sold = orders(0, 0, 0, 0)
    came = sold.select("platform", "shop", "order_id", delivered_at=START + pl.Series([5, 5, 12, 12]) * DAY)
    rows = table("settlements", *(sale(f"ES{n}", day) for n, day in enumerate((15, 15, 22, 22))))
    lag = payout_lags(sold, rows, came, as_of=AS_OF)[0].of("ordered", "ES")
    assert lag.weekly(np.array([0]), np.array([16, 23]))[0].tolist() == pytest.approx([0.5, 0.5, 0.0])
    assert lag.weekly(np.array([8]), np.array([8, 15]))[0].tolist() == pytest.approx([0.0, 1.0, 0.0])
    blind = payout_lags(sold, rows, NONE_DELIVERED, as_of=AS_OF)[0].of("ordered", "ES")
    assert blind.weekly(np.array([8]), np.array([8, 15]))[0].tolist() == pytest.approx([0.5, 0.5, 0.0])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=30),
    st.lists(st.integers(0, 40), max_size=10),
    st.integers(0, 40),
    st.integers(-5, 5),
)
def test_odds_are_odds(lags, waiting, age, shift):
    from tradewind.engine.cash.lags import _survival

    survival = _survival(np.array(lags), np.array(waiting, np.int64))
    assert (np.diff(survival) <= 1e-12).all()
    odds = Lag(survival, 0.0, 1).weekly(np.array([age]), np.array([3, 10, 17]), shift)[0]
    assert np.isnan(odds).all() or (odds.min() >= -1e-12 and odds.sum() == pytest.approx(1.0))


def test_the_days_within_which_a_share_is_paid():
    lag = Lag(np.array([1.0, 1.0, 0.75, 0.5, 0.25]), 0.0, 100)
    assert [lag.days(share) for share in (0.25, 0.26, 0.5, 0.75, 0.76)] == [1.0, 2.0, 2.0, 3.0, None]


def test_the_frame_states_three_shares_and_how_far_weeks_wander():
    lags, _ = payout_lags(
        orders(*([0] * 10)), table("settlements", *(sale(f"ES{n}", 10 + n) for n in range(10))), NONE_DELIVERED,
        as_of=AS_OF, min_payouts=10,
    )  # fmt: skip
    assert lags.frame().filter(start="ordered").rows() == [
        ("ordered", market, 10, 10.0, 14.0, 18.0, 0.0) for market in ("*", "ES")
    ]


@pytest.mark.parametrize(
    ("said", "settled"),
    [
        ({}, True),
        ({"status": None}, True),
        ({"status": "pending"}, False),
        ({"kind": "adjustment"}, False),
        ({"settled_at": AS_OF}, False),
        ({"settled_at": AS_OF - timedelta(seconds=1)}, True),
        ({"known_at": AS_OF}, True),
        ({"known_at": AS_OF + timedelta(seconds=1)}, False),
    ],
)
def test_a_sale_counts_once_it_is_settled_and_known(said, settled):
    _, dates = payout_lags(orders(0), table("settlements", sale("ES0", 10) | said), NONE_DELIVERED, as_of=AS_OF)
    assert dates["settled_on"].is_not_null().to_list() == [settled]


def test_an_order_settled_in_parts_counts_from_the_last():
    rows = table("settlements", sale("ES0", 10), sale("ES0", 12) | {"line_no": 2})
    _, dates = payout_lags(orders(0), rows, NONE_DELIVERED, as_of=AS_OF)
    assert dates["settled_on"].to_list() == [date(2026, 9, 13)]


@pytest.mark.parametrize(
    ("paid", "cash_on"),
    [
        ({"market": None}, date(2026, 9, 13)),  # one payout for all markets
        ({"settled_at": START + 10 * DAY}, date(2026, 9, 11)),  # in the very moment it was settled
        ({"shop": "other"}, date(2026, 9, 11)),  # none of this shop is on record: on the day it is settled
        ({"currency": "USD"}, date(2026, 9, 11)),
        ({"settled_at": START + 9 * DAY}, None),  # the batch after it is still to come
    ],
)
def test_which_payout_an_orders_money_comes_with(paid, cash_on):
    rows = table("settlements", sale("ES0", 10), payout(12) | paid)
    _, dates = payout_lags(orders(0), rows, NONE_DELIVERED, as_of=AS_OF)
    assert dates["cash_on"].to_list() == [cash_on]


def test_a_sale_that_names_no_market_waits_for_payouts_of_all_markets_alone():
    for market, cash_on in ((None, date(2026, 9, 13)), ("ES", date(2026, 9, 11))):
        rows = table("settlements", sale("ES0", 10) | {"market": None}, payout(12) | {"market": market})
        assert payout_lags(orders(0), rows, NONE_DELIVERED, as_of=AS_OF)[1]["cash_on"].to_list() == [cash_on]


def test_deliveries_of_later_are_not_known_yet():
    sold = orders(0, 0)
    came = sold.select("platform", "shop", "order_id", delivered_at=pl.Series([AS_OF, AS_OF + DAY]))
    _, dates = payout_lags(sold, table("settlements"), came, as_of=AS_OF)
    assert dates["delivered_on"].to_list() == [date(2026, 11, 1), None]


def test_lags_from_the_delivery_and_from_the_settlement_are_estimated_too():
    """Ordered on day 0, delivered on 4, settled on 10, paid out on 12; the other is delivered and settled, unpaid."""
    sold = orders(0, 50)
    came = sold.select("platform", "shop", "order_id", delivered_at=START + pl.Series([4, 55]) * DAY)
    rows = table("settlements", sale("ES0", 10), sale("ES1", 60), payout(12))
    lags, _ = payout_lags(sold, rows, came, as_of=AS_OF, min_payouts=1)
    medians = {row["start"]: row["days_p50"] for row in lags.frame().filter(market="ES").to_dicts()}
    assert medians == {"ordered": 12.0, "delivered": 8.0, "settled": 2.0}
    assert not lags.of("settled", "ES").due


def test_money_that_came_before_the_start_and_orders_of_the_future_teach_nothing():
    sold = orders(20, 62)
    lags, _ = payout_lags(sold, table("settlements", sale("ES0", 10)), NONE_DELIVERED, as_of=AS_OF)
    assert lags.of("ordered", "ES") is None
    sold = orders(0, 62)
    lags, _ = payout_lags(sold, table("settlements", sale("ES0", 10)), NONE_DELIVERED, as_of=AS_OF)
    assert lags.of("ordered", "ES").survival.tolist() == [1.0] * 11 + [0.0]


@pytest.mark.parametrize(("mondays", "others", "payday"), [(9, 1, 0), (8, 1, None), (4, 0, 0), (3, 0, None)])
def test_nine_payouts_in_ten_of_four_at_least_make_a_payday(mondays, others, payday):
    rows = [payout(6 + 7 * week - 28) for week in range(mondays)]
    rows += [payout(8 + 7 * n) for n in range(others)]
    twice = [row | {"line_no": 2} for row in rows[-1:]]  # two payouts of one day count once
    lags, _ = payout_lags(orders(0), table("settlements", sale("ES0", 10), *rows, *twice), NONE_DELIVERED, as_of=AS_OF)
    assert lags.payday == payday
    assert lags.last_paid == (None if payday is None else max(row["settled_at"] for row in rows).date())


def test_what_counts_for_a_payday_is_payouts_known_by_now():
    hidden = [row | {"known_at": AS_OF + DAY} for row in MONDAYS[:1]]
    few = table("settlements", sale("ES0", 10), *MONDAYS[1:4], *hidden, sale("ES1", 41))
    assert payout_lags(orders(0), few, NONE_DELIVERED, as_of=AS_OF)[0].payday is None
    known = [row | {"known_at": AS_OF} for row in MONDAYS[:1]]
    four = table("settlements", *MONDAYS[1:4], *known)
    assert payout_lags(orders(0), four, NONE_DELIVERED, as_of=AS_OF)[0].payday == 0


def weekly_lags(*weeks: tuple[int, ...]) -> float:
    """What weeks of orders, each with the lags of its orders in days, say about how weeks wander."""
    pairs = [(7 * week, 7 * week + lag) for week, lags in enumerate(weeks) for lag in lags]
    sold = orders(*(day - 1 for day, _ in pairs))  # Mondays: START is a Tuesday
    rows = table("settlements", *(sale(f"ES{n}", paid - 1) for n, (_, paid) in enumerate(pairs)))
    lags, _ = payout_lags(sold, rows, NONE_DELIVERED, as_of=AS_OF + 60 * DAY, min_payouts=1)
    return lags.of("ordered", "ES").weekly_sd_days


def test_weeks_wander_by_what_differs_between_them_beyond_chance():
    assert weekly_lags((10,) * 5, (12,) * 5, (14,) * 5, (16,) * 5) == pytest.approx((20 / 3) ** 0.5)
    # each week's own variance is 1, so that the mean of five varies by 1/5 by chance
    spread = [tuple(lag + d for d in (-1, -1, 0, 1, 1)) for lag in (10, 12, 14, 16)]
    assert weekly_lags(*spread) == pytest.approx((20 / 3 - 1 / 5) ** 0.5)
    # all weeks alike: less than chance explains is nothing
    assert weekly_lags(*[(9, 9, 10, 11, 11)] * 4) == 0.0


def test_weeks_of_few_orders_and_few_weeks_say_nothing_about_wandering():
    assert weekly_lags((10,) * 5, (12,) * 5, (14,) * 5) == 0.0
    assert weekly_lags((10,) * 4, (12,) * 4, (14,) * 4, (16,) * 4) == 0.0
    four = weekly_lags((10,) * 5, (12,) * 5, (14,) * 5, (16,) * 5, (90,) * 4)
    assert four == pytest.approx((20 / 3) ** 0.5)


def test_who_waits_is_at_risk_until_the_day_before():
    from tradewind.engine.cash.lags import _survival

    # paid after 1 and 2 days; one waits since 2 days, one since 9, longer than any lag seen: at day 1 four are at risk
    # and one is paid; at day 2 one is paid of two, for the first who waits was seen up to day 1 alone
    found = _survival(np.array([1, 2]), np.array([2, 9]))
    assert found.tolist() == pytest.approx([1.0, 1.0, 0.75, 0.375])
    assert _survival(np.array([], np.int64), np.array([3])).tolist() == [1.0, 1.0]


def test_where_no_order_of_an_age_was_ever_paid_the_odds_of_all_stand_in():
    """Delivered on day 2 all of them: of orders not delivered after three days there is nothing to learn from."""
    sold = orders(0, 0)
    came = sold.select("platform", "shop", "order_id", delivered_at=START + pl.Series([2, 2]) * DAY)
    rows = table("settlements", sale("ES0", 6), sale("ES1", 8))
    lag = payout_lags(sold, rows, came, as_of=AS_OF)[0].of("ordered", "ES")
    assert lag.by_age[3].tolist() == lag.survival.tolist()
    assert lag.weekly(np.array([3, 99]), np.array([4, 11]))[0].tolist() == pytest.approx([0.5, 0.5, 0.0])


def test_odds_of_an_age_end_with_what_was_seen_at_that_age():
    """Two orders undelivered after three days are paid on day 6, all others on day 2 or, delivered then, on day 9."""
    sold = orders(0, 0, 0, 0)
    came = sold.select("platform", "shop", "order_id", delivered_at=START + pl.Series([5, 5, 1, 1]) * DAY)
    rows = table("settlements", *(sale(f"ES{n}", day) for n, day in enumerate((6, 6, 2, 9))))
    lag = payout_lags(sold, rows, came, as_of=AS_OF)[0].of("ordered", "ES")
    assert lag.by_age[3].tolist() == [1.0] * 7 + [0.0] * 4
    assert lag.by_age[0].tolist() == lag.survival.tolist()


def test_where_money_comes_earlier_than_usual_the_oldest_order_is_paid_next():
    lag = Lag(np.array([1.0] * 8 + [0.5] * 7 + [0.0]), 0.0, 100)  # paid after 7 or 14 days, even odds
    assert lag.weekly(np.array([14, 10]), np.array([7, 14]), shift=-5).tolist() == [[1.0, 0.0, 0.0]] * 2
    assert lag.weekly(np.array([14]), np.array([-1, 6]), shift=-5).tolist() == [[0.0, 1.0, 0.0]]
    assert lag.weekly(np.array([0]), np.array([3, 10]), shift=-5).tolist() == [[0.5, 0.5, 0.0]]
    assert np.isnan(lag.weekly(np.array([15]), np.array([7]), shift=-5)).all()
