"""Money is converted at the rate of its own day, through whatever quote both currencies share."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.core.errors import MissingRateError
from tradewind.core.money import added, amount_in, convert, rate_on, rates_to, rounded

FX = pl.DataFrame(
    {
        "currency": ["USD", "EUR", "USD"],
        "quote": ["CNY", "CNY", "CNY"],
        "on_date": [date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 5)],
        "rate": [7.0, 8.0, 7.2],
    }
)


def test_each_amount_takes_the_rate_of_its_own_day():
    lines = pl.DataFrame(
        {
            "paid": [10.0, 10.0, 5.0, 3.0],
            "currency": ["USD", "USD", "CNY", "EUR"],
            "day": [date(2026, 1, 4), date(2026, 1, 5), date(2026, 1, 1), date(2026, 1, 1)],
        }
    )
    assert convert(lines, "paid", "currency", "day", "CNY", FX).to_list() == [70.0, 72.0, 5.0, 24.0]


def test_two_currencies_cross_through_their_common_quote():
    assert rate_on("EUR", "USD", date(2026, 1, 2), FX) == pytest.approx(8 / 7)
    assert rate_on("CNY", "USD", date(2026, 1, 6), FX) == pytest.approx(1 / 7.2)


def test_an_unknown_or_stale_rate_is_unknown_not_one():
    lines = pl.DataFrame({"paid": [1.0, 1.0], "currency": ["GBP", "USD"], "day": [date(2026, 1, 2), date(2026, 3, 1)]})
    assert convert(lines, "paid", "currency", "day", "CNY", FX).to_list() == [None, None]
    with pytest.raises(MissingRateError, match="GBP to CNY"):
        rate_on("GBP", "CNY", date(2026, 1, 2), FX)


def test_a_rate_is_good_for_ten_days():
    assert rate_on("USD", "CNY", date(2026, 1, 15), FX) == 7.2  # of the 5th
    with pytest.raises(MissingRateError, match="2026-01-16"):
        rate_on("USD", "CNY", date(2026, 1, 16), FX)


def test_each_currency_and_day_has_one_rate_whatever_is_asked_twice():
    day = date(2026, 1, 5)
    asked = pl.DataFrame({"currency": ["USD", "CNY", "USD", "GBP", "CNY"], "day": [day] * 5})
    assert rates_to("CNY", asked, FX).rows() == [("CNY", day, 1.0), ("GBP", day, None), ("USD", day, 7.2)]


def quoted(*rates: tuple[str, str, int, float]) -> pl.DataFrame:
    schema = {"currency": pl.String, "quote": pl.String, "on_date": pl.Date, "rate": pl.Float64}
    rows = [(currency, quote, date(2026, 1, day), rate) for currency, quote, day, rate in rates]
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_of_several_common_quotes_the_first_with_both_rates_of_the_time_is_taken():
    """Pound to dollar: over the yuan 9 / 7; where the yuan's rate of the dollar is stale, over the euro 1.2 / 0.9."""
    euro = (("GBP", "EUR", 1, 1.2), ("USD", "EUR", 1, 0.9))
    fresh = quoted(*euro, ("GBP", "CNY", 1, 9.0), ("USD", "CNY", 1, 7.0))
    assert rate_on("GBP", "USD", date(2026, 1, 9), fresh) == pytest.approx(9 / 7)
    stale = quoted(("GBP", "EUR", 20, 1.2), ("USD", "EUR", 20, 0.9), ("GBP", "CNY", 20, 9.0), ("USD", "CNY", 1, 7.0))
    assert rate_on("GBP", "USD", date(2026, 1, 21), stale) == pytest.approx(1.2 / 0.9)
    stale = quoted(("GBP", "EUR", 20, 1.2), ("USD", "EUR", 20, 0.9), ("GBP", "CNY", 1, 9.0), ("USD", "CNY", 20, 7.0))
    assert rate_on("GBP", "USD", date(2026, 1, 21), stale) == pytest.approx(1.2 / 0.9)


DAY_8 = pl.DataFrame({"currency": ["USD"], "day": [date(2026, 1, 8)]})


@pytest.mark.parametrize(
    ("rates", "found"),
    [
        ([("USD", "EUR", 5, 0.9), ("EUR", "CNY", 6, 8.0)], 0.9 * 8.0),  # the dollar in euros, the euro in yuan
        ([("USD", "EUR", 5, 0.9), ("CNY", "EUR", 6, 0.125)], 0.9 / 0.125),
        ([("EUR", "USD", 5, 1.25), ("EUR", "CNY", 6, 8.0)], 8.0 / 1.25),  # what a central bank of the euro publishes
        ([("EUR", "USD", 5, 1.25), ("CNY", "EUR", 6, 0.125)], 1 / 1.25 / 0.125),
        ([("CNY", "USD", 5, 0.14)], 1 / 0.14),
        ([("CNY", "USD", 5, 0.14), ("USD", "CNY", 4, 7.0)], 7.0),  # as stated, before its inverse
        ([("USD", "CNY", 4, 7.0), ("USD", "EUR", 5, 0.9), ("EUR", "CNY", 6, 8.0)], 7.0),  # and before a third currency
        ([("USD", "GBP", 5, 0.8), ("GBP", "CNY", 5, 9.5), ("USD", "EUR", 5, 0.9), ("EUR", "CNY", 5, 8.0)], 0.9 * 8.0),
        ([("USD", "EUR", 9, 0.9), ("EUR", "CNY", 6, 8.0)], None),  # known a day later
        ([("USD", "EUR", 5, 0.9), ("GBP", "CNY", 6, 9.5)], None),
    ],
)
def test_a_rate_counts_both_ways_round_and_through_a_third_currency(rates, found):
    rate = rates_to("CNY", DAY_8, quoted(*rates))["rate"].item()
    assert rate == (None if found is None else pytest.approx(found, rel=1e-12))


def test_an_amount_in_the_base_currency_needs_no_day_and_any_other_does():
    lines = pl.DataFrame({"paid": [5, 5, 5], "currency": ["CNY", "USD", None], "day": [None, None, date(2026, 1, 1)]})
    assert convert(lines, "paid", "currency", "day", "CNY", FX).to_list() == [5.0, None, None]
    assert convert(lines, "paid", "currency", "day", "CNY", FX).name == "paid"


def test_a_rate_published_later_is_not_used():
    with pytest.raises(MissingRateError):
        rate_on("USD", "CNY", date(2025, 12, 31), FX)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"), [(8.705, "CNY", "8.71"), (1234.5, "JPY", "1235"), (-2.345, "EUR", "-2.35")]
)
def test_rounding_is_half_up_to_the_minor_unit(amount, currency, expected):
    assert rounded(amount, currency) == Decimal(expected)


@given(st.decimals(-10_000, 10_000, places=2))
def test_an_amount_already_in_cents_stays_itself(amount):
    assert rounded(float(amount), "USD") == amount


def test_amounts_of_a_row_are_added_in_their_order_and_unknown_where_one_is():
    parts = {f"c{n}": [0.1 * (n + 1) / 3, None if n == 7 else 1.0] for n in range(20)}
    total = pl.DataFrame(parts).select(added(pl.col(c) for c in parts)).to_series()
    one_by_one = 0.0
    for first, _ in parts.values():
        one_by_one += first
    assert total.to_list() == [one_by_one, None]


def test_an_amount_without_a_currency_or_a_rate_is_worth_nothing_known():
    fx = pl.DataFrame(
        {"currency": ["USD"], "quote": ["CNY"], "on_date": [date(2026, 3, 2)], "rate": [7.0]},
        schema_overrides={"rate": pl.Float64},
    )
    on = date(2026, 3, 4)
    assert amount_in("CNY", 50.0, "USD", on, fx) == pytest.approx(350.0)
    assert amount_in("USD", 350.0, "CNY", on, fx) == pytest.approx(50.0)
    assert [amount_in("CNY", 50.0, one, on, fx) for one in ("CNY", "EUR", None)] == [50.0, None, None]
