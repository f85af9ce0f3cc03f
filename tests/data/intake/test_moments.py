from datetime import UTC, date, datetime

import polars as pl
import pytest

from tradewind.data.intake.values.moments import moment_evidence, read_day, read_moment

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def _moments(*cells, time_zone="UTC", future=False):
    raw = pl.Series(cells, dtype=pl.String)
    read = read_moment(raw, moment_evidence(raw), time_zone=time_zone, imported_at=NOW, future=future)
    problems = read.problem.to_list() if read.problem is not None else [None] * len(cells)
    return read.value.to_list(), problems


@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-04 10:05:00", "2026-03-04T10:05", "2026-03-04T10:05:00.000Z", "2026/3/4 10:05", "2026.03.04 10:05",
        "2026年3月4日 10:05", "2026年03月04日 10时05分", "2026-03-04 18:05:00+08:00", "2026-03-04 02:05:00 -0800",
        "4 Mar 2026 10:05", "Mar 4, 2026 10:05 AM", "March 4, 2026 10:05:00", "04-Mar-26 10:05",
        "46085.4201388889", "04.03.2026 10:05", "20260304100500", "2026-03-04 上午10:05", "=\"2026-03-04 10:05\"",
    ],
)  # fmt: skip
def test_one_moment_in_every_style_it_is_written_in(cell):
    assert _moments(cell) == ([datetime(2026, 3, 4, 10, 5, tzinfo=UTC)], [None])


def test_styles_may_be_mixed_in_one_column():
    values, problems = _moments("2026-03-04 10:05:00", "46085.4201388889", "4 Mar 2026 10:05", "2026年3月4日 下午10:05")
    assert values[:3] == [datetime(2026, 3, 4, 10, 5, tzinfo=UTC)] * 3
    assert values[3] == datetime(2026, 3, 4, 22, 5, tzinfo=UTC)
    assert problems == [None] * 4


def test_a_25_in_one_row_says_that_all_rows_are_day_first():
    assert _moments("03/04/2026", "25/04/2026")[0] == [
        datetime(2026, 4, 3, tzinfo=UTC),
        datetime(2026, 4, 25, tzinfo=UTC),
    ]


def test_a_25_in_second_place_says_month_first():
    assert _moments("03/04/2026 1:30 PM", "04/25/2026")[0][0] == datetime(2026, 3, 4, 13, 30, tzinfo=UTC)


def test_a_column_that_says_nothing_has_its_unclear_dates_refused_and_the_others_read():
    values, problems = _moments("03/04/2026", "05/05/2026")
    assert values == [None, datetime(2026, 5, 5, tzinfo=UTC)]
    assert problems == ["date_ambiguous", None]


def test_a_column_of_both_orders_keeps_what_is_certain():
    values, problems = _moments("25/04/2026", "04/25/2026", "03/04/2026")
    assert values == [datetime(2026, 4, 25, tzinfo=UTC)] * 2 + [None]
    assert problems == [None, None, "date_ambiguous"]


def test_dates_before_2000_in_the_future_or_not_at_all_are_to_correct():
    values, problems = _moments("1970-01-01 00:00:00", "2027-01-01", "soon", "2026-02-30", None)
    assert values == [None] * 5
    assert problems == ["date_before_2000", "date_in_future", "date_unreadable", "date_unreadable", None]


def test_a_promise_may_lie_in_the_future():
    assert _moments("2027-01-01", future=True) == ([datetime(2027, 1, 1, tzinfo=UTC)], [None])


def test_local_times_become_utc_through_both_changes_of_the_clock():
    values, _ = _moments("2011-07-01 12:00", "2011-01-01 12:00", "2010-10-31 01:30", time_zone="Europe/London")
    assert values == [
        datetime(2011, 7, 1, 11, tzinfo=UTC),
        datetime(2011, 1, 1, 12, tzinfo=UTC),
        datetime(2010, 10, 31, 0, 30, tzinfo=UTC),
    ]


def test_a_midnight_that_brazil_skipped_is_an_hour_later():
    values, problems = _moments("2017-10-15 00:00:00", time_zone="America/Sao_Paulo")
    assert values == [datetime(2017, 10, 15, 3, tzinfo=UTC)]
    assert problems == [None]


def test_a_day_stays_the_day_that_is_written():
    raw = pl.Series(["2026-11-11 23:59", "11.11.2026", "46337"])
    read = read_day(raw, moment_evidence(raw), imported_at=NOW, future=False)
    assert read.value.to_list() == [date(2026, 11, 11), date(2026, 11, 11), date(2026, 11, 11)]
