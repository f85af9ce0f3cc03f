"""A field says what it takes; one reader per kind takes text and values alike, and refuses the rest by the same ids."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradewind.app.usecases.request import (
    LARGEST,
    LARGEST_INTEGER,
    Between,
    Flags,
    Input,
    Output,
    Positional,
    Unit,
    fields_of,
    read,
)
from tradewind.core.errors import RequestError


@dataclass(frozen=True, kw_only=True)
class Everything:
    name: Annotated[str, Positional()]
    where: tuple[str, ...] = ()
    weeks: Annotated[int, Between(1, 52), Unit("weeks")] = 13
    rows: Annotated[int, Between(0)] = 20
    price: float | None = None
    share: Annotated[float | None, Between(0, 1), Unit("share")] = None
    on: datetime | None = None
    to: Annotated[Path | None, Output()] = None
    files: Annotated[tuple[Path, ...], Input()] = ()
    scale: Literal["tiny", "small"] = "small"
    all: bool = False
    since: Annotated[datetime | None, Flags(("--from", "--after"))] = None


FIELDS = {field.name: field for field in fields_of(Everything)}


def asked(**given_: Any) -> Everything:
    return read(Everything, {"name": "x", **given_})


def refused(**given_: Any) -> RequestError:
    with pytest.raises(RequestError) as error:
        read(Everything, {"name": "x", **given_})
    return error.value


def test_a_field_is_read_off_its_declaration():
    assert [(n, f.kind) for n, f in FIELDS.items()] == [
        ("name", "text"), ("where", "texts"), ("weeks", "integer"), ("rows", "integer"), ("price", "number"),
        ("share", "number"), ("on", "moment"), ("to", "path"), ("files", "paths"), ("scale", "choice"),
        ("all", "flag"), ("since", "moment"),
    ]  # fmt: skip
    assert [n for n, f in FIELDS.items() if f.required] == ["name"]
    assert (FIELDS["weeks"].low, FIELDS["weeks"].high, FIELDS["weeks"].unit, FIELDS["weeks"].default) == (
        1,
        52,
        "weeks",
        13,
    )
    assert (FIELDS["rows"].low, FIELDS["rows"].high) == (0, LARGEST_INTEGER)
    assert (FIELDS["price"].low, FIELDS["price"].high) == (0, LARGEST)
    assert FIELDS["scale"].choices == ("tiny", "small")
    assert (FIELDS["to"].writes, FIELDS["to"].reads, FIELDS["files"].reads) == (True, False, True)
    assert [FIELDS[n].flag for n in ("name", "weeks", "since")] == ["NAME", "--weeks", "--from"]


@pytest.mark.parametrize(
    ("field", "value", "read_as"),
    [
        ("weeks", "8", 8),
        ("weeks", 8, 8),
        ("rows", 0, 0),
        ("price", "12.90", 12.9),
        ("price", 0, 0.0),
        ("share", "1", 1.0),
        ("on", "2026-11-02", datetime(2026, 11, 2, tzinfo=UTC)),
        ("on", "2026-11-02T08:30:00+08:00", datetime(2026, 11, 2, 0, 30, tzinfo=UTC)),
        ("on", "2026-11-02 08:30", datetime(2026, 11, 2, 8, 30, tzinfo=UTC)),
        ("on", date(2026, 11, 2), datetime(2026, 11, 2, tzinfo=UTC)),
        ("on", datetime(2026, 11, 2, 8), datetime(2026, 11, 2, 8, tzinfo=UTC)),
        ("on", datetime(2026, 11, 2, 8, tzinfo=timezone(timedelta(hours=8))), datetime(2026, 11, 2, tzinfo=UTC)),
        ("to", "out/plan.xlsx", Path("out/plan.xlsx")),
        ("to", Path("out"), Path("out")),
        ("files", ["a.csv", Path("b.csv")], (Path("a.csv"), Path("b.csv"))),
        ("files", "a.csv", (Path("a.csv"),)),
        ("where", ("a=1", "b="), ("a=1", "b=")),
        ("where", "a=1", ("a=1",)),
        ("where", [], ()),
        ("scale", "tiny", "tiny"),
        ("all", True, True),
        ("all", "yes", True),
        ("all", "FALSE", False),
        ("all", 0, False),
        ("weeks", None, 13),
        ("name", "  x ", "  x "),
    ],
)
def test_text_and_values_read_as_the_same(field, value, read_as):
    assert getattr(asked(**{field: value}), field) == read_as


def test_a_path_in_the_home_folder_is_written_with_a_tilde(monkeypatch):
    monkeypatch.setenv("HOME", "/home/lin")
    assert asked(to="~/out", files=["~/a.csv"]).to == Path("/home/lin/out")
    assert asked(files=["~/a.csv"]).files == (Path("/home/lin/a.csv"),)
    assert asked(to="~no-such-person/out").to == Path("~no-such-person/out")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", " ", "empty_value"),
        ("where", ["a=1", ""], "empty_value"),
        ("to", "", "empty_value"),
        ("files", [" "], "empty_value"),
        ("weeks", "1.5", "invalid_integer"),
        ("weeks", "many", "invalid_integer"),
        ("weeks", 0, "invalid_integer"),
        ("weeks", 53, "invalid_integer"),
        ("rows", -1, "invalid_integer"),
        ("price", "12,90", "invalid_number"),
        ("price", -0.01, "invalid_number"),
        ("price", "nan", "invalid_number"),
        ("price", 1e13, "invalid_number"),
        ("share", 1.01, "invalid_number"),
        ("on", "02.11.2026", "invalid_date"),
        ("on", "soon", "invalid_date"),
        ("on", "0001-01-01T00:00:00+14:00", "invalid_date"),
        ("scale", "huge", "invalid_choice"),
        ("all", "maybe", "invalid_choice"),
    ],
)
def test_what_a_field_cannot_be_is_refused_by_its_name(field, value, code):
    error = refused(**{field: value})
    assert (error.code, error.values["field"], error.values["option"]) == (code, field, field)
    assert all(error.what(lang) and error.fix(lang) for lang in ("en", "zh"))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("weeks", 53, "1-52"), ("rows", -1, ">= 0"), ("price", -1, "from 0 to 1,000,000,000,000"), ("share", 2, "0 to 1")],
)
def test_a_refusal_tells_the_bounds(field, value, says):
    assert says in refused(**{field: value}).what("en")


def test_a_missing_field_is_told_with_an_example():
    with pytest.raises(RequestError) as error:
        read(Everything, {}, label=lambda f: f.flag, example="tradewind every x")
    assert error.value.what("en") == "NAME is missing."
    assert "tradewind every x" in error.value.fix("en")


@pytest.mark.parametrize(("field", "code"), [("week", "unknown_field"), ("zzz", "unknown_field_far")])
def test_a_name_that_is_no_field_is_refused(field, code):
    error = refused(**{field: 1})
    assert error.code == code
    assert "weeks" in error.what("en") + error.fix("en")


@given(st.integers(1, 52))
def test_any_integer_within_bounds_reads_back(weeks):
    assert asked(weeks=str(weeks)).weeks == weeks == asked(weeks=weeks).weeks


@given(st.integers().filter(lambda n: not 1 <= n <= 52))
def test_no_integer_out_of_bounds_is_taken(weeks):
    assert refused(weeks=str(weeks)).code == "invalid_integer"


@given(st.floats(0, LARGEST, allow_nan=False))
def test_any_amount_reads_back_to_the_last_bit(price):
    assert asked(price=repr(price)).price == price


@given(st.floats().filter(lambda x: math.isnan(x) or not 0 <= x <= LARGEST))
def test_no_other_number_is_an_amount(price):
    assert refused(price=str(price)).code == "invalid_number"


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 12, 31), timezones=st.just(UTC)))
def test_any_moment_reads_back(moment):
    assert asked(on=moment.isoformat()).on == moment


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_day_is_its_midnight_utc(day):
    assert asked(on=day.isoformat()).on == datetime(day.year, day.month, day.day, tzinfo=UTC) == asked(on=day).on


@given(st.text(), st.sampled_from(sorted(FIELDS)))
def test_no_text_makes_a_reader_crash(words, field):
    try:
        values = vars(asked(**{field: words}))
    except RequestError as error:
        values = error.values
    assert field in values or values["field"] == field


@pytest.mark.parametrize("given_", ["1899-12-31", "2201-01-01", "9999-12-31", date(1, 1, 1)])
def test_a_moment_days_cannot_be_counted_from_is_refused(given_):
    with pytest.raises(RequestError, match="not a date"):
        asked(on=given_)


def test_a_whole_number_no_column_can_hold_is_refused():
    assert asked(rows=2**63 - 1).rows == 2**63 - 1
    with pytest.raises(RequestError) as error:
        asked(rows=2**63)
    assert error.value.code == "invalid_integer"


@dataclass(frozen=True, kw_only=True)
class Named:
    path: Path | None = None
    name: str | None = None


@pytest.mark.parametrize("words", ["a\0b", "a\ud83db"])
def test_what_no_text_and_no_path_can_hold_is_refused_in_either(words):
    for field in ("path", "name"):
        with pytest.raises(RequestError) as error:
            read(Named, {field: words})
        assert (error.value.code, error.value.values["field"]) == ("no_text", field)


def test_a_path_may_be_bytes_that_are_no_utf_8():
    assert read(Named, {"path": "\udcb6\udca9.csv"}).path == Path("\udcb6\udca9.csv")
