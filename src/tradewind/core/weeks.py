"""Weeks: they start on Monday, are named by that date, and are half-open intervals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import polars as pl

WEEK = timedelta(days=7)
WEEKS_A_MONTH = 365 / 12 / 7
"""A twelfth of a year."""


def week_of(day: date) -> date:
    """The Monday that names the week `day` lies in.

    >>> week_of(date(2026, 11, 21))
    datetime.date(2026, 11, 16)
    """
    if isinstance(day, datetime):
        day = day.date()
    return day - timedelta(days=day.weekday())


def week_expr(column: str | pl.Expr) -> pl.Expr:
    """Polars form of `week_of` for a Date or Datetime column; the result is a Date."""
    expr = pl.col(column) if isinstance(column, str) else column
    return expr.cast(pl.Date).dt.truncate("1w")


def weeks_from(first: date, count: int) -> list[date]:
    """`count` consecutive Mondays, starting with the week of `first`."""
    monday = week_of(first)
    return [monday + WEEK * i for i in range(count)]


def start_of_day(day: date) -> datetime:
    """Midnight UTC at the start of `day`."""
    return datetime.combine(day, time(), tzinfo=UTC)
