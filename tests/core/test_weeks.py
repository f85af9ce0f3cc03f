"""Weeks start on Monday and are named by that date."""

from datetime import UTC, date, datetime

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tradewind.core.weeks import start_of_day, week_expr, week_of, weeks_from


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_both_forms_name_the_same_monday(day):
    monday = week_of(day)
    assert monday.weekday() == 0
    assert 0 <= (day - monday).days < 7
    assert pl.DataFrame({"d": [day]}).select(week_expr("d")).item() == monday


def test_a_week_is_named_after_its_monday_even_at_its_last_second():
    assert week_of(datetime(2026, 11, 22, 23, 59, tzinfo=UTC)) == date(2026, 11, 16)


def test_weeks_follow_each_other_and_days_start_at_midnight_utc():
    assert weeks_from(date(2026, 11, 18), 2) == [date(2026, 11, 16), date(2026, 11, 23)]
    assert start_of_day(date(2026, 11, 16)) == datetime(2026, 11, 16, tzinfo=UTC)
