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


@pytest.mark.parametrize("stated", ["2026-03-04 10:05:00Z", "2026-03-04T10:05:00.000Z", "2026-03-04T10:05:00+00:00"])
def test_what_says_utc_is_utc_in_a_shop_of_another_zone_and_what_says_nothing_is_the_shops(stated):
    values, problems = _moments(stated, "2026-03-04 18:05:00", None, "4 Mar 2026 18:05", time_zone="Asia/Shanghai")
    assert values == [datetime(2026, 3, 4, 10, 5, tzinfo=UTC)] * 2 + [None, datetime(2026, 3, 4, 10, 5, tzinfo=UTC)]
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


@pytest.mark.parametrize(
    "cell",
    [
        "Mar 4, 2026 2:05:00 AM PST", "Mar. 4, 2026 2:05 a.m. PST", "2026-03-04 5:05 EST", "4 mars 2026 11:05:00 CET",
        "4. März 2026 11:05 MEZ", "4 mar 2026 10:05:00 UTC", "4 de marzo de 2026 10:05", "4 marzo 2026, 10:05",
        "2026/03/04 19:05:00JST", "2026-03-04 19:05 KST", "4 Mar 2026 7:05:00 pm GMT+9", "2026-03-04 18:05:00 UTC+8",
        "2026-03-04 18:05 GMT+08:00", "2026-03-04 15:35 +0530", "Wed Mar 04 2026 18:05:00 GMT+0800 (CST)",
        "Wed Mar  4 10:05:00 2026", "Wed, 04 Mar 2026 02:05:00 -0800", "1772618700", "1772618700000", "1772618700.0",
        "4 марта 2026 10:05", "4 mart 2026 10:05", "4 marca 2026 10:05", "4 maart 2026 10:05", "Mar-04-26 10:05",
        "2026. 3. 4. 오전 10:05", "2026年3月4日 午前10:05", "3/4/2026 10:05 z", "04.03.2026 10.05",
        "Mar 4, 2026, 10:05 AM",
    ],
)  # fmt: skip
def test_one_moment_in_the_styles_of_marketplaces(cell):
    values, problems = _moments(cell, "12/31/2025")
    assert (values[0], problems[0]) == (datetime(2026, 3, 4, 10, 5, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("janv.", 1), ("gen", 1), ("ene", 1), ("Jänner", 1), ("févr.", 2), ("fevereiro", 2), ("Şubat", 2), ("sty", 1),
        ("avril", 4), ("kwietnia", 4), ("mag", 5), ("mayıs", 5), ("maj", 5), ("мая", 5), ("juin", 6), ("giu", 6),
        ("juil.", 7), ("lug", 7), ("lipca", 7), ("août", 8), ("ago", 8), ("sie", 8), ("wrz", 9), ("set", 9),
        ("eylül", 9), ("okt.", 10), ("ottobre", 10), ("out", 10), ("października", 10), ("lis", 11), ("Kasım", 11),
        ("dez", 12), ("déc.", 12), ("dic", 12), ("aralık", 12), ("desember", 12),
    ],
)  # fmt: skip
def test_months_are_read_in_the_languages_of_the_marketplaces(name, month):
    assert _moments(f"3 {name} 2025 00:12")[0] == [datetime(2025, month, 3, 0, 12, tzinfo=UTC)]


def test_a_word_that_is_no_month_makes_no_date():
    assert _moments("3 Lamp 2025 00:12", "3 margin 2025") == ([None, None], ["date_unreadable"] * 2)


def test_letters_of_several_zones_are_refused_unless_the_file_lies_in_one_of_them():
    assert _moments("2026-03-04 18:05 CST", "2026-03-04 18:05 IST") == ([None] * 2, ["date_zone_ambiguous"] * 2)
    chinese = _moments("2026-03-04 18:05 CST", time_zone="Asia/Shanghai")
    central = _moments("2026-03-04 04:05 AM CST", time_zone="America/Chicago")
    assert chinese == central == ([datetime(2026, 3, 4, 10, 5, tzinfo=UTC)], [None])
    assert _moments("2026-03-04 18:05 XYZ")[1] == ["date_unreadable"]


def test_hour_24_is_midnight_of_the_next_day_and_nothing_after_it_is_a_time():
    assert _moments("2026-03-04 24:00:00", "2026-03-04 24:00")[0] == [datetime(2026, 3, 5, tzinfo=UTC)] * 2
    assert _moments("2026-03-04 24:00:01", "2026-03-04 24:01", "2026-03-04 25:00")[1] == ["date_unreadable"] * 3


def test_seconds_since_1970_are_of_this_century():
    assert _moments("946684800", "9466848001234567")[1] == ["date_unreadable"] * 2
    assert _moments("0946684800", "0946684799")[1] == [None, "date_unreadable"]


def test_a_date_tells_its_order_where_one_number_can_be_no_month():
    def told(*cells):
        return dict(moment_evidence(pl.Series(cells, dtype=pl.String)))

    assert told("13/12/2026", "12/13/2026", "12/12/2026", "13/13/2026") == {"day_first": 1, "month_first": 1}
    assert told("03.04.2026", "03/04/2026", None) == {"day_first": 1, "month_first": 0}  # points are day first
    assert told("2026-03-04 10:05", None) == told() == {}


@pytest.mark.parametrize(("telling", "cell"), [("25/04/2025", "05/12/2025"), ("04/25/2025", "12/05/2025")])
def test_december_is_a_month_in_either_order(telling, cell):
    assert _moments(telling, cell)[0][1] == datetime(2025, 12, 5, tzinfo=UTC)


def test_in_a_column_of_both_orders_points_stay_day_first():
    cells = ("25/04/2025", "04/25/2025", "03.04.2025", "12/12/2025", "13/12/2025")
    days = [(4, 25), (4, 25), (4, 3), (12, 12), (12, 13)]
    assert _moments(*cells)[0] == [datetime(2025, *day, tzinfo=UTC) for day in days]


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2026/3/4 12:05 AM", datetime(2026, 3, 4, 0, 5)), ("2026/3/4 12:05 PM", datetime(2026, 3, 4, 12, 5)),
        ("2026/3/4 11:05 PM", datetime(2026, 3, 4, 23, 5)), ("2026/3/4 1:05 am", datetime(2026, 3, 4, 1, 5)),
        ("4 Mar 26 10:05:30,25", datetime(2026, 3, 4, 10, 5, 30, 250_000)), ("1/31/00", datetime(2000, 1, 31)),
        ("4 Mar 2026", datetime(2026, 3, 4)),
        ("12/31/2025 23:59:59.999999", datetime(2025, 12, 31, 23, 59, 59, 999_999)),
        ("2026/3/4 06:35 -03:30", datetime(2026, 3, 4, 10, 5)), ("2026/3/4 10:05 +0", datetime(2026, 3, 4, 10, 5)),
        ("46085.5", datetime(2026, 3, 4, 12)), ("46085.0000058", datetime(2026, 3, 4, 0, 0, 1)),
        ("46085", datetime(2026, 3, 4)), ("20260304", datetime(2026, 3, 4)),
        ("1772618700.5", datetime(2026, 3, 4, 10, 5, 0, 500_000)),
        ("1772618700250", datetime(2026, 3, 4, 10, 5, 0, 250_000)),
    ],
)  # fmt: skip
def test_halves_of_the_day_fractions_and_offsets_are_read_to_the_microsecond(cell, read):
    assert _moments(cell) == ([read.replace(tzinfo=UTC)], [None])


@pytest.mark.parametrize(
    "cell",
    ["2026/3/4 10:60", "2026/3/4 10:05:60", "2026/13/4", "2026/0/4", "2026/3/32", "4 Mar 2026 24:05", "2026/4/31",
     "1234", "123456"],
)  # fmt: skip
def test_what_is_on_no_clock_or_calendar_is_no_moment(cell):
    assert _moments(cell) == ([None], ["date_unreadable"])


def test_moments_count_from_2000_to_a_day_after_the_import():
    cells = ("1999-12-31 23:59:59", "2000-01-01 00:00:00", "2026-11-22 00:00:00", "2026-11-22 00:00:01")
    values, problems = _moments(*cells)
    assert values == [None, datetime(2000, 1, 1, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC), None]
    assert problems == ["date_before_2000", None, None, "date_in_future"]
    assert _moments("4102444800", "4102444801", future=True)[1] == [None, "date_unreadable"]


def test_each_cell_of_a_column_has_its_own_problem():
    cells = ("03/04/2026", "1999/01/01", "soon", "2027/1/1", None, "03/04/2026 25:00", "05/05/2026")
    values, problems = _moments(*cells)
    assert values == [None] * 6 + [datetime(2026, 5, 5, tzinfo=UTC)]
    assert problems == [
        "date_ambiguous", "date_before_2000", "date_unreadable", "date_in_future", None, "date_unreadable", None
    ]  # fmt: skip


def test_a_stated_offset_goes_before_the_zone_of_the_file_cell_by_cell():
    """Berlin is two hours ahead in July; its clock shows 2:30 of 29 March never and of 25 October twice."""
    cells = ("2026/7/1 12:00", "2026/7/1 12:00 +08:00", "2026/3/29 02:30", "2026/10/25 02:30")
    assert _moments(*cells, time_zone="Europe/Berlin")[0] == [
        datetime(2026, 7, 1, 10, tzinfo=UTC),
        datetime(2026, 7, 1, 4, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ]


def test_a_day_before_2000_or_ahead_is_to_correct_and_an_expected_one_is_not():
    raw = pl.Series(["1999-12-31", "2000-01-01", "2026-11-23 10:00", None])
    read = read_day(raw, moment_evidence(raw), imported_at=NOW, future=False)
    assert read.value.to_list() == [None, date(2000, 1, 1), None, None]
    assert read.problem.to_list() == ["date_before_2000", None, "date_in_future", None]
    later = read_day(raw, moment_evidence(raw), imported_at=NOW, future=True)
    assert later.value.to_list()[2] == date(2026, 11, 23)
    assert read_day(raw, moment_evidence(raw), imported_at=None, future=False).value.to_list()[2] == date(2026, 11, 23)
